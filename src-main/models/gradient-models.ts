import type { Column } from '@shared/domain/dataset'
import type { ImageShape } from '@shared/domain/run'
import type { GradientSpec, ModelSpec } from '@shared/domain/spec'
import type { GradientModel } from './gradient-model'
import { categoricalPrograms } from './discrete/categorical-programs'
import { autoencoderPrograms } from './vae/autoencoder-programs'
import { vaePrograms } from './vae/vae-programs'

/** What the programs of a model need to know of the data. */
export interface DataShape {
  features: number
  imageShape: ImageShape | null
  /** All columns of the dataset. */
  columns: readonly Column[]
}

export type GradientKind = 'autoencoder' | 'vae' | 'categorical-vae'

/** The programs of every kind of model that is fitted by gradients. A new kind is a row here. */
const programsOf: { [Kind in GradientKind]: (model: Extract<ModelSpec, { kind: Kind }>, inference: GradientSpec, data: DataShape) => GradientModel } = {
  autoencoder: (model, inference, data) => autoencoderPrograms(model, inference, data),
  vae: (model, inference, data) => vaePrograms(model, inference, data),
  'categorical-vae': (model, inference, data) => categoricalPrograms(model, inference, data),
}

export function gradientModel(model: ModelSpec, inference: GradientSpec, data: DataShape): GradientModel {
  if (!(model.kind in programsOf)) throw new Error(`${model.kind} is not fitted by gradients`)
  const make = programsOf[model.kind as GradientKind] as (model: ModelSpec, inference: GradientSpec, data: DataShape) => GradientModel
  return make(model, inference, data)
}
