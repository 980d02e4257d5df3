/** Two reductions of the same walk as one, whose results are side by side. */
import { type Expr, operand, share, substitute } from '@ganvas/kernels-wgsl';
import type { ValueId } from '../program.ts';
import { collectReads, elementwiseOf, placeReads, withElementwise } from './elementwise.ts';
import type { KernelWork } from './work.ts';

/**
 * @param a runs before `b`, whose epilogue may read its outputs
 * @param needed whether an output of `a` is read by others than `b`
 * @returns null where they are of different kinds, together more than one work can do, or `b` reduces what `a` makes
 */
export function mergeReductions(a: KernelWork, b: KernelWork, needed: (id: ValueId) => boolean): KernelWork | null {
  const [one, two] = [elementwiseOf(a), elementwiseOf(b)];
  if (!one || !two || !a.merging || a.merging.key !== b.merging?.key) return null;
  const [ownA, ownB] = [one.exprs.length, two.exprs.length];
  if (ownA + ownB > a.merging.most || b.inputs.some((id) => a.outputs.includes(id))) return null;

  const collected = collectReads(one.shape);
  const exprs = share([...placeReads(one, collected), ...placeReads(two, collected)]);

  // Operands of the merged epilogue: results of a, results of b, what a's epilogue reads, what b's reads and a does not make.
  const results = ownA + ownB;
  const endA = a.epilogue.exprs.map((expr) => substitute(expr, (i) => operand(i < ownA ? i : results + i - ownA)));
  const operands = [...a.epilogue.operands];
  const reads = [...a.epilogue.reads];
  const replacements = b.epilogue.reads.map((id, i): Expr => {
    const made = a.outputs.indexOf(id);
    if (made >= 0) return endA[made]!;
    reads.push(id);
    return operand(results + operands.push(b.epilogue.operands[i]!) - 1);
  });
  const endB = b.epilogue.exprs.map((expr) =>
    substitute(expr, (i) => (i < ownB ? operand(ownA + i) : replacements[i - ownB]!)),
  );
  const kept = a.outputs.map((id) => needed(id));
  return {
    ...withElementwise(a, { shape: one.shape, reads: collected.reads, exprs }),
    problem: `${a.problem} and ${b.problem}`,
    label: [...a.label, ...b.label],
    epilogue: { operands, reads, exprs: share([...endA.filter((_, i) => kept[i]), ...endB]) },
    outputs: [...a.outputs.filter((_, i) => kept[i]), ...b.outputs],
  };
}
