/**
 * A workgroup as a rectangle of lanes: `across` neighbouring items side by side, and for each of them `deep` lanes that share its
 * range. What the lanes of an item hold in the end is combined pairwise, in halves, through workgroup memory.
 */
import type { Width } from './expression.ts';
import type { Requirements } from './kernel.ts';
import { type AccumulatorType, STRIDE } from './reduce/accumulator.ts';

/** Most invocations of a workgroup of ours: what every adapter has. */
export const TREE_LANES = 256;

/** Which axes run through memory: those that stay, or those that vanish. Neighbouring lanes follow them. */
export type Along = 'kept' | 'reduced';

export interface Rectangle {
  across: number;
  deep: number;
  along: Along;
}

/** Workgroups below which items had better not share one. */
const ENOUGH_GROUPS = 256;

/** Bytes that neighbouring lanes should read together. */
const LINE = 256;

/**
 * The rectangle for `items` outputs of `range` steps each. Where the kept axes run through memory, lanes stand side by side
 * until a row of them reads a whole line; else as many as have two steps to do stand behind each other, and items share a
 * workgroup only where they are many.
 */
export function rectangle(items: number, range: number, width: Width, along: Along): Rectangle {
  const needed = powerAbove(items);
  const useful = Math.min(TREE_LANES, powerBelow(range / 2));
  if (along === 'kept') {
    const across = Math.min(needed, LINE / (4 * width));
    return { along, across, deep: Math.min(useful, TREE_LANES / across) };
  }
  const spare = powerBelow(items / ENOUGH_GROUPS);
  return { along, across: Math.min(spare, TREE_LANES / useful), deep: useful };
}

/** Lanes for one item alone, at least as many as the smaller subgroups of GPUs have. */
export const column = (range: number): Rectangle => ({
  along: 'reduced',
  across: 1,
  deep: Math.max(32, Math.min(TREE_LANES, powerBelow(range / 2))),
});

export const lanesOf = ({ across, deep }: Rectangle): number => across * deep;

/** Workgroups for all items. */
export const groupsOf = (items: number, { across }: Rectangle): number => Math.ceil(items / across);

const powerBelow = (n: number): number => (n < 2 ? 1 : 2 ** Math.floor(Math.log2(n)));
const powerAbove = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** What makes one value of two. */
export type ReduceOp = 'sum' | 'prod' | 'max' | 'min';

/** How the lanes of an item make one value of theirs. */
export interface Fold {
  declarations: string[];
  /** Leave each lane's `value` with the others, and meet. */
  lines: string[];
  /** WGSL for what came of all values of the item; any of its lanes may read it after `lines`. */
  total: string;
  requires: Requirements;
}

export interface FoldParts {
  lanes: Rectangle;
  /** Names the workgroup memory. */
  name: string;
  type: AccumulatorType;
  /** WGSL for this lane's value. */
  value: string;
  op: ReduceOp;
}

/** Pairwise, in halves, through workgroup memory: a barrier a halving. The lanes of one item lie `across` apart in it. */
export function foldTree({ lanes, name, type, value, op }: FoldParts): Fold {
  const { across, deep } = lanes;
  const [slot, half] = across === 1 ? ['depth', 'half'] : [`depth * ${across}u + beside`, `half * ${across}u`];
  const pair = combineTwo(op, `${name}[slot]`, `${name}[slot + ${half}]`);
  const halvings = [
    `for (var half = ${deep / 2}u; half > 0u; half /= 2u) {`,
    `  if (depth < half) { let slot = ${slot}; ${name}[slot] = ${pair}; }`,
    '  workgroupBarrier();',
    '}',
  ];
  return {
    declarations: [`var<workgroup> ${name}: array<${type}, ${lanesOf(lanes)}>;`],
    lines: [`${name}[${slot}] = ${value};`, 'workgroupBarrier();', ...(deep > 1 ? halvings : [])],
    total: `${name}[${across === 1 ? '0u' : 'beside'}]`,
    requires: { workgroupStorage: STRIDE[type] * lanesOf(lanes) },
  };
}

/** WGSL that makes one value of two. */
export const combineTwo = (op: ReduceOp, x: string, y: string): string =>
  ({ sum: `${x} + ${y}`, prod: `${x} * ${y}`, max: `max(${x}, ${y})`, min: `min(${x}, ${y})` })[op];
