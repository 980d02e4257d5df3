/** What of the package needs nothing of Node: all but files, folders, the shipped judge, charts and the command line. */

export { configSchema, type RunConfig } from './config.ts';
export { ConfigError } from './config-error.ts';
export { type Batches, batchIndices, stepsPerEpoch } from './data/batches.ts';
export { type Augmentation, diffAugment } from './data/diff-augment.ts';
export { decodeIdx, encodeIdx, type Idx } from './data/idx-codec.ts';
export { idxImages, type NamedIdx } from './data/idx-set.ts';
export { imageSource, type SourceOptions } from './data/image-source.ts';
export type { ImageFormat, ImageSet, LabelledImages } from './data/images.ts';
export { mixtureSource } from './data/mixture-source.ts';
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
export type { DataSource, Examples } from './data/source.ts';
export { stackedSource } from './data/stacked-source.ts';
export { embedPca } from './embed/pca.ts';
export { embedTsne, type TsneOptions } from './embed/tsne.ts';
export {
  type ExportAbout,
  encodeTorchState,
  type ImportedState,
  type NetName,
  restoreTorchState,
} from './export/torch-state.ts';
export { FileError } from './file-error.ts';
export { drawGrid, type GridLayout } from './files/grid.ts';
export { type Curve, type Panel, panelsOf, type Row } from './files/panels.ts';
export { type Picture, pixelBytes } from './files/pixels.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type StoredDtype,
  type StoredTensor,
} from './files/safetensors.ts';
export { type MnistJudge, mnistJudge } from './judge/digit-judge.ts';
export { glanceAtDigits, type JudgeOptions, judgeDigits, type Samples } from './judge/judge-digits.ts';
export { judgePoints, modesOf } from './judge/judge-points.ts';
export { judgeStacked } from './judge/judge-stacked.ts';
export { type Figure, formatJudgement, type Judgement } from './judge/judgement.ts';
export { type NearestDigits, nearestDigits } from './judge/nearest-digits.ts';
export { classifierReader, type ReadableImages, type Reader, type Reading } from './judge/reader.ts';
export { drawLatent, drawLatents, joinLatents, type LatentOptions } from './latent/draws.ts';
export { parseLatentSum, type Term } from './latent/expression.ts';
export { loopThrough, pathThrough, slerp } from './latent/paths.ts';
export { onSphere, sumLatent } from './latent/sums.ts';
export * from './losses/index.ts';
export { type BootstrapOptions, bootstrap, type Interval, meanOf } from './metrics/bootstrap.ts';
export {
  type ClassBalance,
  classBalance,
  confidences,
  likeliestClasses,
  readAsAsked,
} from './metrics/class-balance.ts';
export { type Confusion, confusion, formatConfusion } from './metrics/confusion.ts';
export { type FeatureStatistics, featureStatistics, mergeStatistics } from './metrics/feature-statistics.ts';
export { frechetDistance, frechetDistanceFrom } from './metrics/frechet-distance.ts';
export { inceptionScore } from './metrics/inception-score.ts';
export {
  type KernelDistance,
  type KernelDistanceOptions,
  kernelDistance,
  squaredDiscrepancy,
} from './metrics/kernel-distance.ts';
export { matrixSquareRoot } from './metrics/matrix-square-root.ts';
export { type Neighbours, nearestNeighbours } from './metrics/neighbours.ts';
export { type PrecisionRecall, precisionRecall } from './metrics/precision-recall.ts';
export { type Rows, spreadRows, takeRows } from './metrics/rows.ts';
export { type StackedModes, stackedModes, stackedNumbers } from './metrics/stacked-modes.ts';
export { type Eigen, symmetricEigen } from './metrics/symmetric-eigen.ts';
export {
  type AcganDiscriminatorOptions,
  type AcganOptions,
  acganDiscriminator,
  acganGenerator,
} from './models/acgan.ts';
export {
  type CganDiscriminatorOptions,
  type CganOptions,
  cganDiscriminator,
  cganGenerator,
} from './models/cgan.ts';
export { type Classifier, type ClassifierOptions, type ClassifierShape, classifier } from './models/classifier.ts';
export { decodeClassifier, encodeClassifier, type TrainedClassifier } from './models/classifier-codec.ts';
export type { ConditionalModule } from './models/conditional.ts';
export {
  type ConditionalBatchNormOptions,
  conditionalBatchNorm2d,
} from './models/conditional-batch-norm.ts';
export {
  createModel,
  MODEL_SETTINGS,
  type ModelConfig,
  type ModelData,
  type ModelName,
  type Nets,
} from './models/create.ts';
export {
  type DcganDiscriminatorOptions,
  type DcganOptions,
  discriminator,
  generator,
  LATENT,
} from './models/dcgan.ts';
export { layeredDiscriminator } from './models/layered.ts';
export {
  type MinibatchDiscriminationOptions,
  type MinibatchStddevOptions,
  minibatchDiscrimination,
  minibatchStddev,
} from './models/minibatch.ts';
export {
  type MlpDiscriminatorOptions,
  type MlpGeneratorOptions,
  type MlpImageOptions,
  mlpDiscriminator,
  mlpGenerator,
  mlpImageGenerator,
} from './models/mlp.ts';
export {
  type Discriminator,
  type Generator,
  plainDiscriminator,
  unconditionalGenerator,
  type Verdict,
} from './models/nets.ts';
export {
  type ProjectionDiscriminatorOptions,
  type ProjectionOptions,
  projectionDiscriminator,
  projectionGenerator,
} from './models/projection.ts';
export { type PackOptions, packing, type RegulariserOptions } from './models/regularise.ts';
export { BASE, completeConfig, PRESETS, type PresetName } from './presets.ts';
export {
  type Checkpoint,
  type DataSummary,
  decodeCheckpoint,
  encodeCheckpoint,
  type LoadedCheckpoint,
  NonFiniteError,
} from './run/checkpoint-codec.ts';
export { type KernelChoices, type KernelRecord, keepKernelChoices } from './run/kernel-choices.ts';
export { type LoadedGenerator, loadGenerator } from './run/load-generator.ts';
export {
  type ClassifierConfig,
  type ClassifierTrainer,
  classify,
  createClassifierTrainer,
} from './train-classifier.ts';
export { type Generate, openGenerate } from './training/generate.ts';
export type { Reports, StepReport } from './training/reports.ts';
export { type Players, playRound, type Report, type Rules } from './training/round.ts';
export { createTrainer, type Trainer, type TrainerOptions } from './training/trainer.ts';
export { isSound, openWatch, type Watch } from './training/watch.ts';
export { GANVAS_VERSION } from './version.ts';
