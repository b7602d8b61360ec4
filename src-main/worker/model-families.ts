import type { ModelKind } from '@shared/domain/spec'
import type { TrainResult } from '@shared/domain/worker-protocol'
import type { RunFiles } from '../files/run-files'
import { inspectBayesian } from './inspect-bayesian'
import { inspectClassifier } from './inspect-classifier'
import { inspectFactorMixture } from './inspect-factor-mixture'
import { inspectFactors } from './inspect-factors'
import { inspectHmm } from './inspect-hmm'
import { InspectedMixture } from './inspect-mixture'
import { inspectClutter, inspectProbit } from './inspect-propagation'
import { inspectTopics } from './inspect-topics'
import { InspectedVae } from './inspect-vae'
import type { InspectedModel, InspectedRun } from './inspected-run'
import type { TrainContext } from './train-context'
import { trainBayesian } from './train-bayesian'
import { trainClassifier } from './train-classifier'
import { trainFactorMixture } from './train-factor-mixture'
import { trainFactors } from './train-factors'
import { trainHmm } from './train-hmm'
import { trainMixture } from './train-mixture'
import { trainClutter, trainProbit } from './train-propagation'
import { trainLda, trainPlsa } from './train-topics'
import { trainVae } from './train-vae'

/** How a kind of model is fitted and looked into. A new kind is a row here. */
export interface ModelFamily {
  train(context: TrainContext): Promise<TrainResult>
  /** Are there fitted parameters to look at? */
  isReady(files: RunFiles): boolean
  inspect(run: InspectedRun): InspectedModel
}

const mixtureFamily: ModelFamily = {
  train: trainMixture,
  isReady: (files) => files.hasCheckpoint('best'),
  inspect: (run) => new InspectedMixture(run),
}
const factorFamily: ModelFamily = { train: trainFactors, isReady: (files) => files.hasCheckpoint('best'), inspect: inspectFactors }

/** Models of networks: the last checkpoint serves where there is no best one. */
const gradientFamily: ModelFamily = {
  train: trainVae,
  isReady: (files) => files.hasCheckpoint('best') || files.hasCheckpoint('last'),
  inspect: (run) => new InspectedVae(run),
}

export const families: Record<ModelKind, ModelFamily> = {
  'gaussian-mixture': mixtureFamily,
  'student-t-mixture': mixtureFamily,
  'bernoulli-mixture': mixtureFamily,
  'categorical-mixture': mixtureFamily,
  'poisson-mixture': mixtureFamily,
  'mixed-mixture': mixtureFamily,
  'k-means': mixtureFamily,
  'bayes-classifier': { train: trainClassifier, isReady: (files) => files.hasCheckpoint('best'), inspect: inspectClassifier },
  'bayesian-gaussian-mixture': { train: trainBayesian, isReady: (files) => files.hasCheckpoint('best'), inspect: inspectBayesian },
  ppca: factorFamily,
  'factor-analysis': factorFamily,
  'mixture-of-factor-analyzers': { train: trainFactorMixture, isReady: (files) => files.hasCheckpoint('best'), inspect: inspectFactorMixture },
  hmm: { train: trainHmm, isReady: (files) => files.hasCheckpoint('best'), inspect: inspectHmm },
  plsa: { train: trainPlsa, isReady: (files) => files.hasCheckpoint('best'), inspect: inspectTopics },
  lda: { train: trainLda, isReady: (files) => files.hasCheckpoint('best'), inspect: inspectTopics },
  clutter: { train: trainClutter, isReady: (files) => files.hasCheckpoint('best'), inspect: inspectClutter },
  'probit-regression': { train: trainProbit, isReady: (files) => files.hasCheckpoint('best'), inspect: inspectProbit },
  autoencoder: gradientFamily,
  vae: gradientFamily,
  'categorical-vae': gradientFamily,
  'semi-supervised-vae': gradientFamily,
  'vq-vae': gradientFamily,
}
