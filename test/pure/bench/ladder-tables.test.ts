import { updateMeasured } from '../../../bench/ladder-tables.ts';
import type { Machine } from '../../../bench/machine.ts';
import type { CaseResult } from '../../../bench/report.ts';

const machine = (over: Partial<Machine>): Machine => ({
  ...{
    adapter: 'llvmpipe',
    class: 'llvmpipe',
    driver: 'Mesa',
    backend: 'vulkan',
    features: [],
    processor: 'P',
    threads: 2,
  },
  ...{ toggles: ['robustness on'], node: 'v20', dawn: '0', date: '2026-01-02T00:00:00.000Z' },
  ...over,
});
const result = (rung: string, ms: number, over: Partial<CaseResult> = {}): CaseResult => ({
  ...{ case: 'matmul 512x512x512', engine: 'ganvas', rung, ms, p25: ms, p75: ms },
  ...{ gflops: 268 / ms, gbps: 3 / ms, roofline: 1 / ms },
  ...{ clock: 'gpu', wall: ms, compile: 1, samples: 9, outliers: 0 },
  ...over,
});

const README = `# matmul

Before | and after | stay.

<!-- measured:begin -->
<!-- measured:end -->

The last line.
`;
/** The order in which an adapter tries them, which is not the ladder's. */
const LADDER = [result('3-vec4', 10), result('10-subgroup', 20), result('0-naive', 100), result('columns', 40)];
const once = updateMeasured(README, machine({}), LADDER);

it('writes the rungs from naive up, each against the one below', () => {
  expect(once).toContain(`- llvmpipe: llvmpipe, Mesa, 2 threads of P, robustness on, 2026-01-02

### matmul 512x512x512

| rung | llvmpipe: ms | llvmpipe: rate |
| --- | ---: | ---: |
| 0-naive | 100 | 2.68 GFLOP/s (1.00%) |
| 3-vec4 | 10.0 (10.0×) | 26.8 GFLOP/s (10.0%) |
| 10-subgroup | 20.0 (0.500×) | 13.4 GFLOP/s (5.00%) |
| columns | 40.0 (0.500×) | 6.70 GFLOP/s (2.50%) |
`);
});

it('touches nothing outside its block, and says the same again', () => {
  const outside = (text: string) => text.replace(/<!-- measured:begin -->[\s\S]*<!-- measured:end -->/, '');
  expect(outside(once)).toBe(outside(README));
  expect(updateMeasured(once, machine({}), LADDER)).toBe(once);
});

it("keeps other adapters' columns and other cases, and replaces its own", () => {
  const gpu = machine({ adapter: 'A GPU', class: 'gpu', date: '2026-03-04T00:00:00.000Z' });
  const both = updateMeasured(once, gpu, [result('0-naive', 4), result('11-matrix', 1)]);
  expect(both).toContain('| rung | gpu: ms | gpu: rate | llvmpipe: ms | llvmpipe: rate |');
  expect(both).toContain('| 0-naive | 4.00 | 67.0 GFLOP/s (25.0%) | 100 | 2.68 GFLOP/s (1.00%) |');
  expect(both).toContain('| 3-vec4 | – | – | 10.0 (10.0×) | 26.8 GFLOP/s (10.0%) |');
  expect(both).toContain('| 11-matrix | 1.00 (4.00×) | 268 GFLOP/s (100%) | – | – |');

  const memory = { case: 'sum 4M', gflops: 1, gbps: 4 };
  const third = updateMeasured(both, gpu, [result('1-vec4', 2, memory)]);
  expect(third).toContain('### matmul 512x512x512');
  expect(third).toContain('| 1-vec4 | 2.00 | 4.00 GB/s (50.0%) |');

  const again = updateMeasured(both, machine({ date: '2026-05-06T00:00:00.000Z' }), [result('3-vec4', 5)]);
  expect(again).toContain('- llvmpipe: llvmpipe, Mesa, 2 threads of P, robustness on, 2026-05-06');
  expect(again).toContain('| 0-naive | 4.00 | 67.0 GFLOP/s (25.0%) | – | – |');
  expect(again).toContain('| 3-vec4 | – | – | 5.00 | 53.6 GFLOP/s (20.0%) |');
  expect(again).not.toContain('columns');
});

it('makes a block where there is none', () => {
  const made = updateMeasured('# matmul\n', machine({}), LADDER);
  expect(made).toMatch(/^# matmul\n\n<!-- measured:begin -->\n[\s\S]*<!-- measured:end -->\n$/);
});
