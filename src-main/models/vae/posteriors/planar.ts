import { add, divide, log, multiply, reduceSum, reshape, slice, softplus, square, subtract, tanh } from '../../../graph/ops'
import type { Tensor } from '../../../graph/tensor'
import { type Flow, flowPosterior } from './flow'
import type { Posterior } from './posterior'

/**
 * z ↦ z + û·tanh(wᵀz + b), with u, w and b of every step from the encoder. log |det| = log(1 + (1 − tanh²)·wᵀû); û is u moved along w until
 * wᵀû > −1, without which the map would not be one to one.     Rezende & Mohamed 2015, section 4.1 and appendix A.1
 */
export const planar = (latent: number, flows: number): Posterior => {
  const width = 2 * latent + 1
  return flowPosterior(latent, flows * width, Array.from({ length: flows }, (_, index) => planarStep(latent, index * width)), [])
}

const planarStep =
  (latent: number, from: number): Flow =>
  (z, context) => {
    const part = (start: number, end: number): Tensor => slice(context, 1, from + start, from + end)
    const [u, w, b] = [part(0, latent), part(latent, 2 * latent), part(2 * latent, 2 * latent + 1)]
    const sum = (tensor: Tensor): Tensor => reduceSum(tensor, [1], true)
    const product = sum(multiply(w, u))
    const allowed = subtract(softplus(product), 1)
    const moved = add(u, multiply(subtract(allowed, product), divide(w, add(sum(square(w)), tiny))))
    const h = tanh(add(sum(multiply(w, z)), b))
    const slope = multiply(subtract(1, square(h)), sum(multiply(w, moved)))
    return { latent: add(z, multiply(moved, h)), logDeterminant: reshape(log(add(slope, 1)), [z.shape[0]!]) }
  }

/** Keeps w/‖w‖² finite where w is 0. */
const tiny = 1e-12
