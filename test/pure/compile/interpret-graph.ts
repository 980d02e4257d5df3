/** Compiled programs in float64, work by work: what the passes have made of a program, without a GPU and its rounding errors. */
import { epilogueReference, evaluate, placeIn, reduceReference, sizeOf } from '@ganvas/kernels-wgsl';
import type { ReduceAttrs } from '@ganvas/tensor';
import {
  epilogueOf,
  type Graph,
  type KernelWork,
  operandOf,
  type Work,
} from '../../../packages/tensor/src/compile/work.ts';
import type { Program, ProgramNode, Recording } from '../../../packages/tensor/src/program.ts';
import { nameWork } from '../../../packages/tensor/src/tuning/key.ts';
import { type Contents, type Interpretation, type Memory, placeExternals } from '../../interpreter.ts';
import { referenceOf } from '../../references.ts';

/**
 * @param recording what was recorded: it tells which op a kernel belongs to, and which tensors share memory
 * @param graph what the passes made of it
 * @param before contents of the external values; not changed
 */
export function interpretGraph(
  recording: Recording,
  graph: Graph,
  before: Contents,
): Pick<Interpretation, 'outputs' | 'externals'> {
  const externals = placeExternals(recording, before);
  const memory: Memory = new Map(externals);
  const nodes = new Map(recording.program.nodes.map((node) => [problemOf(node, recording.program), node]));
  for (const work of graph.works) {
    const results = run(work, graph, memory, (problem) => nodes.get(problem)!, recording.program);
    for (const [id, values] of results) memory.set(id, values);
  }
  return { outputs: graph.outputs.map((id) => memory.get(id)!), externals };
}

/** Nodes with the same name compute the same from their inputs. */
const problemOf = ({ op, attrs, inputs }: ProgramNode, { values }: Program): string =>
  nameWork(
    op.name,
    inputs.map((id) => values[id]!),
    attrs,
  ).problem;

/** The values that a work makes; a kernel with effects changes the memory of its inputs. */
function run(
  work: Work,
  graph: Graph,
  memory: Memory,
  nodeOf: (problem: string) => ProgramNode,
  program: Program,
): [id: number, values: Float64Array][] {
  const valuesOf = (id: number) => memory.get(id)!;
  if (work.kind === 'pack') {
    const whole = new Float64Array(sizeOf(graph.values[work.output]!.shape));
    work.inputs.forEach((id, i) => {
      whole.set(valuesOf(id), work.offsets[i]);
    });
    return [[work.output, whole]];
  }
  if (work.kind === 'map') {
    const { shape, reads, results } = work;
    const made = results.map(({ output, writes }) => (writes ? valuesOf(output) : new Float64Array(sizeOf(shape))));
    // Element by element, as the device does: a map may not read what it has written elsewhere.
    for (let i = 0; i < sizeOf(shape); i++) {
      const operands = reads.map(({ value, view }) => valuesOf(value)[placeIn(view, shape, i)]!);
      results.forEach(({ expr }, k) => {
        made[k]![i] = evaluate(expr, (o) => operands[o]!);
      });
    }
    return results.map(({ output }, k) => [output, made[k]!]);
  }
  const node = nodeOf(work.problem.split(' and ')[0]!);
  const inputs = work.inputs.map(valuesOf);
  const specs = node.inputs.map((id) => program.values[id]!);
  const made = work.prologue ? reduce(work, node, graph, inputs) : referenceOf(node.op.name)(inputs, specs, node.attrs);
  const finished = work.result
    ? epilogueReference(epilogueOf(work), made, work.result.columns, work.epilogue.reads.map(valuesOf))
    : made;
  return work.outputs.map((id, i) => [id, finished[i]!]);
}

/** The one kind of kernel whose loads may have taken in elementwise work. */
function reduce(
  { prologue, inputs: ids }: KernelWork,
  { op, attrs }: ProgramNode,
  { values }: Graph,
  inputs: Float64Array[],
): Float64Array[] {
  const { shape, views, exprs } = prologue!;
  const operands = ids.map((id, i) => operandOf(values[id]!, views[i]!));
  // A matrix times a vector is a sum, too.
  const { name, axes } =
    op.name === 'matmul' ? { name: 'sum', axes: [1] } : { name: op.name, ...(attrs as ReduceAttrs) };
  return reduceReference({ op: name as 'sum', shape, axes: [...axes], operands, exprs }, inputs);
}
