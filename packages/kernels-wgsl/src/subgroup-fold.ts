/**
 * A fold whose lower levels never leave the registers: lanes of a subgroup add up among themselves, and only the subgroups'
 * results meet in workgroup memory. Which lanes are one subgroup, and how many they are, is left to the device: each subgroup
 * marks the place of one lane, its leader, and the results at marked places are combined in their order.
 */
import { STRIDE } from './reduce/accumulator.ts';
import { combineTwo, type Fold, type FoldParts, lanesOf } from './workgroup-tree.ts';

const SUBGROUP_OP = { sum: 'subgroupAdd', prod: 'subgroupMul', max: 'subgroupMax', min: 'subgroupMin' };

/** For a rectangle of one item. */
export function foldSubgroups({ lanes, name, type, value, op }: FoldParts): Fold {
  const count = lanesOf(lanes);
  const words = Math.ceil(count / 32);
  // The largest of some is the largest of all of them again; a sum and a product must not count anything twice.
  const start = { sum: `${type}(0.0)`, prod: `${type}(1.0)`, max: `${name}[0]`, min: `${name}[0]` }[op];
  return {
    declarations: [
      `var<workgroup> ${name}: array<${type}, ${count}>;`,
      `var<workgroup> ${name}_leaders: array<atomic<u32>, ${words}>;`,
      '',
      '/// Of the results that the subgroups left at their leaders.',
      `fn ${name}_of_leaders() -> ${type} {`,
      `  var total = ${start};`,
      `  for (var word = 0u; word < ${words}u; word += 1u) {`,
      `    for (var bits = atomicLoad(&${name}_leaders[word]); bits != 0u; bits &= bits - 1u) {`,
      `      total = ${combineTwo(op, 'total', `${name}[32u * word + firstTrailingBit(bits)]`)};`,
      '    }',
      '  }',
      '  return total;',
      '}',
    ],
    lines: [
      `${name}[depth] = ${SUBGROUP_OP[op]}(${value});`,
      `if (subgroupElect()) { atomicOr(&${name}_leaders[depth / 32u], 1u << (depth % 32u)); }`,
      'workgroupBarrier();',
    ],
    total: `${name}_of_leaders()`,
    requires: { features: ['subgroups'], workgroupStorage: STRIDE[type] * count + 4 * words },
  };
}
