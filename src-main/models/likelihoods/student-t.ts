import type { LikelihoodSpec } from '@shared/domain/models/vae'
import { logGamma } from '../../graph/compose'
import { add, divide, exp, log, maximum, multiply, power, slice, softplus, sqrt, square, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, parameter, scalar } from '../../graph/tensor'
import { type Weight, constantWeight } from '../networks/weight'
import { type Likelihood, sumOverFeatures } from './likelihood'

type StudentSpec = Extract<LikelihoodSpec, { studentT: unknown }>['studentT']

/** Learned degrees of freedom stay above this, so that the variance exists. */
const leastDegrees = 2

/** Of a raw number r: 2 + softplus(r). */
const degreesOf = (raw: Tensor): Tensor => add(softplus(raw), leastDegrees)

interface Parts {
  location: Tensor
  logScale: Tensor
  degrees: Tensor
}

/** Student's t with location from the decoder; scale and degrees of freedom fixed, shared by all features, or from the decoder too. */
export function studentT({ degreesOfFreedom, scale, floor }: StudentSpec, features: number, type: FloatType): Likelihood {
  const weights: Weight[] = []
  const shared = (name: string): Tensor => {
    const tensor = parameter(`likelihood/${name}`, [], type)
    weights.push(constantWeight(tensor, 0))
    return tensor
  }
  const scaleWeight = scale === 'shared' ? shared('logScale') : null
  const degreesWeight = degreesOfFreedom === 'shared' ? shared('degreesOfFreedom') : null
  const groups = 1 + (scale === 'learned' ? 1 : 0) + (degreesOfFreedom === 'learned' ? 1 : 0)
  const group = (output: Tensor, index: number): Tensor => slice(output, 1, index * features, (index + 1) * features)
  const partsOf = (output: Tensor): Parts => ({
    location: groups === 1 ? output : group(output, 0),
    logScale: maximum(scaleWeight ?? group(output, 1), Math.log(floor)),
    degrees:
      typeof degreesOfFreedom === 'number' ? scalar(degreesOfFreedom, type) : degreesOf(degreesWeight ?? group(output, groups - 1)),
  })
  return {
    outputs: groups * features,
    weights,
    mean: (output) => (groups === 1 ? output : group(output, 0)),
    logProbability: (x, output, observed) => sumOverFeatures(studentTerms(x, partsOf(output)), observed),
    sample(output, noise) {
      const { location, logScale, degrees } = partsOf(output)
      const draw = (name: string): Tensor => noise.normal(`likelihood/${name}`, location.shape, type)
      const uniform = noise.uniform('likelihood', location.shape, type)
      return add(location, multiply(exp(logScale), studentDraw(degrees, uniform, [draw('first'), draw('second')])))
    },
  }
}

/** log Γ((ν+1)/2) − log Γ(ν/2) − ½ log(νπ) − log s − (ν+1)/2·log(1 + ((x−m)/s)²/ν), for each feature */
function studentTerms(x: Tensor, { location, logScale, degrees }: Parts): Tensor {
  const half = multiply(degrees, 0.5)
  const constants = subtract(subtract(logGamma(add(half, 0.5)), logGamma(half)), multiply(log(multiply(degrees, Math.PI)), 0.5))
  const standardized = divide(subtract(x, location), exp(logScale))
  const tail = multiply(add(half, 0.5), log(add(divide(square(standardized), degrees), 1)))
  return subtract(subtract(constants, logScale), tail)
}

/** √(ν(u^(−2/ν) − 1))·cos θ with a random angle θ, whose cosine two normal numbers give.     Bailey 1994 */
function studentDraw(degrees: Tensor, uniform: Tensor, [first, second]: [Tensor, Tensor]): Tensor {
  const radius = sqrt(multiply(degrees, subtract(power(uniform, divide(-2, degrees)), 1)))
  return multiply(radius, divide(first, sqrt(add(square(first), square(second)))))
}
