/** A function's ops as a program, before anything is compiled. */
import { type Node, recordInto } from '../op.ts';
import { buildProgram, type Recording } from '../program.ts';
import { type Structure, tensorsOf } from '../structure.ts';
import type { Tensor } from '../tensor.ts';
import { callSite } from './call-site.ts';

export interface RecordedFunction<O> {
  recording: Recording;
  /** What `fn` returned: tensors without values. */
  result: O;
  /** The tensors in it, in the order of `recording.program.outputs`. */
  outputs: readonly Tensor[];
}

/**
 * What `fn` does, and the live tensors that it does it with: for whoever carries a program elsewhere. Nothing is compiled or run.
 * @param traced note where each call stands; slow
 */
export function record<O extends Structure>(fn: () => O, traced = false): RecordedFunction<O> {
  const nodes: Node[] = [];
  const accept = (node: Node): void => {
    if (traced) node.site = callSite();
    nodes.push(node);
  };
  const result = recordInto({ accept }, fn);
  const outputs = tensorsOf(result);
  return { recording: buildProgram(nodes, outputs), result, outputs };
}
