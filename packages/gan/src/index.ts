export { type Checkpoint, type LoadedCheckpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
export { batchIndices, stepsPerEpoch } from './data/batches.ts';
export { readIdx, writeIdx } from './data/idx.ts';
export { type LabelledImages, loadMnist } from './data/mnist.ts';
export {
  type Coverage,
  grid,
  type Mixture,
  modeCoverage,
  type PointSource,
  pointSource,
  ring,
  samplePoints,
} from './data/points.ts';
export { randomShift } from './data/shift.ts';
export { writeFileAtomic } from './files/atomic.ts';
export { accessFile, FileError } from './files/file-error.ts';
export { encodeGrid } from './files/png.ts';
export { decodeSafetensors, encodeSafetensors, type Safetensors, type StoredTensor } from './files/safetensors.ts';
export { type Confusion, confusion, formatConfusion } from './metrics/confusion.ts';
export { type ClassifierOptions, classifier } from './models/classifier.ts';
export { type DcganOptions, discriminator, generator, LATENT } from './models/dcgan.ts';
export {
  type MlpDiscriminatorOptions,
  type MlpGeneratorOptions,
  mlpDiscriminator,
  mlpGenerator,
} from './models/mlp.ts';
export { PRESETS, type PresetName, type RunConfig } from './presets.ts';
export {
  createTrainer,
  type Players,
  playRound,
  type Reports,
  type StepReport,
  type Trainer,
  type TrainingImages,
} from './train.ts';
export {
  type ClassifierConfig,
  type ClassifierTrainer,
  classify,
  createClassifierTrainer,
} from './train-classifier.ts';
