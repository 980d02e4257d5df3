/** The page's section "Autodiff" on a device: its values, its gradients part by part, and its refusals. */
import { type Analysis, analyse } from '../../web/src/autodiff/analysis.ts';
import { EXAMPLES } from '../../web/src/autodiff/examples.ts';
import { LanguageError } from '../../web/src/autodiff/language.ts';
import { gathered, stepsOf } from '../../web/src/autodiff/steps.ts';
import { useDevice } from './device.ts';

useDevice();

const numbers = (values: { numbers: ArrayLike<number> } | null): number[] => Array.from(values!.numbers);
const named = ({ nodes }: Analysis, name: string) => nodes.find((node) => node.name === name)!;

it('x³ at 2 is 8, and its gradient 12 comes in three parts', async () => {
  const analysis = await analyse(EXAMPLES[0]!.text);
  expect(numbers(named(analysis, 'y').value)).toEqual([8]);
  expect(numbers(named(analysis, 'x').gradient)).toEqual([12]);
  const x = analysis.nodes.findIndex(({ name }) => name === 'x');
  expect(gathered(analysis, x, 0)).toBeNull();
  expect(gathered(analysis, x, 1)).toMatchObject({ numbers: [4], parts: 1, of: 3 });
  expect(gathered(analysis, x, 2)).toMatchObject({ numbers: [12], parts: 3, of: 3 });
  expect(stepsOf(analysis).map(({ kind }) => kind)).toEqual(['forward', 'forward', 'seed', 'backward', 'backward']);
});

it.each(EXAMPLES.map(({ name, text }) => [name, text]))(
  '%s: the parts add up, and the slope is the gradient',
  async (_, text) => {
    const analysis = await analyse(text);
    const { nodes, pulls } = analysis;
    nodes.forEach(({ gradient }, node) => {
      const sum = gathered(analysis, node, pulls.length);
      if (!gradient) expect(sum).toBeNull();
      else for (const [i, g] of numbers(gradient).entries()) expect(sum!.numbers[i]).toBeCloseTo(g, 5);
    });
    // Every op's inputs stand before it, and are differentiated after it.
    nodes.forEach(({ inputs }, node) => {
      for (const input of inputs) expect(input).toBeLessThan(node);
    });
    const order = pulls.map(({ node }) => node);
    expect(order).toEqual(order.toSorted((a, b) => b - a));
    expect(analysis.dispatches.length).toBeLessThan(analysis.recorded);

    // The last parameter's first number, a little more and a little less.
    const lines = text.split('\n');
    const at = lines.findLastIndex((line) => line.includes('param('));
    const moved = async (by: number) => {
      const line = lines[at]!.replace(/-?\d+(\.\d+)?/.exec(lines[at]!.split('param')[1]!)![0], (n) =>
        String(Number(n) + by),
      );
      const { nodes } = await analyse(lines.with(at, line).join('\n'));
      return numbers(nodes.at(-1)!.value)[0]!;
    };
    const slope = ((await moved(0.01)) - (await moved(-0.01))) / 0.02;
    const [gradient] = numbers(named(analysis, lines[at]!.split(' ')[0]!).gradient);
    expect(slope).toBeCloseTo(gradient!, 2);
  },
);

it.each([
  ['w = param([1, 2])\nw * z', 'z is not known here; lines above it may define it', 22],
  ['w = param([1, 2])\nw * 2', 'the last line is the loss, one number, and has shape [2]; use sum or mean', 18],
  ['w = param([1, 2])\nfetch(w)', /^no function fetch; there are add, /, 18],
  ['w = param([1, 2])\nconstructor(w)', /^no function constructor/, 18],
  ['w = param([1, 2])\nmatmul(w)', 'matmul takes 2 tensors', 18],
  ['w = param([1, 2])\nsum(w + [1, 2])', 'a list needs a line of its own: x = [1, 2]', 26],
  ['w = param([1, 2])\nv = [1, 2, 3]\nsum(w * v)', /^mul: .*broadcast|^mul: /, 38],
])('refuses %j', async (text, message, at) => {
  const error = await analyse(text).then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(LanguageError);
  expect((error as LanguageError).message).toMatch(message);
  expect((error as LanguageError).at).toBe(at);
});
