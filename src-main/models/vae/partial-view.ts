import type { ImageShape } from '@shared/domain/run'
import { add, broadcastTo, concatenate, like, multiply, reshape, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, constant } from '../../graph/tensor'
import type { Likelihood } from '../likelihoods/likelihood'
import type { RowShape, Rows } from './vae'

/** What an encoder reads of rows that lack entries. */
export interface PartialView {
  width: number
  /** Of pictures: each channel has a second one that says which of its pixels are known. */
  shape: ImageShape | null
  of(rows: Rows): Tensor
}

/**
 * x with something harmless where it is not known, and beside it 1 where it is. Columns that the networks see in their own units hold their
 * means there, the others 0.     Mattei & Frellsen 2019
 */
export function partialView(likelihood: Likelihood, { features, imageShape, columns = [] }: RowShape, type: FloatType): PartialView {
  const viewWidth = likelihood.view?.width ?? features
  const isPicture = imageShape !== null && viewWidth === features
  const means = likelihood.view && !imageShape ? meansOf(columns, type) : null
  return {
    width: viewWidth + features,
    shape: isPicture ? [imageShape[0], imageShape[1], 2 * imageShape[2]] : imageShape,
    of({ x, observed }) {
      const mask = observed ?? broadcastTo(like(1, x), x.shape)
      const known = multiply(x, mask)
      const filled = means ? add(known, multiply(means, subtract(1, mask))) : known
      const view = likelihood.view ? likelihood.view.of(filled) : filled
      return isPicture ? interleaved(view, mask, imageShape) : concatenate([view, mask], 1)
    },
  }
}

const meansOf = (columns: NonNullable<RowShape['columns']>, type: FloatType): Tensor => {
  const own = columns.filter(({ role }) => role === 'feature')
  return constant(own.map(({ categories, summary }) => (categories ? 0 : Math.round(summary?.mean ?? 0))), [1, own.length], type)
}

/** The channels of both, pixel for pixel. */
function interleaved(view: Tensor, mask: Tensor, [height, width, channels]: ImageShape): Tensor {
  const rows = view.shape[0]!
  const [first, second] = [view, mask].map((tensor) => reshape(tensor, [rows, height * width, channels]))
  return reshape(concatenate([first!, second!], 2), [rows, 2 * height * width * channels])
}
