import { type Hierarchy, contextWidth, hierarchyOf, layerNetwork } from '@shared/domain/models/hierarchy'
import { add, broadcastTo, concatenate, exp, like, multiply, negate, reduceSum, reshape, sigmoid, slice, softplus, square, subtract } from '../../../graph/ops'
import type { FloatType, Tensor } from '../../../graph/tensor'
import { activations } from '../../networks/activations'
import { denseStack } from '../../networks/dense'
import type { Layer } from '../../networks/layer'
import type { Pass } from '../../networks/pass'
import type { Noise } from '../../noise'
import { gaussianKl } from './diagonal-gaussian'
import type { Posterior, PosteriorDraw, RowPosteriors } from './posterior'

/*
 * Several stochastic layers: p(z_L) = N(0, I), p(z_l|z_{l+1}) = N(μ_l, diag exp v_l) of what is above, and x from z_1.
 *
 * The code of a row is u = (u_1, …, u_L) with z_l = μ_l + exp(½v_l)·u_l and z_L = u_L. Its prior is N(0, I), and what the decoder draws is a function of
 * it: so a hierarchy is a family of q(u|x), and everything that serves a VAE with a standard normal prior serves it. KL(q ‖ p) is the same in
 * both coordinates. Sums over u_l are those of layer l.
 */

export interface HierarchicalPosterior extends Posterior {
  /** z_1 of codes u [m, latent]: [m, widths[0]]. */
  lowest(codes: Tensor, pass: Pass): Tensor
}

interface Layers {
  /** Of z_1 … z_L. */
  widths: readonly number[]
  /** down[l]: z_{l+2} → (μ, v) of z_{l+1}, counted from 0. */
  down: readonly Layer[]
  up: readonly Layer[]
  /** Between the layers that go up. */
  activation: (x: Tensor) => Tensor
}

interface Gaussian {
  mean: Tensor
  logVariance: Tensor
}

export function hierarchical(latent: number, hierarchy: Exclude<Hierarchy, 'none'>, type: FloatType): HierarchicalPosterior {
  const { kind, above, between } = hierarchyOf(hierarchy)
  const widths = [latent, ...above]
  const network = layerNetwork(between)
  const context = kind === 'ladder' ? contextWidth(between, widths) : 0
  const down = above.map((from, at) => denseStack(`hierarchy/down/${at}`, network, from, 2 * widths[at]!, type))
  const up = above.map((to, at) => {
    const isLast = at === above.length - 1
    const from = kind === 'ladder' ? context : widths[at]!
    return denseStack(`hierarchy/up/${at}`, network, from, 2 * to + (isLast ? 0 : context), type)
  })
  const layers: Layers = { widths, down, up, activation: activations[between.activation] }
  // What a draw of this family comes from is known already: z_1 is not computed twice, and with the same dropout.
  const known = new WeakMap<Tensor, Tensor>()
  const total = widths.reduce((sum, width) => sum + width, 0)
  return {
    latent: total,
    parameters: 2 * latent + context,
    weights: [...down, ...up].flatMap(({ weights }) => weights),
    lowest: (codes, pass) => known.get(codes) ?? lowestOf(layers, codes, pass),
    of(encoded, pass) {
      const make = kind === 'ladder' ? ladder(layers, encoded, pass) : bottomUp(layers, encoded, pass)
      const remembered = (draw: Drawn): Drawn => {
        known.set(draw.codes, draw.lowest)
        return draw
      }
      return posteriorsOf((samples, noise) => remembered(make(samples, noise)), encoded.shape[0]!, total)
    },
  }
}

/** One way through all layers: noise and the mean alike. */
interface Drawn {
  /** u: [samples·rows, total] */
  codes: Tensor
  /** z_1 */
  lowest: Tensor
  /** Logarithms of the variances of u given the layers above, where q goes down; else of z_l given those below. */
  logVariance: Tensor
  logDensity(): Tensor
  /** Expected contribution of each dimension to the KL, given what the others depend on: [samples·rows, total]. */
  kl(): Tensor
}
type Draw = (samples: number, noise: Noise | null) => Drawn

function posteriorsOf(make: Draw, rows: number, latent: number): RowPosteriors {
  let centre: Drawn | null = null
  const middle = (): Drawn => (centre ??= make(1, null))
  return {
    get mean() {
      return reshape(middle().codes, [rows, latent])
    },
    get logVariance() {
      return middle().logVariance
    },
    isDiagonalGaussian: false,
    klFromStandardNormal: null,
    draw(samples, noise): PosteriorDraw {
      const { codes, logDensity, kl } = make(samples, noise)
      return { latent: codes, logDensity, klPerDimension: kl }
    },
  }
}

/** μ + exp(½v)·u */
const placed = ({ mean, logVariance }: Gaussian, standard: Tensor): Tensor => add(mean, multiply(exp(multiply(logVariance, 0.5)), standard))

function gaussianOf(layer: Layer, from: Tensor, pass: Pass): Gaussian {
  const both = layer(from, pass)
  const width = both.shape[1]! / 2
  return { mean: slice(both, 1, 0, width), logVariance: slice(both, 1, width, 2 * width) }
}

/** From z_L downwards. */
function lowestOf({ widths, down }: Layers, codes: Tensor, pass: Pass): Tensor {
  const parts = partsOf(codes, widths)
  return down.reduceRight((z, layer, at) => placed(gaussianOf(layer, z, pass), parts[at]!), parts.at(-1)!)
}

