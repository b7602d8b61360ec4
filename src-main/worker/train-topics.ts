import type { TrainResult } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, prepareData } from '../datasets/prepare'
import { innerLimits, ldaProblem, plsaProblem } from '../inference/topic-problems'
import { type Lda, type LdaPrior, ldaExpectation, startLda } from '../models/topics/lda'
import { type Plsa, foldIn, startPlsa } from '../models/topics/plsa'
import { type TermCounts, normalizedRows, termCounts } from '../models/topics/term-counts'
import { type FinalFigures, knownOfRows } from './held-out'
import { saveIterations } from './iteration-file'
import { fitAndRecord } from './latent-fit'
import { type NamedArrays, array, saveModel } from './model-file'
import { requireCounts } from './sequence-data'
import type { TrainContext } from './train-context'

interface Setting {
  context: TrainContext
  data: PreparedData
  counts: TermCounts
}

/** Thousands of iterations gain the last thousandth of a nat per token, while starts differ by more after some hundreds. */
const shortRun = 300

export async function trainPlsa(context: TrainContext): Promise<TrainResult> {
  const setting = prepare(context)
  const { counts, data } = setting
  const { model, inference, seed } = context.task.spec
  if (model.kind !== 'plsa' || inference.kind !== 'em') throw new Error(`pLSA cannot be fitted to ${model.kind} by ${inference.kind}`)
  const fit = await fitAndRecord(context, {
    problem: plsaProblem(counts),
    startAt: (index) => startPlsa(counts, model.topics, { seed, stream: `plsa/restart/${index}` }),
    restarts: inference.restarts,
    // A token is an observation; the driver counts documents.
    tolerance: (inference.tolerance * counts.tokens) / counts.documents,
    maxIterations: inference.maxIterations,
    shortRun,
    shift: 0,
    climbed: 'logLikelihood',
    // The divergence takes two logarithms for each term of a document and topic.
    identityEvery: counts.term.length * model.topics > 2e5 ? 10 : 1,
  })
  const order = byShare(model.topics, fit.expectation.statistics.documentCounts)
  const plsa = reordered(fit.parameters, order)
  saveModel(context.files, 'plsa', tensorsOf(setting, plsa))
  saveIterations(context.files, { iterations: fit.kept, trace: fit.trace, shift: 0 }, (one) => tensorsOf(setting, reordered(one, order)))
  const total = fit.trace.at(-1)! * counts.documents
  const degrees = model.topics * (counts.terms - 1) + counts.documents * (model.topics - 1)
  const metrics: Record<string, number> = {
    'train/logLikelihood': total / counts.documents,
    'train/logLikelihoodPerToken': total / counts.tokens,
    'train/bic': 2 * total - degrees * Math.log(counts.documents),
    'train/aic': 2 * total - 2 * degrees,
    ...(fit.bound ? { 'train/lowerBound': fit.bound.lowerBound, 'train/kl': fit.bound.kl } : {}),
  }
  const heldOut: FinalFigures['heldOut'] = {}
  for (const [name, part] of heldOutParts(setting)) {
    const { logLikelihood } = foldIn(part, plsa)
    const sum = logLikelihood.reduce((all, value) => all + value, 0)
    metrics[`${name}/logLikelihood`] = sum / part.documents
    metrics[`${name}/logLikelihoodPerToken`] = sum / part.tokens
    Object.assign(heldOut, knownOfDocuments(name, 'logLikelihood', logLikelihood, part, 'folded'))
  }
  warn(setting, data)
  return { status: 'completed', converged: fit.converged, iterations: fit.iterations, epochs: null, metrics, heldOut }
}

export async function trainLda(context: TrainContext): Promise<TrainResult> {
  const setting = prepare(context)
  const { counts, data } = setting
  const { model, inference, seed } = context.task.spec
  if (model.kind !== 'lda' || inference.kind !== 'variational-bayes') throw new Error(`LDA cannot be fitted to ${model.kind} by ${inference.kind}`)
  const prior: LdaPrior = { document: model.documentConcentration ?? 1 / model.topics, topic: model.topicConcentration ?? 1 / model.topics }
  const fit = await fitAndRecord(context, {
    problem: ldaProblem(counts, prior),
    startAt: (index) => startLda(counts, model.topics, prior, { seed, stream: `lda/restart/${index}` }),
    restarts: inference.restarts,
    tolerance: inference.tolerance,
    maxIterations: inference.maxIterations,
    shift: 0,
    climbed: 'lowerBound',
  })
  const gammas = fit.expectation.statistics.documents
  const order = byShare(model.topics, gammas)
  const lda = reordered({ ...fit.parameters, documents: gammas }, order)
  saveModel(context.files, 'lda', tensorsOf(setting, lda, prior))
  // Documents are those of the E-step at these topics: the next iteration began with them.
  saveIterations(context.files, { iterations: fit.kept, trace: fit.trace, shift: 0 }, (one, place) =>
    tensorsOf(setting, reordered({ ...one, documents: fit.kept[place + 1]?.parameters.documents ?? gammas }, order), prior),
  )
  const total = fit.trace.at(-1)! * counts.documents
  const metrics: Record<string, number> = {
    'train/lowerBound': total / counts.documents,
    'train/lowerBoundPerToken': total / counts.tokens,
    'train/perplexity': Math.exp(-total / counts.tokens),
  }
  const heldOut: FinalFigures['heldOut'] = {}
  for (const [name, part] of heldOutParts(setting)) {
    const { bounds } = newDocuments(part, lda, prior)
    const sum = bounds.reduce((all, value) => all + value, 0)
    metrics[`${name}/lowerBound`] = sum / part.documents
    metrics[`${name}/lowerBoundPerToken`] = sum / part.tokens
    Object.assign(heldOut, knownOfDocuments(name, 'lowerBound', bounds, part, 'elbo'))
  }
  warn(setting, data)
  return { status: 'completed', converged: fit.converged, iterations: fit.iterations, epochs: null, metrics, heldOut }
}

