/** What `checkpoint` is for: a deep net's plan needs a fraction of the memory. */
import { checkpoint, grad } from '@ganvas/autograd';
import {
  compile,
  matmul,
  mul,
  setDefaultDevice,
  sigmoid,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '@ganvas/tensor';
import { fakeDevice } from './fake-device.ts';
import { record } from './record.ts';

const { traits } = fakeDevice();
beforeAll(() => setDefaultDevice(fakeDevice()));
afterAll(() => setDefaultDevice(null));

const [ROWS, WIDTH, LAYERS, BLOCK] = [256, 32, 36, 6] as const;
const ACTIVATION = 4 * ROWS * WIDTH;

type Layer = (x: Tensor, w: Tensor) => Tensor;

/** The gradient at the input of 36 layers, cut into blocks of six. */
function deepNet(layer: Layer, wrap: (block: (x: Tensor) => Tensor) => (x: Tensor) => Tensor) {
  const x = tensor(new Float32Array(ROWS * WIDTH), [ROWS, WIDTH]);
  const weights = Array.from({ length: LAYERS }, () => tensor(new Float32Array(WIDTH * WIDTH), [WIDTH, WIDTH]));
  const { program } = record(() => {
    let h = x;
    for (let first = 0; first < LAYERS; first += BLOCK) {
      const layers = weights.slice(first, first + BLOCK);
      h = wrap((input) => layers.reduce(layer, input))(h);
    }
    return grad(sum(square(h)), [x]);
  });
  const plan = compile(program, traits);
  return { bytes: plan.slots.reduce((a, b) => a + b, 0), products: countProducts(plan.dispatches) };
}

const countProducts = (dispatches: readonly { label: string }[]) =>
  dispatches.filter((d) => d.label.includes('matmul')).length;

describe.each<[string, Layer]>([
  ['a product first', (x, w) => tanh(matmul(x, w))],
  ['elementwise work first', (x, w) => matmul(mul(tanh(x), sigmoid(x)), w)],
])('checkpoint of blocks with %s', (_, layer) => {
  let kept: ReturnType<typeof deepNet>;
  let recomputed: ReturnType<typeof deepNet>;
  beforeAll(() => {
    kept = deepNet(layer, (block) => block);
    recomputed = deepNet(layer, checkpoint);
  });

  it('needs at most 40 % of the memory', () => {
    expect(kept.bytes).toBeGreaterThan(LAYERS * ACTIVATION);
    expect(recomputed.bytes).toBeLessThan(0.4 * kept.bytes);
  });

  it('pays with at most one more forward pass', () => {
    expect(kept.products).toBe(2 * LAYERS);
    expect(recomputed.products).toBeGreaterThan(2.5 * LAYERS);
    expect(recomputed.products).toBeLessThanOrEqual(3 * LAYERS);
  });
});
