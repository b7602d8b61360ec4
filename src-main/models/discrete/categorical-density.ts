import { mostEnumerated } from '@shared/domain/models/discrete'
import { add, reshape, transpose } from '../../graph/ops'
import { type Program, buildProgram } from '../../graph/program'
import type { NumericArray } from '../../graph/runtime'
import { type Tensor, input } from '../../graph/tensor'
import { allCodes } from '../estimators/enumeration'
import { drawCodes, logMass } from '../estimators/estimator'
import type { GradientModel } from '../gradient-model'
import type { LatentDensity } from '../latent-density'
import { fittedPass } from '../networks/pass'
import { type CategoricalVae, copiesOf, drawPrior, logPrior } from './categorical-vae'

/*
 * log p(x) = log Σ_z p(z)·p(x|z) of a VAE with categorical codes: summed over all codes where they are few, else by importance sampling from q(z|x).
 */

/** A fitted categorical VAE to the estimators of log p(x): codes as 0 and 1, variable after variable. */
export function categoricalDensity(model: CategoricalVae, state: Readonly<Record<string, NumericArray>>): LatentDensity {
  const { spec, features, likelihood, type } = model
  const { variables, categories } = spec
  const width = variables * categories
  const codesOf = (latent: Tensor): Tensor => reshape(latent, [latent.shape[0]!, variables, categories])
  const flat = (codes: Tensor): Tensor => reshape(codes, [codes.shape[0]!, width])
  const logLikelihood = (x: Tensor, codes: Tensor): Tensor => likelihood.logProbability(x, model.decode(codes, fittedPass))
  return {
    columns: { x: features },
    latent: width,
    type,
    state,
    isDiscrete: true,
    logPrior: (latent) => logPrior(model, codesOf(latent)),
    logLikelihood: (rows, latent) => logLikelihood(rows['x']!, codesOf(latent)),
    drawPrior: (count, noise) => flat(drawPrior(model, count, noise)),
    propose(rows, samples, noise) {
      const logits = model.encode(rows['x']!, fittedPass)
      const codes = drawCodes(logits, samples, noise)
      return { latent: flat(codes), logDensity: reshape(logMass(logits, codes), [codes.shape[0]!]) }
    },
    simulate: null,
    guess: () => {
      throw new Error('a discrete code has no Gaussian near it')
    },
  }
}

/** log p(x, z) of every code z, where there are at most `mostEnumerated`. */
export function categoricalEnumeration(model: CategoricalVae): NonNullable<GradientModel['enumeration']> | null {
  const { variables, categories } = model.spec
  const codes = categories ** variables
  return codes > mostEnumerated ? null : { codes, program: (rows) => jointProgram(model, codes, rows) }
}

function jointProgram(model: CategoricalVae, codes: number, rows: number): Program {
  const { features, likelihood, spec, type } = model
  const x = copiesOf(input('x', [rows, features], type), codes)
  const all = allCodes(spec.variables, spec.categories, rows, type)
  const joint = add(logPrior(model, all), likelihood.logProbability(x, model.decode(all, fittedPass)))
  return buildProgram({ name: 'categorical-joint', outputs: { logJoint: transpose(reshape(joint, [codes, rows]), [1, 0]) } })
}
