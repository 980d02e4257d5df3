/** The project's tolerances against PyTorch: forward 1e-6 + 1e-3·|x|, gradients 1e-4 + 1e-3·|x|. */
import type { Tensor } from '@ganvas/tensor';
import { opsOf, showsOps } from '../../evidence.ts';
import { readFixture } from '../../fixtures/read-fixture.ts';
import { expectClose } from '../rig.ts';

/** A fixture, and where it is noted which ops agree with it. */
export type Fixture = ReturnType<typeof openFixture>;

/** To be called at the top of a test file. */
export const openFixture = (name: Parameters<typeof readFixture>[0]) => ({
  ...readFixture(name),
  shows: showsOps(`torch-${name}`),
});

const TOLERANCE = { forward: { abs: 1e-6, rel: 1e-3 }, gradient: { abs: 1e-4, rel: 1e-3 } };

export async function expectLikeTorch(
  fixture: Fixture,
  key: string,
  actual: Tensor,
  kind: keyof typeof TOLERANCE,
): Promise<void> {
  const expected = fixture.tensors[key]!;
  if (actual.shape.join() !== expected.shape.join()) {
    throw new Error(`${key}: shape [${actual.shape}], PyTorch's is [${expected.shape}]`);
  }
  const { abs, rel } = TOLERANCE[kind];
  expectClose(await actual.data(), expected.data, { abs, rel }, key);
  fixture.shows(...opsOf(actual));
}
