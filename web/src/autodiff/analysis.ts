/** A program of the section's language run on the device, with everything that one looks at on the way: as plain data. */
import { grad, vjp } from '@ganvas/autograd';
import { applyAgain, capture, detach, type Node, type PlannedDispatch, type Tensor } from '@ganvas/tensor';
import { evaluate, leavesOf, upload } from './evaluate.ts';
import { parseLines } from './language.ts';

export interface Values {
  shape: readonly number[];
  numbers: ArrayLike<number>;
}

export interface GraphNode {
  kind: 'data' | 'parameter' | 'constant' | 'op';
  /** Of the op, or of the line that a leaf is. */
  label: string;
  /** Name of its line; empty for what stands inside a line. */
  name: string;
  /** Places of its inputs among the nodes: all before its own. */
  inputs: readonly number[];
  value: Values;
  /** Of the loss with respect to it; null where no parameter stands behind it. */
  gradient: Values | null;
}

/** What one op's rule answers. */
export interface Pull {
  node: number;
  /** For each input that leads to a parameter: which it is (its place among the op's inputs), and what comes to it. */
  parts: readonly { input: number; to: number; values: Values }[];
}

export interface Analysis {
  /** In an order in which they can be computed; the last is the loss. */
  nodes: readonly GraphNode[];
  /** The backward pass, in its order. */
  pulls: readonly Pull[];
  /** Loss and gradients as one compiled program: calls recorded, and what runs. */
  recorded: number;
  dispatches: readonly PlannedDispatch[];
}

/**
 * @param text a program of the language
 * @throws LanguageError; GpuError or DeviceLostError where the device fails
 */
export async function analyse(text: string): Promise<Analysis> {
  const lines = parseLines(text);
  const leaves = leavesOf(lines);
  const memory = upload(leaves);
  const parameters = leaves.filter((leaf) => leaf.isParameter).map(({ name }) => memory.get(name)!);
  const lossOf = (named: ReadonlyMap<string, Tensor>): Tensor => named.get(lines.at(-1)!.name)!;

  const seen: Watched[] = [];
  const everything = capture(() => {
    const named = evaluate(lines, memory);
    const watched = watch(named, lossOf(named), new Set(parameters));
    seen.push(watched);
    return watched.outputs;
  });
  const training = capture(() => {
    const loss = lossOf(evaluate(lines, memory));
    return [loss, ...grad(loss, parameters, { unused: 'zero' })];
  });
  try {
    await everything.prepare();
    const results = await Promise.all(everything().map((t) => t.data()));
    const program = training.record();
    return {
      ...describe(seen[0]!, results, memory),
      recorded: program.nodes.length,
      dispatches: training.plan!.dispatches,
    };
  } finally {
    everything.dispose();
    training.dispose();
    for (const t of memory.values()) t.dispose();
  }
}

/** What is recorded to be looked at. */
interface Watched {
  named: ReadonlyMap<string, Tensor>;
  parameters: ReadonlySet<Tensor>;
  /** The nodes' tensors, inputs before users. */
  tensors: readonly Tensor[];
  gradients: ReadonlyMap<Tensor, Tensor>;
  pulls: readonly { of: Tensor; parts: readonly { input: number; to: Tensor; value: Tensor }[] }[];
  /** Everything above that the device computes. */
  outputs: Tensor[];
}

function watch(named: ReadonlyMap<string, Tensor>, loss: Tensor, parameters: ReadonlySet<Tensor>): Watched {
  const tensors = historyOf(loss);
  const leads = new Set<Tensor>(parameters);
  for (const t of tensors) if (t.node?.inputs.some((input) => leads.has(input))) leads.add(t);
  const targets = tensors.filter((t) => leads.has(t));
  if (!leads.has(loss)) return { named, parameters, tensors, gradients: new Map(), pulls: [], outputs: made(tensors) };
  const answers = grad(loss, targets);
  const gradients = new Map(targets.map((t, i) => [t, answers[i]!]));
  // Each rule once more on its own, on inputs cut off from their history: what it gives to each of them.
  const pulls = targets
    .filter((t) => t.node)
    .toReversed()
    .map((of) => {
      const node = of.node!;
      const { pullback } = vjp((...inputs) => applyAgain(node, inputs)[0]!, node.inputs.map(detach));
      const values = pullback(gradients.get(of)!);
      const parts = node.inputs.map((to, input) => ({ input, to, value: values[input]! }));
      return { of, parts: parts.filter(({ to }) => leads.has(to)) };
    });
  const given = pulls.flatMap(({ parts }) => parts.map(({ value }) => value));
  return { named, parameters, tensors, gradients, pulls, outputs: [...made(tensors), ...answers, ...given] };
}

const isConstant = ({ node }: Tensor): boolean => node?.op.lazy === true;
const made = (tensors: readonly Tensor[]): Tensor[] => tensors.filter((t) => !isConstant(t));
const constantOf = ({ attrs }: Node): number => (attrs as { value: number }).value;

/** A tensor and all that it was computed from, inputs before users. */
function historyOf(loss: Tensor): Tensor[] {
  const order = new Set<Tensor>();
  const visit = (t: Tensor): void => {
    if (order.has(t)) return;
    t.node?.inputs.forEach(visit);
    order.add(t);
  };
  visit(loss);
  return [...order];
}

function describe(
  { named, parameters, tensors, gradients, pulls, outputs }: Watched,
  results: readonly ArrayLike<number>[],
  memory: ReadonlyMap<string, Tensor>,
): Pick<Analysis, 'nodes' | 'pulls'> {
  const computed = new Map(outputs.map((t, i) => [t, { shape: t.shape, numbers: results[i]! }]));
  const places = new Map(tensors.map((t, i) => [t, i]));
  const names = new Map([...named].map(([name, t]) => [t, /^line \d/.test(name) ? '' : name]));
  const leaves = new Set(memory.values());
  const nodes = tensors.map((t): GraphNode => {
    const gradient = gradients.get(t);
    const name = names.get(t) ?? '';
    const shared = { name, value: computed.get(t)!, gradient: gradient ? computed.get(gradient)! : null };
    if (leaves.has(t)) return { ...shared, kind: parameters.has(t) ? 'parameter' : 'data', label: name, inputs: [] };
    const node = t.node!;
    const inputs = node.inputs.map((input) => places.get(input)!);
    if (!isConstant(t)) return { ...shared, kind: 'op', label: node.op.name, inputs };
    const value = constantOf(node);
    const label = String(Number(value.toPrecision(4)));
    return {
      ...shared,
      kind: 'constant',
      label,
      inputs,
      value: { shape: t.shape, numbers: Array<number>(t.size).fill(value) },
    };
  });
  const described = pulls.map(({ of, parts }) => ({
    node: places.get(of)!,
    parts: parts.map(({ input, to, value }) => ({ input, to: places.get(to)!, values: computed.get(value)! })),
  }));
  return { nodes, pulls: described };
}
