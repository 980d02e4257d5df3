/** Programs of the section's language, computed with the engine's ops. */
import { type Operand, ShapeError, Tensor, tensor } from '@ganvas/tensor';
import { FUNCTIONS } from './functions.ts';
import { type Expression, LanguageError, type Line } from './language.ts';

/** Numbers of a tensor at most: what a page can show. */
const MOST = 256;

/** Nested lists of numbers, as `tensor` takes them. */
type Nested = number | readonly Nested[];

export interface Leaf {
  name: string;
  values: Nested;
  /** Whether it is differentiated with respect to: `param(…)`. */
  isParameter: boolean;
}

/**
 * The named tensors that a program begins with: a line that is a list, `param(a list)` or `param(a number)`.
 * @throws LanguageError where nothing is a parameter, a list is ragged, or a name is given twice
 */
export function leavesOf(lines: readonly Line[]): Leaf[] {
  const names = new Set<string>();
  const leaves: Leaf[] = [];
  for (const { name, value, at } of lines) {
    if (names.has(name)) throw new LanguageError(`${name} is given twice`, at);
    names.add(name);
    const isParameter = value.kind === 'call' && value.name === 'param';
    const inner = isParameter ? value.parts[0] : value;
    if (isParameter && value.parts.length !== 1) throw new LanguageError('param takes one list or number', value.at);
    if (isParameter || inner?.kind === 'list') leaves.push({ name, values: listed(inner!), isParameter });
  }
  if (!leaves.some((leaf) => leaf.isParameter))
    throw new LanguageError('nothing to differentiate: expected a line such as: w = param([1, 2])', 0);
  return leaves;
}

function listed(value: Expression): Nested {
  if (value.kind === 'number') return value.value;
  if (value.kind !== 'list' || value.items.length === 0)
    throw new LanguageError('expected a number or a list of numbers', value.at);
  const items = value.items.map(listed);
  if (new Set(items.map((item) => shapeOf(item).join())).size > 1)
    throw new LanguageError('the parts of a list must have one shape', value.at);
  if (shapeOf(items).reduce((a, b) => a * b, 1) > MOST)
    throw new LanguageError(`expected at most ${MOST} numbers`, value.at);
  return items;
}

const shapeOf = (value: Nested): number[] => (typeof value === 'number' ? [] : [value.length, ...shapeOf(value[0]!)]);

/** A tensor a leaf, on the default device, by name. */
export const upload = (leaves: readonly Leaf[]): Map<string, Tensor> =>
  new Map(leaves.map(({ name, values }) => [name, tensor(values)]));

/**
 * Calls the ops of a program's lines.
 * @param leaves from `upload`
 * @returns what each line is, by name; the last is the loss
 * @throws LanguageError where a name or a function is unknown, an op refuses its operands, or the loss is no single number
 */
export function evaluate(lines: readonly Line[], leaves: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const known = new Map<string, Operand>(leaves);
  const find = (node: Expression): Operand => {
    if (node.kind === 'number') return node.value;
    if (node.kind === 'list') throw new LanguageError('a list needs a line of its own: x = [1, 2]', node.at);
    if (node.kind === 'call') return called(node, find);
    const value = known.get(node.name);
    if (value === undefined)
      throw new LanguageError(`${node.name} is not known here; lines above it may define it`, node.at);
    return value;
  };
  for (const { name, value } of lines) if (!leaves.has(name)) known.set(name, find(value));
  const last = lines.at(-1)!;
  const loss = known.get(last.name)!;
  if (!(loss instanceof Tensor) || loss.size !== 1) {
    const shape = loss instanceof Tensor ? `shape [${loss.shape}]` : 'a plain number';
    throw new LanguageError(`the last line is the loss, one number, and has ${shape}; use sum or mean`, last.at);
  }
  return new Map([...known].filter((entry): entry is [string, Tensor] => entry[1] instanceof Tensor));
}

function called(node: Extract<Expression, { kind: 'call' }>, find: (part: Expression) => Operand): Tensor {
  const { name, parts, at } = node;
  if (name === 'param') throw new LanguageError('param needs a line of its own: w = param([1, 2])', at);
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!found) throw new LanguageError(`no function ${name}; there are ${Object.keys(FUNCTIONS).join(', ')}`, at);
  const [axis, ...more] = parts.slice(found.operands);
  const takes = `${found.operands} ${found.operands === 1 ? 'tensor' : 'tensors'}${found.axis ? ', and perhaps an axis' : ''}`;
  if (parts.length < found.operands || more.length > 0 || (axis && !(found.axis && axis.kind === 'number')))
    throw new LanguageError(`${name} takes ${takes}`, at);
  try {
    return found.call(parts.slice(0, found.operands).map(find), axis?.kind === 'number' ? axis.value : undefined);
  } catch (error) {
    if (error instanceof ShapeError) throw new LanguageError(error.message, at);
    throw error;
  }
}
