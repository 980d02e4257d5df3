import { CATALOGUE, conv2dSizes } from '@ganvas/kernels-wgsl';
import { CASES, type Problem, selectCases } from '../../../bench/cases.ts';
import { kernelProblem } from '../../../bench/open-case.ts';

const names = (...args: Parameters<typeof selectCases>) => selectCases(...args).map((c) => c.name);

it('names every case once', () => {
  expect(new Set(CASES.map((c) => c.name)).size).toBe(CASES.length);
});

it('has convolutions whose padding makes their output', () => {
  const shapes = CASES.flatMap(({ problem }) =>
    'shape' in problem && !Array.isArray(problem.shape) ? [problem.shape] : [],
  );
  expect(shapes).toHaveLength(12);
  for (const s of shapes) {
    expect(s.outHeight).toBe((s.height + 2 * s.padTop - s.kernelHeight) / s.strideY + 1);
    expect(s.outWidth).toBe((s.width + 2 * s.padLeft - s.kernelWidth) / s.strideX + 1);
  }
});

it('selects by a part of the name, in any case', () => {
  expect(names('MATMUL 5', false, 'llvmpipe')).toEqual(['matmul 512x512x512']);
  expect(names('conv2d-weight', false, 'swiftshader')).toHaveLength(3);
  expect(names('nothing', false, 'gpu')).toEqual([]);
});

it('tells a name from one that ends like it', () => {
  const ops = (filter: string) => [...new Set(selectCases(filter, false, 'gpu').map(({ problem }) => problem.op))];
  expect(ops('cgan')).toEqual(['cgan']);
  expect(ops('acgan')).toEqual(['acgan', 'acgan-script']);
  expect(ops('script')).toEqual(['acgan-script']);
  expect(ops('grad 64x14')).toEqual(['conv2d-input-grad', 'conv2d-weight-grad', 'batch-norm-grad']);
});

it('keeps large cases from software adapters, and all but small ones from a quick run', () => {
  expect(names('4096x4096', false, 'gpu')).toEqual(['matmul 4096x4096x4096']);
  expect(names('4096x4096', false, 'llvmpipe')).toEqual([]);
  expect(names('dcgan', true, 'gpu')).toEqual(['dcgan 28x28 w32 b64']);
  expect(names('acgan', true, 'gpu')).toEqual(['acgan 28x28 w8 b100', 'acgan-script 28x28 w8 b100']);
  expect(names('', false, 'gpu')).toEqual(CASES.map((c) => c.name));
});

describe('the catalogue of kernels', () => {
  /** Elements of what a problem reads and writes, by its own numbers. */
  function sizes(problem: Problem): { inputs: number[]; outputs: number[] } {
    switch (problem.op) {
      case 'matmul': {
        const { m, k, n } = problem;
        return { inputs: [m * k, k * n], outputs: [m * n] };
      }
      case 'elementwise':
        return { inputs: [problem.size, problem.size, problem.size], outputs: [problem.size] };
      case 'sum':
        return { inputs: [problem.size], outputs: [1] };
      case 'softmax':
        return { inputs: [problem.rows * problem.columns], outputs: [problem.rows * problem.columns] };
      case 'adam':
        return { inputs: [...Array<number>(4).fill(problem.size), 2], outputs: [] };
      case 'random-normal':
        return { inputs: [4], outputs: [problem.size] };
      case 'conv2d':
      case 'conv2d-input-grad':
      case 'conv2d-weight-grad':
      case 'conv-transpose2d': {
        const { x, w, y } = conv2dSizes(problem.shape);
        if (problem.op === 'conv2d') return { inputs: [x, w], outputs: [y] };
        if (problem.op === 'conv2d-weight-grad') return { inputs: [x, y], outputs: [w] };
        return { inputs: [y, w], outputs: [x] };
      }
      default:
        throw new Error(`${problem.op} is a program of several ops`);
    }
  }

  const answered = CASES.filter((c) => c.kernel !== null);

  it('answers every case but those of several ops', () => {
    const others = new Set(CASES.filter((c) => !answered.includes(c)).map(({ problem }) => problem.op));
    expect([...others].sort()).toEqual([
      ...['acgan', 'acgan-script', 'batch-norm', 'batch-norm-grad', 'cgan', 'dcgan', 'mlp-gan'],
    ]);
  });

  it.each(answered)('$name is the same problem there', (testCase) => {
    const { inputs, outputs } = kernelProblem(testCase)!;
    expect({ inputs, outputs }).toEqual(sizes(testCase.problem));
    expect(testCase.name).toMatch(new RegExp(`^${testCase.problem.op} `));
  });

  /** Where the canonical shapes are large: plain loops in float64 should take a moment. */
  const SMALL: Record<string, string> = {
    conv2d: 'x=2x6x6x4,w=4x4x4x8',
    'conv2d-input-grad': 'x=2x6x6x4,w=4x4x4x8',
    'conv2d-weight-grad': 'x=2x6x6x4,w=4x4x4x8',
    matmul: 'm=80,n=12,k=5',
    'reduce-sum': 'x=8x9,axes=0',
    moments: 'rows=9,channels=4',
    softmax: 'x=8x9,axis=1',
    gather: 'count=9,pixels=16,batch=3',
    adam: 'size=100',
  };

  it.each(CATALOGUE.filter(({ name }) => !name.startsWith('grouped')).map((family) => [family.name, family] as const))(
    '%s gives inputs of the sizes that it names, and a reference of no more than its result',
    (name, family) => {
      const problem = family.problem(SMALL[name]);
      const values = problem.values();
      expect(values.map((v) => v.length)).toEqual(problem.inputs);
      const { kind, index } = problem.result;
      const size = { input: problem.inputs, output: problem.outputs, temp: [], epilogue: [] }[kind][index]!;
      const reference = problem.reference(values);
      expect(reference!.length).toBeGreaterThan(0);
      expect(reference!.length).toBeLessThanOrEqual(size);
      expect(Array.from(reference!).every(Number.isFinite)).toBe(true);
      // Every byte of the result must be written once, at least.
      expect(problem.cost.bytes).toBeGreaterThanOrEqual(4 * size);
    },
  );
});
