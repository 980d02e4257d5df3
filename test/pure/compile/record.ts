/** Records without running: the program of a function, for the compiler's tests and whoever only wants to look at one. */
import { type Structure, type Tensor, tensorsOf } from '@ganvas/tensor';
import { type Node, recordInto } from '../../../packages/tensor/src/op.ts';
import { buildProgram, type Recording } from '../../../packages/tensor/src/program.ts';

/** What `fn` records; the program's outputs are the tensors that it returns. */
export function record(fn: () => Structure): Recording & { outputs: Tensor[] } {
  const nodes: Node[] = [];
  const outputs = tensorsOf(recordInto({ accept: (node) => nodes.push(node) }, fn));
  return { ...buildProgram(nodes, outputs), outputs };
}
