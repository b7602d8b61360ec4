import type { GradientSpec, VaeSpec } from '@shared/domain/spec'
import type { TrainResult } from '@shared/domain/worker-protocol'
import { fillNormal } from '@shared/math/random'
import { type PreparedData, type PreparedPart, prepareData } from '../datasets/prepare'
import type { Executable, NumericArray } from '../graph/runtime'
import type { BatchSource } from '../inference/batches'
import { type Evaluation, type Evaluator, type Trainer, createEvaluator, createTrainer } from '../inference/gradient'
import { type Vae, decoding, encoding, vae } from '../models/vae/vae'
import { CheckpointKeeper } from './checkpoint-keeper'
import type { TrainContext } from './train-context'
import { type VaeCheckpoint, loadCheckpoint, saveCheckpoint, savePictures } from './vae-files'

interface Setting extends TrainContext {
  spec: VaeSpec
  inference: GradientSpec
  data: PreparedData
  model: Vae
  trainer: Trainer
  evaluator: Evaluator
}

const metricKeys = ['train', 'validation', 'test'].flatMap((part) =>
  ['objective', 'elbo', 'reconstruction', 'kl', 'activeUnits'].map((name) => `${part}/${name}`),
)
const pictureCount = 16
/** At most so many sets of pictures are kept of a run, evenly spaced over its epochs. */
const pictureSets = 200

/** Epoch after epoch: train, evaluate, tell, keep a checkpoint. */
export async function trainVae(context: TrainContext): Promise<TrainResult> {
  const { task, files, reporter } = context
  const start = task.resume && files.hasCheckpoint('last') ? loadCheckpoint(files, 'last') : null
  const setting = await prepare(context, start)
  const { inference, trainer } = setting
  const progress: Omit<VaeCheckpoint, 'state'> = {
    epoch: start?.epoch ?? 0,
    bestEpoch: start?.bestEpoch ?? 0,
    bestElbo: start?.bestElbo ?? -Infinity,
    bestMetrics: start?.bestMetrics ?? {},
  }
  if (task.resume) reporter.send({ kind: 'rewind', keys: metricKeys, afterStep: start?.epoch ?? -1 })
  const pictures = await picturePrograms(setting)
  if (!start) await pictures.take(0, await trainer.state())
  const keeper = new CheckpointKeeper(files, () => reporter.send({ kind: 'checkpoint' }))
  try {
    while (progress.epoch < inference.epochs) {
      const { state, stops } = await trainEpoch(setting, progress)
      const { epoch, bestEpoch } = progress
      keeper.keep(progress, state)
      const last = epoch === inference.epochs || stops
      if (last || epoch % Math.ceil(inference.epochs / pictureSets) === 0) await pictures.take(epoch, state)
      if (!stops) continue
      reporter.warn('vae/stopped-early', { epoch, patience: inference.earlyStopping, best: bestEpoch })
      break
    }
  } finally {
    keeper.write()
  }
  return finish(setting, progress, pictures)
}

/** One epoch with its evaluation; `progress` is brought up to it, and a best checkpoint kept where it is one. */
async function trainEpoch(setting: Setting, progress: Omit<VaeCheckpoint, 'state'>): Promise<{ state: Record<string, NumericArray>; stops: boolean }> {
  const { inference, trainer, data, evaluator, files, reporter, control } = setting
  const epoch = progress.epoch + 1
  const figures = await trainer.epoch(epoch, {
    yield: control.yield,
    onStep: (done, steps) => reporter.progress('epochs', epoch - 1 + done / steps, inference.epochs),
  })
  const state = await trainer.state()
  const metrics: Record<string, number> = Object.fromEntries(Object.entries(figures).map(([name, value]) => [`train/${name}`, value]))
  for (const part of ['validation', 'test'] as const) {
    const prepared = data[part]
    if (prepared) Object.assign(metrics, toldAs(part, await evaluator.evaluate(sourceOf(prepared, data, false), state, control.yield)))
  }
  reporter.metrics(epoch, metrics)
  progress.epoch = epoch
  if (data.validation === null || metrics['validation/elbo']! > progress.bestElbo) {
    Object.assign(progress, { bestEpoch: epoch, bestElbo: metrics['validation/elbo'] ?? -Infinity, bestMetrics: metrics })
    if (data.validation) saveCheckpoint(files, 'best', progress, state)
  }
  return { state, stops: inference.earlyStopping > 0 && epoch - progress.bestEpoch >= inference.earlyStopping }
}

