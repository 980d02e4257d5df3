/** Cases of a fixture made by `Derivatives` (elementwise_cases.py): values, first and second gradients against PyTorch's. */
import { grad } from '@ganvas/autograd';
import { add, mul, sum, type Tensor, tensor } from '@ganvas/tensor';
import { expectLikeTorch, openFixture } from './compare.ts';

interface Case {
  name: string;
  op: string;
  attrs: Record<string, unknown>;
  inputs: string[];
  differentiated: boolean;
}

/** An op of the fixture in our own words. */
export type OwnOp = (inputs: Tensor[], attrs: Record<string, unknown>) => Tensor;

/** Declares a test a case, and one that no case and no op of `ops` is left out. */
export function testDerivatives(name: 'elementwise' | 'reductions' | 'losses', ops: Record<string, OwnOp>): void {
  const fixture = openFixture(name);
  const cases = fixture.about.cases as Case[];
  const load = (key: string): Tensor => tensor(fixture.tensors[key]!.data, fixture.tensors[key]!.shape);

  it('has cases for each of these ops, and no others', () => {
    expect([...new Set(cases.map((c) => c.op))].sort()).toEqual(Object.keys(ops).sort());
  });

  it.each(cases.map((c) => [c.name, c] as const))(
    '%s',
    async (_, { name: of, op, attrs, inputs: keys, differentiated }) => {
      const inputs = keys.map((key) => load(`${of}.${key}`));
      const y = ops[op]!(inputs, attrs);
      await expectLikeTorch(fixture, `${of}.y`, y, 'forward');
      if (!differentiated) return;
      const first = grad(sum(mul(y, load(`${of}.dy`))), inputs);
      const total = first.map((g, i) => sum(mul(g, load(`${of}.r${keys[i]}`)))).reduce((a, b) => add(a, b));
      const second = grad(total, inputs, { unused: 'zero' });
      for (const [i, key] of keys.entries()) {
        await expectLikeTorch(fixture, `${of}.d${key}`, first[i]!, 'gradient');
        // Where PyTorch's is NaN, at a root's 0, it has no answer.
        if (!fixture.tensors[`${of}.dd${key}`]!.data.some(Number.isNaN))
          await expectLikeTorch(fixture, `${of}.dd${key}`, second[i]!, 'gradient');
      }
    },
  );
}
