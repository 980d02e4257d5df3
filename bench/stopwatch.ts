/** Times submitted work on two clocks: the engine's own stopwatch. */
export { createStopwatch, type Run, type Timer, type Timing } from '@ganvas/tensor';
