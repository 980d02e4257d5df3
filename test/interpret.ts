/**
 * Programs in float64, work by work, as the definitions say: elementwise work by its expressions, kernels by their references.
 * A program is interpreted as it was recorded or as it was fused; what the device computes is compared with the former.
 */
import {
  epilogueReference,
  evaluate,
  matmulReference,
  momentsReference,
  placeIn,
  reduceReference,
  sizeOf,
  softmaxReference,
} from '@ganvas/kernels-wgsl';
import type { Program, Shape } from '@ganvas/tensor';
import { epilogueOf, type Graph, type KernelWork, lower, operandOf } from '../packages/tensor/src/compile/work.ts';
import type { ProgramNode, ValueId } from '../packages/tensor/src/program.ts';

/** The contents of each value's memory. */
export type Memory = Map<ValueId, Float64Array>;

/**
 * @param program what was recorded: it tells which op a kernel belongs to
 * @param before contents of the external values; not changed
 * @param compiled what to run, by default the program as it stands
 * @returns the contents of all memory afterwards, and the values of the program's outputs
 */
export function interpret(
  program: Program,
  before: ReadonlyMap<ValueId, ArrayLike<number>>,
  compiled?: (graph: Graph) => Graph,
): { memory: Memory; outputs: Float64Array[] } {
  const recorded = lower(program);
  // A kernel's work keeps its candidates, whatever is fused into it: they lead back to the op.
  const nodeOf = new Map<KernelWork['candidates'], ProgramNode>();
  for (const work of recorded.works) {
    if (work.kind !== 'kernels') continue;
    nodeOf.set(work.candidates, program.nodes.find((n) => n.outputs[0] === work.outputs[0])!);
  }
  const graph = compiled ? compiled(recorded) : recorded;
  const memory: Memory = new Map([...before].map(([id, values]) => [id, Float64Array.from(values)]));
  for (const work of graph.works) {
    if (work.kind === 'map') {
      const { shape, reads, expr } = work;
      const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
        evaluate(expr, (k) => memory.get(reads[k]!.value)![placeIn(reads[k]!.view, shape, i)]!),
      );
      memory.set(work.output, values);
    } else if (work.kind === 'pack') {
      const whole = new Float64Array(sizeOf(graph.values[work.output]!.shape));
      work.inputs.forEach((id, i) => {
        whole.set(memory.get(id)!, work.offsets[i]);
      });
      memory.set(work.output, whole);
    } else {
      const node = nodeOf.get(work.candidates)!;
      const shapes = node.inputs.map((id) => program.values[id]!.shape);
      const results = kernelResults(work, node, shapes, graph, memory);
      work.outputs.forEach((id, i) => {
        memory.set(id, results[i]!);
      });
    }
  }
  return { memory, outputs: graph.outputs.map((id) => memory.get(id)!) };
}

/** @param shapes of the op's inputs, which may be other than those of the memory that they are */
function kernelResults(
  work: KernelWork,
  { op, attrs }: ProgramNode,
  shapes: readonly Shape[],
  graph: Graph,
  memory: Memory,
): Float64Array[] {
  const inputs = work.inputs.map((id) => memory.get(id)!);
  const finish = (result: Float64Array) =>
    epilogueReference(
      epilogueOf(work),
      result,
      work.result!.columns,
      work.epilogue.reads.map((id) => memory.get(id)!),
    );
  switch (op.name) {
    case 'sum':
    case 'max':
    case 'min': {
      const { shape, views, expr } = work.prologue!;
      const operands = work.inputs.map((id, i) => operandOf(graph.values[id]!, views[i]!));
      const { axes } = attrs as { axes: number[] };
      return [finish(reduceReference({ op: op.name, shape, axes, operands, expr }, inputs))];
    }
    case 'matmul': {
      const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
      const [[a0, a1], [b0, b1]] = shapes as [[number, number], [number, number]];
      const [m, k, n] = [transposeA ? a1 : a0, transposeA ? a0 : a1, transposeB ? b0 : b1];
      return [finish(matmulReference({ m, n, k, transposeA, transposeB }, inputs[0]!, inputs[1]!))];
    }
    case 'moments': {
      const channels = shapes[0]!.at(-1)!;
      const { mean, variance } = momentsReference({ rows: sizeOf(shapes[0]!) / channels, channels }, inputs[0]!);
      return [mean, variance];
    }
    case 'softmax':
    case 'logSoftmax': {
      const { axis } = attrs as { axis: number };
      const [outer, inner] = [sizeOf(shapes[0]!.slice(0, axis)), sizeOf(shapes[0]!.slice(axis + 1))];
      const spec = { outer, range: shapes[0]![axis]!, inner, log: op.name === 'logSoftmax' };
      return [softmaxReference(spec, inputs[0]!)];
    }
    default:
      throw new Error(`interpret: no reference for ${op.name}`);
  }
}
