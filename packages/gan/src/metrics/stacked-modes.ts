/** Modes of Stacked MNIST (Metz et al. 2017): three digits, one a channel, are one of a thousand numbers. */
import { classBalance } from './class-balance.ts';

export interface StackedModes {
  /** Of the 1,000 numbers, how many come. Papers (PacGAN among them) count over 26,000 samples. */
  modes: number;
  /** KL divergence of their shares from the uniform distribution, in nats: 0 when all come equally often, ln 1000 = 6.9 when one does. */
  divergence: number;
}

/** The number that the digits of a sample's three channels make, 0 to 999. @param digits [3 · count], a sample's channels side by side */
export function stackedNumbers(digits: ArrayLike<number>): Uint32Array {
  if (digits.length % 3 !== 0)
    throw new Error(`stackedNumbers: expected three digits a sample, got ${digits.length} digits`);
  return Uint32Array.from(
    { length: digits.length / 3 },
    (_, i) => 100 * digits[3 * i]! + 10 * digits[3 * i + 1]! + digits[3 * i + 2]!,
  );
}

/** @param numbers of the samples, 0 to 999 each */
export function stackedModes(numbers: ArrayLike<number>): StackedModes {
  const { hit, entropy } = classBalance(numbers, 1000);
  return { modes: hit, divergence: Math.log(1000) - entropy };
}
