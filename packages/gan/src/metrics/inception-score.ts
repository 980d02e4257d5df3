/** The inception score (Salimans et al. 2016). With our digit classifier in Inception's place we call it the MNIST score. */
import type { Rows } from './rows.ts';

/**
 * exp of the mean KL(p(y|x) ‖ p(y)), from 1 to the number of classes: high when each sample is clearly of some class, and all classes come.
 * @param probabilities p(y|x), a row a sample
 * @param indices the rows that count, some perhaps more than once; default all
 */
export function inceptionScore({ values, count, width }: Rows, indices?: ArrayLike<number>): number {
  const n = indices?.length ?? count;
  const marginal = new Float64Array(width);
  // Σ p ln p − Σ p ln q over all samples is Σ p ln p − n Σ q ln q: one pass does.
  let negentropy = 0;
  for (let i = 0; i < n; i++) {
    const row = (indices ? indices[i]! : i) * width;
    for (let c = 0; c < width; c++) {
      const p = values[row + c]!;
      marginal[c]! += p / n;
      if (p > 0) negentropy += p * Math.log(p);
    }
  }
  const marginalNegentropy = marginal.reduce((sum, q) => (q > 0 ? sum + q * Math.log(q) : sum), 0);
  return Math.exp(negentropy / n - marginalNegentropy);
}
