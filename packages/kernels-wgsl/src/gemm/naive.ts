/** The ground that the ladder stands on: the definition of a product, one element of C an invocation. */
import { FLAT_INDEX, flatGrid, type Kernel } from '../kernel.ts';
import { defineGemmKernel, oneDispatch, phaseArgument } from './gemm-kernel.ts';
import { type Gemm, innerLength } from './problem.ts';
import type { Rung } from './rung.ts';

export const naive: Rung = {
  name: '0-naive',
  idea:
    'One invocation computes one element of C: a row of A times a column of B, element by element. Two loads for every ' +
    'multiply-add, so memory is the limit everywhere; what the rungs above save is loads.',
  loads: 'scalar',
  build: (gemm) => oneDispatch(gemm, naiveKernel(gemm)),
};

function naiveKernel(gemm: Gemm): Kernel {
  const size = gemm.rows * gemm.columns;
  const [x, y] = flatGrid(size);
  const phase = phaseArgument(gemm);
  return defineGemmKernel(naive.name, gemm, {
    about: [`An invocation computes an element of C's ${gemm.rows} x ${gemm.columns}.`],
    constants: { SIZE: size },
    width: 1,
    workgroupSize: 64,
    grid: [x, y],
    main: [
      FLAT_INDEX,
      'if (i >= SIZE) { return; }',
      'let m = i / N;',
      'let n = i % N;',
      ...(gemm.phases ? ['let phase = gid.z;'] : []),
      `let row = ${gemm.phases ? 'output_row(m, phase)' : 'm'};`,
      'if (row >= ROWS) { return; }',
      `let line_a = a_line(m${phase});`,
      `let line_b = b_line(n${phase});`,
      'var sum = 0.0f;',
      `for (var o = 0u; o < ${gemm.phases ? 'outer_steps(phase)' : 'OUTER'}; o++) {`,
      '  let run_a = a_base(line_a, o);',
      '  let run_b = b_base(line_b, o);',
      `  for (var c = 0u; c < ${innerLength(gemm)}; c++) { sum += a_load(run_a, c) * b_load(run_b, c); }`,
      '}',
      'store(row * N + n, sum);',
    ],
  });
}