const repeat = (tensor: Tensor, samples: number): Tensor => {
  const [rows, width] = tensor.shape as [number, number]
  return samples === 1 ? tensor : reshape(broadcastTo(tensor, [samples, rows, width]), [samples * rows, width])
}

/** ε for all layers at once, or 0 for the way through the means; cut into layers. */
function standardNoise({ widths }: Layers, like0: Tensor, samples: number, noise: Noise | null): Tensor[] {
  const rows = like0.shape[0]!
  const total = widths.reduce((sum, width) => sum + width, 0)
  const flat = noise
    ? reshape(noise.normal('', [samples, rows, total], like0.type as FloatType), [samples * rows, total])
    : broadcastTo(like(0, like0), [rows, total])
  return partsOf(flat, widths)
}

/** [m, Σ widths] → one [m, width] for each. */
export function partsOf(tensor: Tensor, widths: readonly number[]): Tensor[] {
  let start = 0
  return widths.map((width) => slice(tensor, 1, start, (start += width)))
}

const logDensityOf = (standard: Tensor, logVariance: Tensor): Tensor =>
  multiply(reduceSum(add(add(square(standard), logVariance), Math.log(2 * Math.PI)), [1]), -0.5)

/**
 * q(z_l|z_{l+1}, x) is what p(z_l|z_{l+1}) and the data say together: precisions e^{−v̂} of the data and e^{−v} of p add up. In units of p, with
 * s = σ(v − v̂): N(s·(μ̂ − μ)e^{−½v}, 1 − s).     Sønderby et al. 2016, equations 7–9
 */
function ladder(layers: Layers, encoded: Tensor, pass: Pass): Draw {
  const { widths, up, down, activation } = layers
  const told: Gaussian[] = []
  let at = encoded
  for (const [index, width] of widths.entries()) {
    if (index > 0) at = up[index - 1]!(activation(slice(at, 1, 2 * widths[index - 1]!, at.shape[1]!)), pass)
    told.push({ mean: slice(at, 1, 0, width), logVariance: slice(at, 1, width, 2 * width) })
  }
  return (samples, noise) => {
    const epsilons = standardNoise(layers, encoded, samples, noise)
    const own = told.map(({ mean, logVariance }) => ({ mean: repeat(mean, samples), logVariance: repeat(logVariance, samples) }))
    const q: Gaussian[] = [...own]
    const u: Tensor[] = [...epsilons]
    u[u.length - 1] = placed(q.at(-1)!, epsilons.at(-1)!)
    let z = u.at(-1)!
    for (let index = widths.length - 2; index >= 0; index -= 1) {
      const p = gaussianOf(down[index]!, z, pass)
      const difference = subtract(p.logVariance, own[index]!.logVariance)
      const away = multiply(subtract(own[index]!.mean, p.mean), exp(multiply(p.logVariance, -0.5)))
      q[index] = { mean: multiply(away, sigmoid(difference)), logVariance: negate(softplus(difference)) }
      u[index] = placed(q[index]!, epsilons[index]!)
      z = placed(p, u[index]!)
    }
    const logVariance = concatenate(q.map((one) => one.logVariance), 1)
    return {
      codes: concatenate(u, 1),
      lowest: z,
      logVariance,
      logDensity: () => logDensityOf(concatenate(epsilons, 1), logVariance),
      kl: () => concatenate(q.map(({ mean, logVariance: v }) => gaussianKl(mean, v)), 1),
    }
  }
}

/**
 * q(z_1|x), then q(z_{l+1}|z_l): drawn upwards, told in units of p downwards. Of a layer below the top, log q − log p at the draw stands for the KL.
 * Rezende et al. 2014, Burda et al. 2016
 */
function bottomUp(layers: Layers, encoded: Tensor, pass: Pass): Draw {
  const { widths, up, down } = layers
  const [first] = widths as [number]
  const start: Gaussian = { mean: slice(encoded, 1, 0, first), logVariance: slice(encoded, 1, first, 2 * first) }
  return (samples, noise) => {
    const epsilons = standardNoise(layers, encoded, samples, noise)
    const q: Gaussian[] = [{ mean: repeat(start.mean, samples), logVariance: repeat(start.logVariance, samples) }]
    const z = [placed(q[0]!, epsilons[0]!)]
    for (const [index, layer] of up.entries()) {
      q.push(gaussianOf(layer, z[index]!, pass))
      z.push(placed(q[index + 1]!, epsilons[index + 1]!))
    }
    const p = down.map((layer, index) => gaussianOf(layer, z[index + 1]!, pass))
    const u = z.map((own, index) => {
      const above = p[index]
      return above ? multiply(subtract(own, above.mean), exp(multiply(above.logVariance, -0.5))) : own
    })
    const inUnits = q.map(({ logVariance }, index) => (p[index] ? subtract(logVariance, p[index].logVariance) : logVariance))
    const logVariance = concatenate(inUnits, 1)
    const kl = (): Tensor[] =>
      q.map((own, index) => {
        if (!p[index]) return gaussianKl(own.mean, own.logVariance)
        return multiply(subtract(subtract(square(u[index]!), square(epsilons[index]!)), inUnits[index]!), 0.5)
      })
    return {
      codes: concatenate(u, 1),
      lowest: z[0]!,
      logVariance,
      logDensity: () => logDensityOf(concatenate(epsilons, 1), logVariance),
      kl: () => concatenate(kl(), 1),
    }
  }
}
