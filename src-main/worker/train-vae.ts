import type { HeldOut } from '@shared/domain/held-out'
import type { GradientSpec } from '@shared/domain/spec'
import type { TrainResult } from '@shared/domain/worker-protocol'
import { type PreparedData, type PreparedPart, prepareData } from '../datasets/prepare'
import type { Executable, NumericArray } from '../graph/runtime'
import { BatchFiller, type BatchSource, NoiseFiller } from '../inference/batches'
import { type AfterEpoch, type Evaluation, type Evaluator, type Trainer, createEvaluator, createTrainer, fitAfterwards } from '../inference/gradient'
import { observedOf } from '../inference/observed'
import { type RateSearchSpec, searchRate } from '../inference/rate-search'
import type { Afterwards, GradientModel } from '../models/gradient-model'
import { gradientModel } from '../models/gradient-models'
import { CheckpointKeeper } from './checkpoint-keeper'
import { codeLength, isDensityOfLevels } from './code-length'
import { type SeenData, conditionsToDraw, seenData, shapeOf } from './condition'
import { labelColumns } from './labelled-rows'
import { memoryHere, requireRoomForSamples } from './sample-memory'
import type { TrainContext } from './train-context'
import { VaeAlarms } from './vae-alarms'
import { type VaeCheckpoint, loadCheckpoint, saveCheckpoint, savePictures } from './vae-files'

interface Setting extends TrainContext {
  inference: GradientSpec
  data: SeenData
  model: GradientModel
  trainer: Trainer
  evaluator: Evaluator
  afterEpoch: AfterEpoch
  alarms: VaeAlarms
  /** From a bound to bits per dimension, where rows are whole numbers. */
  bits: ((bound: number) => number) | null
}

/** Every figure that the curves of this model may have. */
const metricKeys = (trainer: Trainer, evaluator: Evaluator): string[] => {
  const figures = [...new Set([...trainer.figures, ...evaluator.figures, 'bitsPerDimension'])]
  const dimensions = Array.from({ length: mostDimensionCurves }, (_, index) => `kl[${index}]`)
  return ['train', 'validation', 'test'].flatMap((part) => [...figures, ...dimensions].map((name) => `${part}/${name}`))
}
/** With more dimensions there are no curves of each; the latent map tells their KL. */
const mostDimensionCurves = 64
const pictureCount = 16
/** At most so many sets of pictures are kept of a run, evenly spaced over its epochs. */
const pictureSets = 200

/** Epoch after epoch: train, evaluate, tell, keep a checkpoint. */
export async function trainVae(context: TrainContext): Promise<TrainResult> {
  const { task, files, reporter } = context
  const start = task.resume && files.hasCheckpoint('last') ? loadCheckpoint(files, 'last') : null
  const setting = await prepare(context, start)
  const { inference, trainer } = setting
  if (isSearch(inference.schedule)) return searchLearningRate(setting, inference.schedule.search)
  const progress: Omit<VaeCheckpoint, 'state'> = {
    epoch: start?.epoch ?? 0,
    bestEpoch: start?.bestEpoch ?? 0,
    bestFigure: start?.bestFigure ?? -Infinity,
    bestMetrics: start?.bestMetrics ?? {},
    bestHeldOut: start?.bestHeldOut ?? {},
  }
  if (task.resume) reporter.send({ kind: 'rewind', keys: metricKeys(trainer, setting.evaluator), afterStep: start?.epoch ?? -1 })
  const pictures = await picturePrograms(setting)
  if (!start) await pictures.take(0, (await stateNow(setting)).state)
  const keeper = new CheckpointKeeper(files, () => reporter.send({ kind: 'checkpoint' }))
  try {
    while (progress.epoch < inference.epochs) {
      const { state, stops } = await trainEpoch(setting, progress)
      const { epoch, bestEpoch } = progress
      keeper.keep(progress, state)
      const last = epoch === inference.epochs || stops
      if (last || epoch % Math.ceil(inference.epochs / pictureSets) === 0) await pictures.take(epoch, state)
      if (!last && task.rungs?.includes(epoch)) {
        reporter.send({ kind: 'rung', step: epoch })
        await setting.control.waitForWord()
      }
      if (!stops) continue
      reporter.warn('vae/stopped-early', { epoch, patience: inference.earlyStopping, best: bestEpoch })
      break
    }
  } finally {
    keeper.write()
  }
  return finish(setting, progress, pictures)
}

