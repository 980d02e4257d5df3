/** Runs the GEMM core's candidates against their references, with and without an epilogue. */
import {
  applyScalar,
  type Candidate,
  constant,
  type Epilogue,
  type EpilogueOperand,
  evaluate,
  NO_EPILOGUE,
  operand,
} from '@ganvas/kernels-wgsl';
import { expectClose, type Rig } from '../rig.ts';

/** Numbers in [-1, 1), always the same ones for a seed. */
export function numbers(length: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** 0.5 * leakyRelu(result + bias[column]) + rowTerm[row] + residual[row, column] + scalar: every kind of operand at once. */
function everyOperand(size: number, columns: number): Epilogue {
  const sum = applyScalar('add', operand(0), operand(1));
  const leaky = applyScalar('maximum', sum, applyScalar('mul', sum, constant(0.2)));
  const add = (x: ReturnType<typeof operand>, index: number) => applyScalar('add', x, operand(index));
  const f32 = (row: boolean, column: boolean, length: number): EpilogueOperand => ({
    type: 'f32',
    row,
    column,
    size: length,
  });
  return {
    expr: add(add(add(applyScalar('mul', leaky, constant(0.5)), 2), 3), 4),
    operands: [
      f32(false, true, columns),
      f32(true, false, size / columns),
      f32(true, true, size),
      f32(false, false, 1),
    ],
  };
}

/** The epilogue in float64: `value(i)` for every element. */
function applyEpilogue(
  epilogue: Epilogue,
  result: Float64Array,
  operands: Float32Array[],
  columns: number,
): Float64Array {
  return result.map((x, i) =>
    evaluate(epilogue.expr, (index) => {
      if (index === 0) return x;
      const { row, column } = epilogue.operands[index - 1]!;
      return operands[index - 1]![row && column ? i : row ? Math.floor(i / columns) : column ? i % columns : 0]!;
    }),
  );
}

export interface GemmProblem {
  what: string;
  inputs: [Float32Array, Float32Array];
  /** The float64 result, and its innermost axis. */
  expected: Float64Array;
  columns: number;
  candidates: (epilogue: Epilogue) => Candidate[];
  /** Terms in each sum: what rounding grows with. */
  terms: number;
}

/** Every candidate whose name `which` admits, plain and with an epilogue of every kind of operand. */
export async function checkProblem(rig: Rig, problem: GemmProblem, which: (name: string) => boolean): Promise<void> {
  const { what, inputs, expected, columns, candidates, terms } = problem;
  const full = everyOperand(expected.length, columns);
  const operands = full.operands.map((o, i) => numbers(o.size, 100 + i));
  const runs = [
    { epilogue: NO_EPILOGUE, extra: [], want: expected },
    { epilogue: full, extra: operands, want: applyEpilogue(full, expected, operands, columns) },
  ].flatMap(({ epilogue, extra, want }) =>
    candidates(epilogue)
      .filter((candidate) => which(candidate.name))
      .map(async (candidate) => {
        const [actual] = await rig.run(candidate, inputs, [{ length: expected.length }], extra);
        const abs = 1e-6 * Math.sqrt(terms) + 1e-6;
        expectClose(actual!, want, { rel: 2e-6, abs }, `${what} ${candidate.name}${extra.length ? ' epilogue' : ''}`);
      }),
  );
  await Promise.all(runs);
}
