/**
 * Elementwise ops at zeros, infinities, NaN, large numbers and denormals: what PyTorch answers, except for what docs/numbers.md
 * lists. The sign of a zero is not compared.
 */
import * as ops from '@ganvas/tensor';
import { type Tensor, tensor } from '@ganvas/tensor';
import { readFixture } from '../../fixtures/read-fixture.ts';
import { useDevice } from '../device.ts';

const device = useDevice();
const fixture = readFixture('elementwise');
const values = (key: string) => fixture.tensors[`special.${key}`]!.data as Float32Array;

type Op = (...inputs: Tensor[]) => Tensor;
/** What the fixture names otherwise than we do. */
const OWN: Record<string, Op> = {
  pow_3: (x) => ops.pow(x!, 3),
  pow_half: (x) => ops.pow(x!, 0.5),
  clamp: (x) => ops.clamp(x!, { min: -1, max: 2 }),
  where: (x, y) => ops.where(x!, x!, y!),
};
const opOf = (name: string): Op => OWN[name] ?? (ops as unknown as Record<string, Op>)[name]!;

type Excuse = (x: number, y: number, got: number) => boolean;
const isWhole = (y: number) => Math.floor(y) === y;
const bounded: Excuse = (x, _, got) => Math.abs(x) >= 1e6 && Math.abs(got) <= 1;
/** On every adapter. */
const ALWAYS: Record<string, Excuse> = {
  sin: bounded,
  cos: bounded,
  gelu: (x, _, got) => x === Number.POSITIVE_INFINITY && got === x, // of which PyTorch makes NaN
  pow: (x, y, got) => x === Number.NEGATIVE_INFINITY && !isWhole(y) && Number.isNaN(got),
  mod: (x, y) => Math.abs(y) === Number.POSITIVE_INFINITY || isDenormal(y) || Math.abs(x / y) > 2 ** 24,
  where: (x) => Number.isNaN(x),
  log: (x) => isDenormal(x),
};
const ofNaN: Excuse = (x) => Number.isNaN(x);
/** On SwiftShader alone, whose exp and log take NaN and negative numbers for others. */
const SWIFTSHADER: Record<string, Excuse> = {
  exp: ofNaN,
  expm1: ofNaN,
  sigmoid: ofNaN,
  elu: ofNaN,
  selu: ofNaN,
  log: (x) => !(x >= 0),
  log1p: (x) => !(x >= -1),
};

const isDenormal = (x: number) => x !== 0 && Math.abs(x) < 2 ** -126;
const flushed = (x: number) => (isDenormal(x) ? 0 : x);
const isClose = (a: number, e: number) => Object.is(a, e) || a === e || Math.abs(a - e) <= 1e-6 + 1e-4 * Math.abs(e);

/** Where the op answers neither what PyTorch does, nor what it does where denormals are 0, and has no excuse. */
async function mistakes(name: string, keys: readonly string[]): Promise<string[]> {
  const inputs = keys.map(values);
  const expected = values(name);
  const actual = await opOf(name)(...inputs.map((data) => tensor(data))).data();
  const excuses = [ALWAYS, device().traits.adapter === 'swiftshader' ? SWIFTSHADER : {}].map((table) => table[name]);
  return Array.from(expected).flatMap((answer, i) => {
    const [x, y = 0] = inputs.map((data) => data[i]!) as [number, number?];
    const got = actual[i]!;
    const alike = (j: number) => inputs.every((data) => Object.is(flushed(data[j]!) + 0, flushed(data[i]!) + 0));
    const asFlushed = [x, y].some(isDenormal) && Array.from(expected).some((e, j) => alike(j) && isClose(got, e));
    if (isClose(got, answer) || asFlushed || excuses.some((excuse) => excuse?.(x, y, got))) return [];
    return [`${name}(${inputs.map((data) => data[i])}) = ${answer}, got ${got}`];
  });
}

it.each(fixture.about.unary as string[])('%s', async (name) => {
  expect(await mistakes(name, ['x'])).toEqual([]);
});
it.each(fixture.about.binary as string[])('%s', async (name) => {
  expect(await mistakes(name, ['a', 'b'])).toEqual([]);
});
