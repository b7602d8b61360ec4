import type { ColumnFamilyName } from '@shared/domain/models/mixed'
import { logGamma, logSoftmax, oneHot, softmax } from '../../graph/compose'
import { add, argMax, cast, concatenate, cumulativeSum, exp, floor as roundDown, gather, greater, log, maximum, minimum, multiply, negate, reduceSum, reshape, sigmoid, slice, softplus, square, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, constant } from '../../graph/tensor'
import type { Noise } from '../noise'
import { besideLevels, levelAxis } from './levels'
import { type Likelihood, sumOverFeatures } from './likelihood'

/** A column of a table whose columns are of different types. */
export interface MixedColumn {
  family: ColumnFamilyName
  /** Of categories 0, 1, …: how many there are. */
  categories: number
  /** Of counts: the largest one. */
  maximum: number
  /** Of real columns: the units in which the networks see them. */
  mean: number
  standardDeviation: number
}

/** What the columns of one family have in common; a column of categories is a part of its own. */
interface Part {
  columns: number[]
  /** Numbers of the decoder's output. */
  outputs: number
  /** Numbers that the encoder reads. */
  width: number
  view(x: Tensor): Tensor
  /** Terms of log p, [rows, columns]. */
  terms(x: Tensor, output: Tensor): Tensor
  mean(output: Tensor): Tensor
  sample(output: Tensor, noise: Noise, name: string): Tensor
}

/** Logarithms of rates stay below this, so that their exponentials stay finite in float32. */
const largestLogRate = 30

/** Real columns Gaussian, counts Poisson, 0 and 1 Bernoulli, codes categorical; independent given z. */
export function mixed(columns: readonly MixedColumn[], floor: number, type: FloatType): Likelihood {
  const parts = partsOf(columns, floor, type)
  const order = parts.flatMap((part) => part.columns)
  const back = constant(columns.map((_, column) => order.indexOf(column)), [columns.length], 'int32')
  const own = (x: Tensor, part: Part): Tensor => gather(x, constant(part.columns, [part.columns.length], 'int32'), 1)
  const outputsBefore = parts.map((_, index) => parts.slice(0, index).reduce((sum, { outputs }) => sum + outputs, 0))
  const outputOf = (output: Tensor, index: number): Tensor =>
    slice(output, 1, outputsBefore[index]!, outputsBefore[index]! + parts[index]!.outputs)
  const inOrder = (values: Tensor[]): Tensor => gather(concatenate(values, 1), back, 1)
  return {
    outputs: parts.reduce((sum, { outputs }) => sum + outputs, 0),
    weights: [],
    view: {
      width: parts.reduce((sum, { width }) => sum + width, 0),
      of: (x) => concatenate(parts.map((part) => part.view(own(x, part))), 1),
    },
    logProbability: (x, output, observed) =>
      parts
        .map((part, index) => sumOverFeatures(part.terms(own(x, part), outputOf(output, index)), observed && own(observed, part)))
        .reduce((sum, term) => add(sum, term)),
    mean: (output) => inOrder(parts.map((part, index) => part.mean(outputOf(output, index)))),
    sample: (output, noise) => inOrder(parts.map((part, index) => part.sample(outputOf(output, index), noise, `likelihood/${index}`))),
  }
}

function partsOf(columns: readonly MixedColumn[], floor: number, type: FloatType): Part[] {
  const of = (family: ColumnFamilyName): number[] => columns.flatMap((column, index) => (column.family === family ? [index] : []))
  const [real, count, binary] = [of('real'), of('count'), of('binary')]
  return [
    ...(real.length > 0 ? [realPart(real, columns, floor, type)] : []),
    ...(count.length > 0 ? [countPart(count, columns, type)] : []),
    ...(binary.length > 0 ? [binaryPart(binary)] : []),
    ...of('category').map((column) => categoryPart(column, columns[column]!.categories, type)),
  ]
}

