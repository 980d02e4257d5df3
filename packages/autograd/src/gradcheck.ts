/** Gradients against finite differences: the test that every rule passes, and a tool for whoever writes a new one. */
import { add, mul, state, sum, type Tensor, tensor, tidy } from '@ganvas/tensor';
import { grad } from './grad.ts';
import { GradientError } from './history.ts';

export interface GradcheckOptions {
  /** 1 checks ∂f/∂x; 2 also the gradient of Σ (∂f/∂x · r) for a fixed r; 3 also the gradient of that, and so on. Default 1. */
  order?: number;
  /** Step of the central difference, relative to 1. Default 1e-2: f32 values, f64 differences. */
  step?: number;
  /** Allowed |analytic − numeric| is `absolute + relative · |numeric|`. Defaults 2e-3 and 2e-2. */
  absolute?: number;
  relative?: number;
}

export interface GradcheckResult {
  ok: boolean;
  /** The worst place: which input, which element, what both say. Null where nothing was compared. */
  worst: { order: number; input: number; element: number; analytic: number; numeric: number; excess: number } | null;
}

/**
 * Compares `grad` of `fn`, reduced to a scalar by fixed weights, with central differences in every element of every input:
 * `const { ok, worst } = await gradcheck(square, [x], { order: 2 })`. The weights are irregular, so that errors of opposite sign
 * do not cancel. Keep the inputs about 1 in size, and a few steps away from kinks (ReLU at 0, ties of a maximum).
 * @param fn f32 tensors to an f32 tensor of any shape, without effects or random draws; evaluated 2 · (elements) + 1 times an order
 * @param inputs read, and not changed
 * @returns whether all agree, and where they agree least
 * @throws GradientError where `fn` cannot be differentiated so often, or `order` is no whole number of at least 1
 */
export async function gradcheck(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { order = 1, step = 1e-2, absolute = 2e-3, relative = 2e-2 }: GradcheckOptions = {},
): Promise<GradcheckResult> {
  if (!(Number.isInteger(order) && order >= 1))
    throw new GradientError(`gradcheck: expected an order of 1, 2, …, got ${order}`);
  const weighted = (t: Tensor): Tensor => sum(mul(t, weights(t.shape, t)));
  /** A scalar of the derivatives of order `level - 1`, whose gradient has those of order `level`. */
  const scalarOf =
    (level: number) =>
    (...xs: Tensor[]): Tensor => {
      if (level === 1) return weighted(fn(...xs));
      return grad(scalarOf(level - 1)(...xs), xs, { unused: 'zero' })
        .map(weighted)
        .reduce((a, b) => add(a, b));
    };
  const worst: { value: GradcheckResult['worst'] } = { value: null };
  for (let level = 1; level <= order; level++) {
    await compare(scalarOf(level), inputs, step, (input, element, analytic, numeric) => {
      const excess = Math.abs(analytic - numeric) / (absolute + relative * Math.abs(numeric));
      if (!worst.value || !(excess <= worst.value.excess))
        worst.value = { order: level, input, element, analytic, numeric, excess };
    });
  }
  return { ok: worst.value === null || worst.value.excess <= 1, worst: worst.value };
}

async function compare(
  scalar: (...xs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  step: number,
  report: (input: number, element: number, analytic: number, numeric: number) => void,
): Promise<void> {
  const points = await Promise.all(inputs.map(async (t) => (await t.data()) as Float32Array));
  const probes = inputs.map((t, i) => state(points[i]!.slice(), t.shape, { device: t.device }));
  const gradients = tidy(() => grad(scalar(...probes), probes, { unused: 'zero' }));
  const analytic = await Promise.all(gradients.map((g) => g.data()));
  const at = async (): Promise<number> => {
    const value = tidy(() => scalar(...probes));
    const result = await value.item();
    value.dispose();
    return result;
  };
  for (const [i, probe] of probes.entries()) {
    for (let element = 0; element < probe.size; element++) {
      const values = points[i]!.slice();
      const x = values[element]!;
      const [up, down] = [Math.fround(x + step), Math.fround(x - step)];
      values[element] = up;
      probe.write(values);
      const above = await at();
      values[element] = down;
      probe.write(values);
      report(i, element, analytic[i]![element]!, (above - (await at())) / (up - down));
    }
    probe.write(points[i]!);
  }
  for (const t of [...probes, ...gradients]) t.dispose();
}

/** Fixed, irregular weights in [0.5, 1.5): without them errors of opposite sign would cancel in a sum. */
function weights(shape: readonly number[], like: Tensor): Tensor {
  const values = Float32Array.from({ length: like.size }, (_, i) => 0.5 + ((i * 0.6180339887) % 1));
  return tensor(values, shape, { device: like.device });
}
