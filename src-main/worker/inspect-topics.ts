import type { Dataset } from '@shared/domain/dataset'
import type { TopicSummary } from '@shared/domain/run'
import type { OpenedArrays } from '../files/dataset-arrays'
import { AppError } from '@shared/rpc/errors'
import { Draws } from '../models/draws'
import { foldIn } from '../models/topics/plsa'
import { type TermCounts, normalizedRows, termCounts } from '../models/topics/term-counts'
import { answering, rowsFor, storedParams } from './inspect-answers'
import { type InspectedModel, type InspectedRun, matrixOf, parametersOf, preparedFor } from './inspected-run'
import { requireCounts } from './sequence-data'
import { largest } from './train-bayesian'
import { newDocuments } from './train-topics'

/** Fitted topics: the terms that make them and the documents they are in. */
export function inspectTopics(run: InspectedRun): InspectedModel {
  const tensors = parametersOf(run)
  const stored = (name: string): Float64Array => tensors[name]!.values
  const [count, terms] = tensors['topics']!.shape as [number, number]
  const probabilities = stored('topics')
  const weights = stored('weights')
  const data = preparedFor(run)
  const prior = tensors['documentConcentration'] ? { document: stored('documentConcentration')[0]!, topic: stored('topicConcentration')[0]! } : null

  const tableOf = (dataset: Dataset, arrays: OpenedArrays): TermCounts => {
    const x = rowsFor(run, data, dataset, arrays)
    requireCounts({ x, columns: terms, names: data.featureNames, rowIndex: Int32Array.from({ length: x.length / terms }, (_, row) => row) })
    return termCounts(x, terms)
  }
  const place = (dataset: Dataset, arrays: OpenedArrays): { proportions: Float64Array; logDensity: Float64Array } => {
    const counts = tableOf(dataset, arrays)
    if (!prior) {
      const { documents, logLikelihood } = foldIn(counts, { count, topics: probabilities, documents: new Float64Array(0) })
      return { proportions: documents, logDensity: logLikelihood }
    }
    const { documents, bounds } = newDocuments(counts, { count, topics: stored('unit/topics'), documents: new Float64Array(0) }, prior)
    return { proportions: normalizedRows(documents, count, documents), logDensity: bounds }
  }
  const topicNames = Array.from({ length: count }, (_, k) => `topic ${k + 1}`)

  return answering(run, {
    imageShape: data.imageShape,
    params: () => ({ ...storedParams(run), featureNames: data.featureNames }),
    data,
    /** Documents as long as the fitted ones on average; LDA draws the topics of each from its prior, pLSA takes those of a fitted document. */
    sample: (length, seed) => {
      const draws = new Draws({ seed, stream: 'sample' })
      const documents = stored('documents')
      const fitted = documents.length / count
      const tokens = Math.round(termCounts(data.train.features as Float64Array, terms).tokens / fitted)
      const values = new Float64Array(length * terms)
      for (let row = 0; row < length; row += 1) {
        const from = Math.floor(draws.uniform() * fitted)
        const shares = prior ? draws.dirichlet(new Float64Array(count).fill(prior.document)) : documents.subarray(from * count, (from + 1) * count)
        for (let token = 0; token < tokens; token += 1) {
          const k = draws.index(shares)
          values[row * terms + draws.index(probabilities.subarray(k * terms, (k + 1) * terms))]! += 1
        }
      }
      return matrixOf(data.featureNames, values)
    },
    /** Shares are made to add up to one; terms as a document of average length has them. */
    decode: (latents) => {
      const wrong = latents.find((one) => one.length !== count)
      if (wrong) throw new AppError('run/latent-shape', { got: wrong.length, expected: count })
      const tokens = termCounts(data.train.features as Float64Array, terms).tokens / (stored('documents').length / count)
      const values = new Float64Array(latents.length * terms)
      latents.forEach((shares, row) => {
        const kept = shares.map((share) => Math.max(0, share))
        const sum = kept.reduce((total, share) => total + share, 0)
        for (let k = 0; k < count; k += 1) {
          const share = sum > 0 ? kept[k]! / sum : 1 / count
          for (let w = 0; w < terms; w += 1) values[row * terms + w]! += tokens * share * probabilities[k * terms + w]!
        }
      })
      return matrixOf(data.featureNames, values)
    },
    apply: {
      encode: (...from) => matrixOf(topicNames, place(...from).proportions),
      responsibilities: (...from) => matrixOf(topicNames, place(...from).proportions),
      assignments: (...from) => {
        const { proportions } = place(...from)
        return matrixOf(['topic'], Float64Array.from({ length: proportions.length / count }, (_, d) => largest(proportions, d * count, count)))
      },
      /** pLSA: log-likelihood at the best topics of the document; LDA: its bound. */
      logDensity: (...from) => matrixOf(['logDensity'], place(...from).logDensity),
      /** Expected counts. */
      reconstruct: (dataset, arrays) => {
        const counts = tableOf(dataset, arrays)
        const { proportions } = place(dataset, arrays)
        const values = new Float64Array(counts.documents * terms)
        for (let d = 0; d < counts.documents; d += 1) {
          const tokens = counts.count.subarray(counts.start[d]!, counts.start[d + 1]!).reduce((sum, value) => sum + value, 0)
          for (let k = 0; k < count; k += 1) {
            const share = tokens * proportions[d * count + k]!
            for (let w = 0; w < terms; w += 1) values[d * terms + w]! += share * probabilities[k * terms + w]!
          }
        }
        return matrixOf(data.featureNames, values)
      },
    },
    own: {
      topics: (operation): TopicSummary => {
        if (operation.kind !== 'topics') throw new Error('not a question about topics')
        return {
          topics: Array.from(weights, (weight, k) => {
            const row = probabilities.subarray(k * terms, (k + 1) * terms)
            const order = Array.from(row, (_, w) => w).sort((a, b) => row[b]! - row[a]!)
            return { weight, words: order.slice(0, operation.words).map((w) => ({ word: data.featureNames[w]!, probability: row[w]! })) }
          }),
          rowIndex: data.train.rowIndex,
          documents: stored('documents'),
          imageShape: data.imageShape,
          probabilities,
        }
      },
    },
  })
}
