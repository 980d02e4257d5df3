/** The kernel of a softmax: the largest value and the sum of exponentials of each row, and then the row itself. */
import { type Width, wgslType } from '../expression.ts';
import { itemGrid } from '../item-grid.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { foldTeam, type Team } from '../team.ts';
import { column, type Fold, type Rectangle, rectangle } from '../workgroup-tree.ts';
import { type SoftmaxLayout, type SoftmaxSpec, softmaxLayout } from './layout.ts';

/** How an invocation goes through its part of a row. */
export type Walk = 'thrice' | 'online' | 'held';

export interface SoftmaxMethod {
  widest: Width;
  walk: Walk;
  team: Team;
}

/** The lanes that share a row; null where one invocation has it. */
export function softmaxLanes({ items, range, width, along }: SoftmaxLayout, team: Team): Rectangle | null {
  if (team === 'alone') return null;
  return team === 'workgroup' ? rectangle(items, range, width, along) : column(range);
}

/**
 * Bindings: x (read), out (read_write), both [outer, range, inner].
 * @param about what the kernel's header says beside shapes
 */
export function softmaxKernel(
  spec: SoftmaxSpec,
  { widest, walk, team }: SoftmaxMethod,
  about: readonly string[],
): Kernel {
  const layout = softmaxLayout(spec, widest);
  const { width, along, items, range, inner } = layout;
  const lanes = softmaxLanes(layout, team);
  const grid = itemGrid(items, 1, lanes);
  const type = wgslType('f32', width);
  // vec4s along the row are four parts of one row; along the kept axis they are four rows.
  const parts = width === 4 && along === 'reduced';
  const row = width === 4 && !parts ? 'vec4f' : 'f32';
  const whole = {
    row,
    largest: (v: string) => (parts ? `max(max(${v}.x, ${v}.y), max(${v}.z, ${v}.w))` : v),
    sum: (v: string) => (parts ? `(${v}.x + ${v}.y) + (${v}.z + ${v}.w)` : v),
  };
  const fold = (name: string, value: string, op: 'max' | 'sum') =>
    foldTeam(team, { lanes, name, type: row, value, op });
  const [first, step] = lanes ? ['depth', lanes.deep] : ['0u', 1];
  const result = spec.log
    ? (v: string) => `(${v} - largest) - log_of_sum`
    : (v: string) => `exp(${v} - largest) * scale`;
  const finish = spec.log ? 'let log_of_sum = log(sum);' : 'let scale = 1.0 / sum;';
  const body = { type, whole, fold, first, step, range, owned: grid.owned, result, finish, log: spec.log };
  const { folds, lines } = { thrice, online, held }[walk](body);

  const size = spec.outer * spec.range * spec.inner;
  const shape = [spec.outer, spec.range, spec.inner].join(', ');
  return defineKernel({
    name: `${spec.log ? 'log-' : ''}softmax/${[walk, team, ...(width === 4 ? [`vec4-${along}`] : [])].join('-')}`,
    about: [
      `x [${shape}] → out [${shape}] = ${spec.log ? 'x - max - log Σ exp(x - max)' : 'exp(x - max) / Σ exp(x - max)'}, over the middle axis.`,
      ...(width === 4 ? [`Loads of 4 values along the ${along} axis; RANGE and INNER count accordingly.`] : []),
      ...about,
    ],
    enables: [...new Set(folds.flatMap((f) => f.requires.features ?? []))],
    constants: { ...grid.constants, RANGE: range, INNER: inner },
    bindings: [
      { name: 'x', type, access: 'read' },
      { name: 'out', type, access: 'read_write' },
    ],
    workgroupSize: grid.workgroupSize,
    workgroups: grid.workgroups,
    declarations: folds.flatMap((f) => f.declarations).join('\n'),
    main: [...grid.place, 'let base = item / INNER * RANGE * INNER + item % INNER;', ...lines].join('\n'),
    // A maximum; a difference, its exponential and a sum; a quotient.
    cost: { flops: 5 * size, bytes: 8 * size },
    requires: {
      features: [...new Set(folds.flatMap((f) => f.requires.features ?? []))],
      workgroupStorage: folds.reduce((sum, f) => sum + (f.requires.workgroupStorage ?? 0), 0),
    },
  });
}

interface Body {
  type: string;
  whole: { row: string; largest(v: string): string; sum(v: string): string };
  /** Over the lanes of a row. */
  fold(name: string, value: string, op: 'max' | 'sum'): Fold;
  first: string;
  step: number;
  range: number;
  owned: string | null;
  /** WGSL for a value of the result, of one of x. */
  result(v: string): string;
  /** What `result` needs of `sum`. */
  finish: string;
  log: boolean;
}

interface Written {
  folds: Fold[];
  lines: string[];
}