const isSearch = (schedule: GradientSpec['schedule']): schedule is { search: RateSearchSpec } => typeof schedule === 'object' && 'search' in schedule

/** No model comes of it, but a rate to train with: a curve over the rates and a sentence. */
async function searchLearningRate({ trainer, evaluator, reporter, control }: Setting, spec: RateSearchSpec): Promise<TrainResult> {
  const found = await searchRate(trainer, spec, async ({ step, rate, objective, smoothed }) => {
    reporter.metrics(step, { 'search/learningRate': rate, 'search/objective': objective, 'search/smoothedObjective': smoothed })
    reporter.progress('steps', step, spec.steps)
    await control.yield()
  })
  await Promise.all([trainer.dispose(), evaluator.dispose()])
  const rates = { suggested: found.suggested.toPrecision(2), highest: found.highest.toPrecision(2) }
  if (found.gaveUpAt === null) reporter.warn('vae/rate-found-to-the-end', { ...rates, end: spec.to })
  else reporter.warn('vae/rate-found', { ...rates, gaveUpAt: found.gaveUpAt.toPrecision(2) })
  return { status: 'completed', converged: null, iterations: null, epochs: 0, metrics: { 'search/suggestedRate': Number(rates.suggested) } }
}

/** One epoch with its evaluation; `progress` is brought up to it, and a best checkpoint kept where it is one. */
async function trainEpoch(setting: Setting, progress: Omit<VaeCheckpoint, 'state'>): Promise<{ state: Record<string, NumericArray>; stops: boolean }> {
  const { inference, trainer, data, model, evaluator, alarms, files, reporter, control } = setting
  const epoch = progress.epoch + 1
  const figures = await trainer.epoch(epoch, {
    yield: control.yield,
    onStep: (done, steps) => reporter.progress('epochs', epoch - 1 + done / steps, inference.epochs),
  })
  const { state, figures: afterwards } = await stateNow(setting)
  const metrics: Record<string, number> = Object.fromEntries(Object.entries({ ...figures, ...afterwards }).map(([name, value]) => [`train/${name}`, value]))
  const heldOut: Record<string, HeldOut> = {}
  for (const part of ['validation', 'test'] as const) {
    const prepared = data[part]
    if (!prepared) continue
    const found = await evaluator.evaluate(sourceOf(prepared, setting, false, state), state, control.yield)
    alarms.look(epoch, found)
    Object.assign(metrics, toldAs(part, found, setting.bits))
    for (const [name, known] of Object.entries(found.known)) heldOut[`${part}/${name}`] = known
  }
  if (isWatched(epoch, setting)) {
    const found = await evaluator.evaluate(sourceOf(data.train, setting, true, state), state, control.yield)
    alarms.look(epoch, found)
    Object.assign(metrics, unitsOf('train', found))
  }
  reporter.metrics(epoch, metrics)
  progress.epoch = epoch
  const followed = metrics[`validation/${model.followed}`]
  if (followed === undefined || followed > progress.bestFigure) {
    Object.assign(progress, { bestEpoch: epoch, bestFigure: followed ?? -Infinity, bestMetrics: metrics, bestHeldOut: heldOut })
    if (data.validation) saveCheckpoint(files, 'best', progress, state)
  }
  return { state, stops: inference.earlyStopping > 0 && epoch - progress.bestEpoch >= inference.earlyStopping }
}

/** Where no rows are held out, the codes of the training rows are looked at so many times in a run: of many rows fewer, for the time it takes. */
const timesWatched = (rows: number): number => (rows <= 5000 ? 50 : 5)

function isWatched(epoch: number, { data, inference }: Setting): boolean {
  if (data.validation || data.test) return false
  return epoch === inference.epochs || epoch % Math.ceil(inference.epochs / timesWatched(data.train.rows)) === 0
}