/** Gaussian, in units where the column has mean 0 and variance 1; log p is in the units of the data. */
function realPart(own: number[], columns: readonly MixedColumn[], floor: number, type: FloatType): Part {
  const count = own.length
  const row = (values: number[]): Tensor => constant(values, [1, count], type)
  const means = row(own.map((column) => columns[column]!.mean))
  const deviations = row(own.map((column) => columns[column]!.standardDeviation))
  const constants = row(own.map((column) => -0.5 * Math.log(2 * Math.PI) - Math.log(columns[column]!.standardDeviation)))
  const inverse = row(own.map((column) => 1 / columns[column]!.standardDeviation))
  const view = (x: Tensor): Tensor => multiply(subtract(x, means), inverse)
  const locationOf = (output: Tensor): Tensor => slice(output, 1, 0, count)
  const logVarianceOf = (output: Tensor): Tensor => maximum(slice(output, 1, count, 2 * count), Math.log(floor ** 2))
  const inUnits = (standard: Tensor): Tensor => add(multiply(standard, deviations), means)
  return {
    columns: own,
    outputs: 2 * count,
    width: count,
    view,
    terms(x, output) {
      const logVariance = logVarianceOf(output)
      const squares = multiply(square(subtract(view(x), locationOf(output))), exp(negate(logVariance)))
      return subtract(constants, multiply(add(squares, logVariance), 0.5))
    },
    mean: (output) => inUnits(locationOf(output)),
    sample(output, noise, name) {
      const location = locationOf(output)
      const deviation = exp(multiply(logVarianceOf(output), 0.5))
      return inUnits(add(location, multiply(deviation, noise.normal(name, location.shape, type))))
    },
  }
}

/** x·r − e^r − log x!, with the logarithm r of the rate; the encoder reads log(1 + x). */
const countPart = (own: number[], columns: readonly MixedColumn[], type: FloatType): Part => {
  const levels = 2 * Math.max(...own.map((column) => columns[column]!.maximum)) + 20
  const logRateOf = (output: Tensor): Tensor => minimum(output, largestLogRate)
  return {
    columns: own,
    outputs: own.length,
    width: own.length,
    view: (x) => log(add(x, 1)),
    terms(x, output) {
      const logRate = logRateOf(output)
      return subtract(subtract(multiply(x, logRate), exp(logRate)), logGamma(add(x, 1)))
    },
    mean: (output) => exp(logRateOf(output)),
    sample: (output, noise, name) => poissonDraw(logRateOf(output), levels, noise, type, name),
  }
}

const mostLevels = 4000

/**
 * The smallest count whose distribution function exceeds a uniform number, among 0 … levels, which go to twice the largest count of the data;
 * with more than 4,000 levels a rounded normal number, whose distribution function is then off by less than one percent.
 */
function poissonDraw(logRate: Tensor, levels: number, noise: Noise, type: FloatType, name: string): Tensor {
  if (levels > mostLevels) {
    const rate = exp(logRate)
    const normal = noise.normal(name, logRate.shape, type)
    return maximum(roundDown(add(add(rate, multiply(exp(multiply(logRate, 0.5)), normal)), 0.5)), 0)
  }
  const axis = levelAxis(levels, type)
  const logMass = subtract(subtract(multiply(axis, besideLevels(logRate)), exp(besideLevels(logRate))), logGamma(add(axis, 1)))
  const upTo = cumulativeSum(exp(logMass), 1)
  return reduceSum(cast(greater(besideLevels(noise.uniform(name, logRate.shape, type)), upTo), type), [1])
}

const binaryPart = (own: number[]): Part => ({
  columns: own,
  outputs: own.length,
  width: own.length,
  view: (x) => x,
  terms: (x, logits) => subtract(multiply(x, logits), softplus(logits)),
  mean: sigmoid,
  sample: (logits, noise, name) => cast(greater(sigmoid(logits), noise.uniform(name, logits.shape, logits.type as FloatType)), logits.type),
})

/** The mean of a column of categories is its most probable code: codes have no average. */
const categoryPart = (column: number, categories: number, type: FloatType): Part => {
  const indicator = (x: Tensor): Tensor => oneHot(cast(reshape(x, [x.shape[0]!]), 'int32'), categories, type)
  const best = (scores: Tensor): Tensor => cast(reshape(argMax(scores, 1), [scores.shape[0]!, 1]), type)
  return {
    columns: [column],
    outputs: categories,
    width: categories,
    view: indicator,
    terms: (x, logits) => reduceSum(multiply(indicator(x), logSoftmax(logits, 1)), [1], true),
    mean: (logits) => best(softmax(logits, 1)),
    sample: (logits, noise, name) => best(subtract(logits, log(negate(log(noise.uniform(name, logits.shape, type)))))),
  }
}
