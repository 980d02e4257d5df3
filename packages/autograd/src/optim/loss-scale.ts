/**
 * Loss scaling (Micikevicius et al. 2018, "Mixed precision training"): gradients too small for f16 become large enough when the
 * loss is multiplied by a number; the optimiser divides by it. The scale is state on the device, and what becomes of it is
 * decided there: a captured step follows it, and the host never waits.
 */
import {
  add,
  assign,
  type Device,
  isFinite as finite,
  greaterEqual,
  min,
  mul,
  state,
  type Tensor,
  where,
} from '@ganvas/tensor';

/** The rule of PyTorch's GradScaler, and its defaults. */
export interface DynamicLossScale {
  /** The first scale. Default 65536. */
  init?: number;
  /** What the scale is multiplied by after `interval` updates in a row. Default 2. */
  growth?: number;
  /** What it is multiplied by where a gradient was infinite or NaN; that update is skipped. Default 0.5. */
  backoff?: number;
  /** Default 2000 updates. */
  interval?: number;
}

/** A number for good, or one that is as large as the gradients can bear. */
export type LossScale = number | 'dynamic' | DynamicLossScale;

export interface LossScaler {
  /** f32 scalar. */
  scale: Tensor;
  /** What must be saved to go on exactly. */
  state: readonly Tensor[];
  /** A scalar, 1 where all gradients are finite and 0 where one is not; null for a scale that takes them as they come. */
  check(gradients: Tensor): Tensor | null;
  /**
   * Changes the scale after an update.
   * @param allFinite the answer of `check`
   * @param wanted 0 where finite gradients were not to change anything either: no update in a row, but no reason for a smaller scale
   */
  follow(allFinite: Tensor, wanted: Tensor | number): void;
}

/** @throws RangeError, in the optimiser's name, for a scale or factor that is no number above 0, or an interval below 1 */
export function lossScaler(optimizer: string, lossScale: LossScale, device: Device): LossScaler {
  const fixed = typeof lossScale === 'number';
  const rule = typeof lossScale === 'object' ? lossScale : {};
  const { init = fixed ? lossScale : 2 ** 16, growth = 2, backoff = 0.5, interval = 2000 } = rule;
  checkRule(optimizer, { init, growth, backoff, interval });
  const scale = state(init, [], { device });
  if (fixed) return { scale, state: [scale], check: () => null, follow() {} };
  const streak = state(0, [], { device });
  return {
    scale,
    state: [scale, streak],
    check: (gradients) => min(finite(gradients)),
    follow(allFinite, wanted) {
      const inRow = add(streak, wanted);
      const enough = greaterEqual(inRow, interval);
      const grown = mul(scale, growth);
      const larger = where(mul(enough, finite(grown)), grown, scale);
      assign(scale, where(allFinite, larger, mul(scale, backoff)));
      assign(streak, where(allFinite, where(enough, 0, inRow), 0));
    },
  };
}

function checkRule(optimizer: string, rule: Required<DynamicLossScale>): void {
  for (const [name, value] of Object.entries(rule)) {
    const least = name === 'interval' ? 1 : Number.MIN_VALUE;
    if (!(value >= least && Number.isFinite(Math.fround(value))))
      throw new RangeError(
        `${optimizer}: lossScale: expected ${name} ${name === 'interval' ? 'from 1' : 'above 0'}, got ${value}`,
      );
  }
}
