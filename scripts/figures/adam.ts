/** Chapter 7: the first steps of Adam with and without the correction for averages that begin at 0. */
import { type AdamState, adamReference } from '@ganvas/kernels-wgsl';
import { chart } from './chart.ts';
import type { Figure } from './figure.ts';

const SPEC = { size: 1, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 };
const STEPS = 200;

/** How far a parameter moves, in learning rates, in each step under a gradient that is always 1. */
function correction(): string {
  const corrected: number[][] = [];
  const raw: number[][] = [];
  let state: AdamState = { p: Float64Array.of(0), m: Float64Array.of(0), v: Float64Array.of(0) };
  for (let t = 1; t <= STEPS; t++) {
    const next = adamReference(SPEC, state, [1], { t, rate: 1 });
    corrected.push([t, state.p[0]! - next.p[0]!]);
    raw.push([t, next.m[0]! / (Math.sqrt(next.v[0]!) + SPEC.eps)]);
    state = next;
  }
  const axis = { type: 'value' as const, nameLocation: 'middle' as const };
  return chart(
    {
      legend: { top: 8 },
      grid: { left: 70, right: 30, top: 48, bottom: 50 },
      xAxis: { ...axis, name: 'step t', nameGap: 30, max: STEPS },
      yAxis: { ...axis, name: 'size of the step, in learning rates', nameGap: 40, min: 0 },
      series: [
        { name: 'm̂ / √v̂, corrected', type: 'line', showSymbol: false, data: corrected },
        { name: 'm / √v, as they are', type: 'line', showSymbol: false, data: raw },
      ],
    },
    { width: 720, height: 320 },
  );
}

export const adamSteps: readonly Figure[] = [{ file: '07-correction.svg', draw: correction }];