/** Weights and moments as they stand, with what is fitted to them afterwards. */
async function stateNow({ trainer, afterEpoch, control }: Setting): Promise<Afterwards> {
  const state = await trainer.state()
  const fitted = await afterEpoch.of(state, control.yield)
  return { state: { ...state, ...fitted.state }, figures: fitted.figures }
}

async function prepare(context: TrainContext, start: VaeCheckpoint | null): Promise<Setting> {
  const { task, readArrays, runtime, reporter } = context
  const { model: spec, inference, seed } = task.spec
  if (inference.kind !== 'gradient') throw new Error(`${spec.kind} is not fitted by ${inference.kind}`)
  const data = seenData(spec, prepareData(task.dataset, readArrays(), task.spec, 'float32'), task.dataset.columns)
  if (inference.batchSize > data.train.rows) {
    reporter.warn('vae/batch-larger-than-data', { batchSize: inference.batchSize, rows: data.train.rows })
  }
  if (!start && data.train.rows === 1) reporter.warn('vae/one-row', {})
  if (!start && spec.kind === 'vq-vae') reporter.warn('vae/codebook-no-bound', {})
  if (!start && isDensityOfLevels(task.spec, task.dataset)) reporter.warn('vae/density-of-levels', {})
  const shape = shapeOf(spec, data, task.dataset)
  requireRoomForSamples(spec, inference, Math.min(inference.batchSize, data.train.rows), { ...shape, classes: shape.classes?.length ?? 0 }, memoryHere())
  const model = gradientModel(spec, inference, shape)
  const trainer = await createTrainer({
    runtime,
    model,
    inference,
    seed,
    source: sourceOf(data.train, { data, model, task }, true, start?.state ?? null),
    state: start?.state ?? null,
  })
  const largestPart = Math.max(data.train.rows, data.validation?.rows ?? 0, data.test?.rows ?? 0)
  const evaluator = await createEvaluator({ runtime, model, inference, largestPart, seed })
  const afterEpoch = await fitAfterwards(runtime, model, sourceOf(data.train, { data, model, task }, true, null), seed)
  return { ...context, inference, data, model, trainer, evaluator, afterEpoch, alarms: new VaeAlarms(reporter, inference.epochs), bits: codeLength(task.spec, data) }
}

/** @param state  what was found of the rows of training is in it; null before it begins */
function sourceOf(part: PreparedPart, { data, model, task }: Pick<Setting, 'data' | 'model' | 'task'>, training: boolean, state: Record<string, NumericArray> | null): BatchSource {
  const features = part.features as Float32Array
  const known = model.completion ? observedOf(features) : null
  const condition = data.conditionOf(part)
  return {
    features: known?.x ?? features,
    rows: part.rows,
    columns: data.features,
    binarize: training && data.binarizeEachBatch,
    levelWidths: training ? data.levelWidths : null,
    further: {
      ...(known ? { observed: { values: known.observed, width: data.features } } : {}),
      ...(condition ? { condition: { values: condition, width: condition.length / part.rows } } : {}),
      ...(model.phi ? { phi: { values: phiOf(part, data, model.phi, state), width: model.phi, isKept: part === data.train } } : {}),
      ...labelColumns(task.spec, data, part, training),
    },
  }
}

/** Where the ascent of each row begins: where that of a training row ended, else at the prior. */
const phiOf = (part: PreparedPart, { train }: PreparedData, width: number, state: Record<string, NumericArray> | null): Float32Array =>
  part === train && state?.['rows/phi'] ? Float32Array.from(state['rows/phi']) : new Float32Array(part.rows * width)

/** What the dimensions of a code do, one by one. */
function unitsOf(part: string, { activeUnits, klPerDimension }: Evaluation): Record<string, number> {
  const dimensions = klPerDimension && klPerDimension.length > 1 && klPerDimension.length <= mostDimensionCurves ? [...klPerDimension] : []
  return Object.fromEntries([[`${part}/activeUnits`, activeUnits], ...dimensions.map((value, index) => [`${part}/kl[${index}]`, value])])
}

