/** Runs the GEMM core's candidates against their references. */
import {
  applyScalar,
  type Candidate,
  constant,
  type Epilogue,
  type EpilogueOperand,
  epilogueReference,
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
export function everyOperand(size: number, columns: number): Epilogue {
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
    exprs: [add(add(add(applyScalar('mul', leaky, constant(0.5)), 2), 3), 4)],
    operands: [
      f32(false, true, columns),
      f32(true, false, size / columns),
      f32(true, true, size),
      f32(false, false, 1),
    ],
  };
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
  /** Default: f32's, for sums of that many terms. */
  tolerance?: { rel: number; abs: number };
}

/** The rungs that every adapter compiles quickly: those without workgroup memory. */
export const QUICK_RUNGS = ['0-', '2-', '3-', '4-', '5-', '10-', '11-', '13-', '14-'];

/**
 * The candidates whose names begin with one of `rungs` and which this device admits, with an epilogue that has every kind of operand (or, `plain`, with none).
 */
export async function checkProblem(rig: Rig, problem: GemmProblem, rungs: string[], plain = false): Promise<void> {
  const { what, inputs, expected, columns, candidates, terms } = problem;
  const epilogue = plain ? NO_EPILOGUE : everyOperand(expected.length, columns);
  const operands = epilogue.operands.map((o, i) => numbers(o.size, 100 + i));
  const want = epilogueReference(epilogue, [expected], columns, operands)[0]!;
  const tolerance = problem.tolerance ?? { rel: 2e-6, abs: 1e-6 + 1e-6 * Math.sqrt(terms) };
  const residual = epilogue.operands.findIndex((o) => o.row && o.column);
  const over = {
    ...epilogue,
    operands: epilogue.operands.map((o, i) => (i === residual ? { ...o, inPlace: true as const } : o)),
  };
  const inPlace = candidates(over);
  // By turns the residual has a buffer of its own, and lies where the result will.
  const chosen = candidates(epilogue)
    .map((candidate, i) => (residual >= 0 && (i + what.length) % 2 === 1 ? inPlace[i]! : candidate))
    .filter((candidate) => rungs.some((rung) => candidate.name.startsWith(rung)) && rig.admits(candidate));
  expect(chosen.length).toBeGreaterThan(0);
  const results = await Promise.all(
    chosen.map((candidate) =>
      rig.run(
        candidate,
        inputs,
        [inPlace.includes(candidate) ? { from: operands[residual]! } : { length: expected.length }],
        operands,
      ),
    ),
  );
  results.forEach(([actual], i) => {
    expectClose(actual!, want, tolerance, `${what} ${chosen[i]!.name}`);
  });
}