async function prepare(context: TrainContext, start: VaeCheckpoint | null): Promise<Setting> {
  const { task, readArrays, runtime, reporter } = context
  const { model: spec, inference, seed } = task.spec
  if (spec.kind !== 'vae' || inference.kind !== 'gradient') throw new Error(`a VAE cannot be fitted to ${spec.kind}`)
  const data = prepareData(task.dataset, readArrays(), task.spec, 'float32')
  if (inference.batchSize > data.train.rows) {
    reporter.warn('vae/batch-larger-than-data', { batchSize: inference.batchSize, rows: data.train.rows })
  }
  const model = vae(spec, data.features, data.imageShape)
  const trainer = await createTrainer({
    runtime,
    model,
    inference,
    seed,
    source: sourceOf(data.train, data, true),
    state: start?.state ?? null,
  })
  const largest = Math.max(data.train.rows, data.validation?.rows ?? 0, data.test?.rows ?? 0)
  const evaluator = await createEvaluator(runtime, model, largest, inference.objective.elbo.samples, seed)
  return { ...context, spec, inference, data, model, trainer, evaluator }
}

const sourceOf = (part: PreparedPart, data: PreparedData, training: boolean): BatchSource => ({
  features: part.features as Float32Array,
  rows: part.rows,
  columns: data.features,
  binarize: training && data.binarizeEachBatch,
})

const toldAs = (part: string, { elbo, reconstruction, kl, activeUnits }: Evaluation): Record<string, number> => ({
  [`${part}/elbo`]: elbo,
  [`${part}/reconstruction`]: reconstruction,
  [`${part}/kl`]: kl,
  [`${part}/activeUnits`]: activeUnits,
})

async function finish(setting: Setting, progress: Omit<VaeCheckpoint, 'state'>, pictures: PictureTaker): Promise<TrainResult> {
  const { data, files, evaluator, trainer, control, reporter, spec } = setting
  const state = data.validation && files.hasCheckpoint('best') ? loadCheckpoint(files, 'best').state : await trainer.state()
  // The training part once more with the weights that are kept: the curve's values are means over an epoch in which they still moved.
  const train = await evaluator.evaluate(sourceOf(data.train, data, true), state, control.yield)
  const inactive = spec.latent - train.activeUnits
  if (inactive > 0) reporter.warn('vae/posterior-collapse', { inactive, latent: spec.latent })
  await Promise.all([trainer.dispose(), evaluator.dispose(), pictures.dispose()])
  return {
    status: 'completed',
    converged: null,
    iterations: null,
    epochs: progress.epoch,
    metrics: { ...progress.bestMetrics, 'train/activeUnits': train.activeUnits },
  }
}

interface PictureTaker {
  take(step: number, state: Record<string, NumericArray>): Promise<void>
  dispose(): Promise<void>
}

/** Reconstructions of the same rows and samples of the same latents at every step, so that the eye can follow them. */
async function picturePrograms({ data, model, runtime, files, reporter, task }: Setting): Promise<PictureTaker> {
  const part = data.test ?? data.validation ?? data.train
  const rows = Math.min(pictureCount, part.rows)
  const inputs = (part.features as Float32Array).slice(0, rows * data.features)
  const latents = new Float32Array(pictureCount * model.latent)
  fillNormal(latents, { seed: task.spec.seed, stream: 'pictures' })
  const encode: Executable = await runtime.compile(encoding(model, rows))
  const decodeInputs: Executable = await runtime.compile(decoding(model, rows))
  const decodeSamples: Executable = await runtime.compile(decoding(model, pictureCount))
  return {
    async take(step, state) {
      for (const executable of [encode, decodeInputs, decodeSamples]) executable.load(state)
      const latent = Float32Array.from((await encode.run({ x: inputs }))['latentMean']!)
      const reconstructions = Float32Array.from((await decodeInputs.run({ latent }))['mean']!)
      const samples = Float32Array.from((await decodeSamples.run({ latent: latents }))['mean']!)
      const name = `pictures-${step}`
      const pictures = { step, imageShape: data.imageShape, features: data.features, inputs, reconstructions, samples }
      const bytes = savePictures(files, name, pictures)
      reporter.artifact({ name, kind: 'pictures', step, bytes })
    },
    async dispose() {
      await Promise.all([encode.dispose(), decodeInputs.dispose(), decodeSamples.dispose()])
    },
  }
}