function toldAs(part: string, found: Evaluation, bits: Setting['bits']): Record<string, number> {
  const { figures } = found
  const length = bits && figures['elbo'] !== undefined ? { bitsPerDimension: bits(figures['elbo']) } : {}
  const told = Object.entries({ ...figures, ...length }).map(([name, value]) => [`${part}/${name}`, value])
  return { ...Object.fromEntries(told), ...unitsOf(part, found) }
}

async function finish(setting: Setting, progress: Omit<VaeCheckpoint, 'state'>, pictures: PictureTaker): Promise<TrainResult> {
  const { data, files, evaluator, trainer, afterEpoch, control, reporter } = setting
  const state = data.validation && files.hasCheckpoint('best') ? loadCheckpoint(files, 'best').state : (await stateNow(setting)).state
  // The training part once more with the weights that are kept: the curve's values are means over an epoch in which they still moved.
  const train = await evaluator.evaluate(sourceOf(data.train, setting, true, state), state, control.yield)
  const inactive = train.units - train.activeUnits
  if (inactive > 0 && train.figures['kl'] !== undefined) reporter.warn('vae/posterior-collapse', { inactive, latent: train.units })
  await Promise.all([trainer.dispose(), evaluator.dispose(), afterEpoch.dispose(), pictures.dispose()])
  return {
    status: 'completed',
    converged: null,
    iterations: null,
    epochs: progress.epoch,
    metrics: { ...progress.bestMetrics, 'train/activeUnits': train.activeUnits },
    heldOut: progress.bestHeldOut ?? {},
  }
}

interface PictureTaker {
  take(step: number, state: Record<string, NumericArray>): Promise<void>
  dispose(): Promise<void>
}

/** Reconstructions of the same rows and samples of the same latents at every step, so that the eye can follow them. */
async function picturePrograms(setting: Setting): Promise<PictureTaker> {
  const { data, model, runtime, files, reporter, task } = setting
  const part = data.test ?? data.validation ?? data.train
  const rows = Math.min(pictureCount, part.rows)
  const inputs = (part.features as Float32Array).slice(0, rows * data.features)
  // Of a model that is told the class, as many of each.
  const classes = data.condition?.kind === 'classes' ? data.condition.names.length : 1
  const samples = classes * Math.max(classes > 1 ? 4 : 1, Math.ceil(pictureCount / classes))
  const encode: Executable = await runtime.compile(model.encoding(rows))
  const decodeInputs: Executable = await runtime.compile(model.decoding(rows))
  const decodeSamples: Executable = await runtime.compile(model.decoding(samples))
  const prior: Executable | null = model.priorSampling && (await runtime.compile(model.priorSampling(samples)))
  const priorNoise = prior && new NoiseFiller(prior.program, { seed: task.spec.seed, stream: 'pictures' }).fill(0)
  const executables = [encode, decodeInputs, decodeSamples, ...(prior ? [prior] : [])]
  const told = data.condition ? { 'row/condition': data.conditionOf(part)!.slice(0, rows * data.condition.names.length) } : {}
  const drawnFor = data.condition ? { 'row/condition': conditionsToDraw(data, samples, task.spec.seed) } : {}
  return {
    async take(step, state) {
      for (const executable of executables) executable.load(state)
      const source = sourceOf(part, setting, false, state)
      const { feeds } = new BatchFiller(source, rows, encode.program, { seed: task.spec.seed, stream: 'pictures' }).fill(null, 0, 0)
      const latent = Float32Array.from((await encode.run(feeds))['latentMean']!)
      const reconstructions = Float32Array.from((await decodeInputs.run({ latent, ...told }))['mean']!)
      const drawn = prior && priorNoise && Float32Array.from((await prior.run(priorNoise))['latent']!)
      const samples = drawn ? Float32Array.from((await decodeSamples.run({ latent: drawn, ...drawnFor }))['mean']!) : new Float32Array(0)
      const name = `pictures-${step}`
      const pictures = { step, imageShape: data.imageShape, features: data.features, inputs, reconstructions, samples }
      const bytes = savePictures(files, name, pictures)
      reporter.artifact({ name, kind: 'pictures', step, bytes })
    },
    async dispose() {
      await Promise.all(executables.map((executable) => executable.dispose()))
    },
  }
}