/** Per document, and per token: of a ratio of two means the error of its residuals. */
function knownOfDocuments(part: string, name: string, perDocument: Float64Array, { start, count, documents, tokens }: TermCounts, estimator: 'folded' | 'elbo'): FinalFigures['heldOut'] {
  const lengths = Float64Array.from({ length: documents }, (_, d) => count.subarray(start[d]!, start[d + 1]!).reduce((sum, value) => sum + value, 0))
  const ratio = perDocument.reduce((sum, value) => sum + value, 0) / tokens
  const residuals = perDocument.map((value, d) => ((value - ratio * lengths[d]!) * documents) / tokens)
  return { [`${part}/${name}`]: knownOfRows(perDocument, estimator), [`${part}/${name}PerToken`]: knownOfRows(residuals, estimator) }
}

/** γ and bounds of documents that were not fitted, with the topics held fixed. */
export const newDocuments = (counts: TermCounts, { count, topics }: Lda, prior: LdaPrior) =>
  ldaExpectation(
    counts,
    { count, topics, documents: new Float64Array(counts.documents * count).fill(prior.document + counts.tokens / Math.max(1, counts.documents) / count) },
    prior,
    { ...innerLimits, iterations: 1000 },
  )

function prepare(context: TrainContext): Setting {
  const { task, readArrays } = context
  const data = prepareData(task.dataset, readArrays(), task.spec, 'float64')
  const table = data.train.features as Float64Array
  requireCounts({ x: table, columns: data.features, names: data.featureNames, rowIndex: data.train.rowIndex })
  const counts = termCounts(table, data.features)
  if (counts.tokens === 0) throw new AppError('topics/no-tokens')
  return { context, data, counts }
}

function heldOutParts({ data }: Setting): [string, TermCounts][] {
  return (['validation', 'test'] as const).flatMap((name) => {
    const part = data[name]
    if (!part) return []
    requireCounts({ x: part.features as Float64Array, columns: data.features, names: data.featureNames, rowIndex: part.rowIndex })
    return [[name, termCounts(part.features as Float64Array, data.features)]]
  })
}

function warn({ context, counts }: Setting, data: PreparedData): void {
  const empty = Array.from({ length: counts.documents }, (_, d) => d).filter((d) => counts.start[d] === counts.start[d + 1])
  if (empty.length > 0) context.reporter.warn('topics/empty-documents', { count: empty.length, row: data.train.rowIndex[empty[0]!]! + 1 })
}

/** Topics by how many tokens they take, the largest first. */
function byShare(count: number, documentTokens: Float64Array): number[] {
  const share = new Float64Array(count)
  documentTokens.forEach((value, index) => (share[index % count]! += value))
  return Array.from({ length: count }, (_, k) => k).sort((a, b) => share[b]! - share[a]!)
}

function reordered<T extends Plsa | Lda>(model: T, order: number[]): T {
  const { count, topics, documents } = model
  const terms = topics.length / count
  return {
    ...model,
    topics: Float64Array.from(topics, (_, index) => topics[order[Math.floor(index / terms)]! * terms + (index % terms)]!),
    documents: Float64Array.from(documents, (_, index) => documents[Math.floor(index / count) * count + order[index % count]!]!),
  }
}

function tensorsOf({ counts }: Setting, { count, topics, documents }: Plsa | Lda, prior: Partial<LdaPrior> = {}): NamedArrays {
  const tokens = Float64Array.from({ length: counts.documents }, (_, d) =>
    counts.count.subarray(counts.start[d]!, counts.start[d + 1]!).reduce((sum, value) => sum + value, 0),
  )
  const proportions = normalizedRows(documents, count, documents)
  const weights = new Float64Array(count)
  proportions.forEach((value, index) => (weights[index % count]! += (value * tokens[Math.floor(index / count)]!) / counts.tokens))
  return {
    weights: array(weights, count),
    topics: array(normalizedRows(topics, counts.terms, topics), count, counts.terms),
    documents: array(proportions, counts.documents, count),
    'unit/topics': array(topics, count, counts.terms),
    ...Object.fromEntries(Object.entries(prior).map(([name, value]) => [`${name}Concentration`, array(Float64Array.of(value))])),
  }
}
