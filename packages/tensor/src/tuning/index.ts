export type { Choice, ChoiceLookup, ChoiceSource, Pins, RungTable } from './choices.ts';
export { explainChoices, pinsOf } from './explain.ts';
export { tuningKey, type WorkName } from './key.ts';
export { adapterKind, shippedName } from './kind.ts';
export {
  type MeasuredRung,
  type Measurements,
  readMeasurements,
  type TuningTarget,
  writeMeasurements,
} from './measured.ts';
export { SHIPPED } from './shipped.ts';
export { memoryStore, type TuningStore } from './store.ts';
