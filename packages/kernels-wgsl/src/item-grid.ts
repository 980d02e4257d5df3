/** A dispatch over items whose ranges are cut into chunks: an invocation each, or a rectangle of lanes for a few at a time. */
import type { AdapterClass } from './candidate.ts';
import { FLAT_INDEX, FLAT_WORKGROUP, flatGrid, GROUP_INDEX, groupGrid, type KernelSource } from './kernel.ts';
import { groupsOf, lanesOf, type Rectangle } from './workgroup-tree.ts';

export interface ItemGrid extends Pick<KernelSource, 'workgroupSize' | 'workgroups'> {
  constants: Record<string, number>;
  /**
   * WGSL that defines `item` of ITEMS and `chunk` of CHUNKS; with lanes also `depth`, the lane's place among those of its item,
   * and, where items stand side by side, `beside`. Where the items end before the rectangle does, the lanes beyond repeat the
   * last item, since all must meet at the barriers.
   */
  place: string[];
  /** WGSL condition: the item is no repetition. Null where it never is. */
  owned: string | null;
  /** Wraps WGSL that stores an item's one result: one lane of an item does. */
  store(lines: readonly string[]): string[];
}

/** Invocations that a software adapter computes in one instruction: fewer in a workgroup leave lanes idle. */
const SIMD: Record<Exclude<AdapterClass, 'gpu'>, number> = { llvmpipe: 8, swiftshader: 4 };
/**
 * Items, an invocation each, from which a software adapter's cores all have work without their ranges being cut: measured on two.
 */
export const ENOUGH_ITEMS: Record<Exclude<AdapterClass, 'gpu'>, number> = { llvmpipe: 16, swiftshader: 32 };
/** Workgroups that keep a software adapter's cores busy: one runs on one core. */
const BUSY_GROUPS = 16;

/** Invocations of a workgroup, of so many in all: few are spread over the cores of a software adapter. */
function flatWorkgroup(invocations: number, adapter: AdapterClass): number {
  if (adapter === 'gpu') return FLAT_WORKGROUP;
  const spread = 2 ** Math.floor(Math.log2(Math.max(1, invocations / BUSY_GROUPS)));
  return Math.min(FLAT_WORKGROUP, Math.max(SIMD[adapter], spread));
}

/** @param lanes null for an invocation each */
export function itemGrid(
  items: number,
  chunks: number,
  lanes: Rectangle | null,
  adapter: AdapterClass = 'gpu',
): ItemGrid {
  if (!lanes) {
    const size = flatWorkgroup(items * chunks, adapter);
    return {
      constants: { ITEMS: items, CHUNKS: chunks },
      workgroupSize: [size, 1, 1],
      workgroups: size === FLAT_WORKGROUP ? flatGrid(items * chunks) : [Math.ceil((items * chunks) / size), 1, 1],
      place: [FLAT_INDEX, 'if (i >= ITEMS * CHUNKS) { return; }', 'let item = i % ITEMS;', 'let chunk = i / ITEMS;'],
      owned: null,
      store: (lines) => [...lines],
    };
  }
  const groups = groupsOf(items, lanes);
  const owned = lanes.across === 1 ? null : 'place < ITEMS';
  const first = owned ? `depth == 0u && ${owned}` : 'depth == 0u';
  return {
    constants: { ITEMS: items, GROUPS: groups, CHUNKS: chunks },
    workgroupSize: [lanesOf(lanes), 1, 1],
    workgroups: groupGrid(groups * chunks),
    place: [GROUP_INDEX, 'if (i >= GROUPS * CHUNKS) { return; }', 'let chunk = i / GROUPS;', ...placeLane(lanes)],
    owned,
    store: (lines) => [`if (${first}) {`, ...lines.map((line) => `  ${line}`), '}'],
  };
}

function placeLane({ across, deep, along }: Rectangle): string[] {
  if (across === 1) return ['let depth = lid.x;', 'let item = i % GROUPS;'];
  const [depth, beside] =
    along === 'kept' ? [`lid.x / ${across}u`, `lid.x % ${across}u`] : [`lid.x % ${deep}u`, `lid.x / ${deep}u`];
  return [
    `let depth = ${depth};`,
    `let beside = ${beside};`,
    `let place = i % GROUPS * ${across}u + beside;`,
    'let item = min(place, ITEMS - 1u);',
  ];
}