const at = (r: string) => `base + ${r} * INNER`;

/** One walk for the maximum, one for the sum, one for the result. */
function thrice({ type, whole, fold, first, step, ...end }: Body): Written {
  const each = `for (var r = ${first}; r < RANGE; r += ${step}u)`;
  const largest = fold('largest_part', whole.largest('most'), 'max');
  const sum = fold('sum_part', whole.sum('total'), 'sum');
  return {
    folds: [largest, sum],
    lines: [
      'var most = x[base];',
      `${each} { most = max(most, x[${at('r')}]); }`,
      ...largest.lines,
      `let largest = ${largest.total};`,
      `var total = ${type}(0.0);`,
      `${each} { total += exp(x[${at('r')}] - largest); }`,
      ...sum.lines,
      `let sum = ${sum.total};`,
      ...writeRow({ first, step, ...end }),
    ],
  };
}

/**
 * Maximum and sum in one walk: where a block of four values has a new maximum, the sum so far is scaled down to it (Milakov,
 * Gimelshein, "Online normalizer calculation for softmax", 2018). A block costs five exponentials.
 */
function online({ type, whole, fold, first, step, ...end }: Body): Written {
  const four = [0, 1, 2, 3];
  const largest = fold('largest_part', 'own_largest', 'max');
  const sum = fold('sum_part', 'own_sum * exp(own_largest - largest)', 'sum');
  return {
    folds: [largest, sum],
    lines: [
      'var most = x[base];',
      `var total = ${type}(0.0);`,
      `var r = ${first};`,
      `for (; r + ${3 * step}u < RANGE; r += ${4 * step}u) {`,
      ...four.map((k) => `  let v${k} = x[${at(k === 0 ? 'r' : `(r + ${k * step}u)`)}];`),
      '  let more = max(most, max(max(v0, v1), max(v2, v3)));',
      '  total = total * exp(most - more) + ((exp(v0 - more) + exp(v1 - more)) + (exp(v2 - more) + exp(v3 - more)));',
      '  most = more;',
      '}',
      `for (; r < RANGE; r += ${step}u) {`,
      `  let v = x[${at('r')}];`,
      '  let more = max(most, v);',
      '  total = total * exp(most - more) + exp(v - more);',
      '  most = more;',
      '}',
      `let own_largest = ${whole.largest('most')};`,
      'let scaled = total * exp(most - own_largest);',
      `let own_sum = ${whole.sum('scaled')};`,
      ...largest.lines,
      `let largest = ${largest.total};`,
      ...sum.lines,
      `let sum = ${sum.total};`,
      ...writeRow({ first, step, ...end }),
    ],
  };
}

function writeRow({ first, step, owned, result, finish }: Omit<Body, 'type' | 'whole' | 'fold'>): string[] {
  const each = `for (var r = ${first}; r < RANGE; r += ${step}u) { out[${at('r')}] = ${result(`x[${at('r')}]`)}; }`;
  return [finish, owned ? `if (${owned}) { ${each} }` : each];
}

/** The row stays in registers: one read, one write, and an exponential a value. */
function held({ type, whole, fold, first, step, range, owned, result, finish, log }: Body): Written {
  const values = Array.from({ length: Math.ceil(range / step) }, (_, k) => ({
    v: `v${k}`,
    e: `e${k}`,
    r: first === '0u' ? `${k}u` : k === 0 ? first : `${first} + ${k * step}u`,
    // The last step goes beyond the row for some lanes.
    inside: (k + 1) * step <= range ? null : `${first} + ${k * step}u < RANGE`,
  }));
  const largest = fold('largest_part', whole.largest('most'), 'max');
  const sum = fold('sum_part', whole.sum('total'), 'sum');
  return {
    folds: [largest, sum],
    lines: [
      ...values.map(({ v, r, inside }) => `let ${v} = x[${at(inside ? `min(${r}, RANGE - 1u)` : `(${r})`)}];`),
      `let most = ${values.map(({ v }) => v).reduce((a, b) => `max(${a}, ${b})`)};`,
      ...largest.lines,
      `let largest = ${largest.total};`,
      ...values.map(({ e, v, inside }) => {
        const value = `exp(${v} - largest)`;
        return `let ${e} = ${inside ? `select(${type}(0.0), ${value}, ${inside})` : value};`;
      }),
      `let total = ${values.map(({ e }) => e).join(' + ')};`,
      ...sum.lines,
      `let sum = ${sum.total};`,
      finish,
      ...values.map(({ v, e, r, inside }) => {
        const store = `out[${at(`(${r})`)}] = ${log ? result(v) : `${e} * scale`};`;
        const conditions = [inside, owned].filter((c) => c !== null);
        return conditions.length > 0 ? `if (${conditions.join(' && ')}) { ${store} }` : store;
      }),
    ],
  };
}
