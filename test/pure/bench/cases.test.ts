import { CASES, selectCases } from '../../../bench/cases.ts';

const names = (...args: Parameters<typeof selectCases>) => selectCases(...args).map((c) => c.name);

it('names every case once', () => {
  expect(new Set(CASES.map((c) => c.name)).size).toBe(CASES.length);
});

it('has convolutions whose padding makes their output', () => {
  const shapes = CASES.flatMap(({ problem }) =>
    'shape' in problem && !Array.isArray(problem.shape) ? [problem.shape] : [],
  );
  expect(shapes).toHaveLength(9);
  for (const s of shapes) {
    expect(s.outHeight).toBe((s.height + 2 * s.padTop - s.kernelHeight) / s.strideY + 1);
    expect(s.outWidth).toBe((s.width + 2 * s.padLeft - s.kernelWidth) / s.strideX + 1);
  }
});

it('selects by a part of the name, in any case', () => {
  expect(names('MATMUL 5', false, 'llvmpipe')).toEqual(['matmul 512x512x512']);
  expect(names('conv2d-dw', false, 'swiftshader')).toHaveLength(3);
  expect(names('nothing', false, 'gpu')).toEqual([]);
});

it('keeps large cases from software adapters, and all but small ones from a quick run', () => {
  expect(names('4096', false, 'gpu')).toEqual(['matmul 4096x4096x4096']);
  expect(names('4096', false, 'llvmpipe')).toEqual([]);
  expect(names('dcgan', true, 'gpu')).toEqual(['dcgan 28x28 w32 b64']);
  expect(names('', false, 'gpu')).toEqual(CASES.map((c) => c.name));
});
