import type { Column } from '@shared/domain/dataset'
import type { SemiSupervisedVaeSpec } from '@shared/domain/models/discrete'
import type { ImageShape } from '@shared/domain/run'
import type { GradientSpec, ModelSpec } from '@shared/domain/spec'
import type { GradientModel } from './gradient-model'
import { categoricalPrograms } from './discrete/categorical-programs'
import { type ClassShape, semiSupervisedPrograms } from './discrete/semi-supervised-programs'
import { stackedPrograms } from './discrete/stacked-programs'
import { vqPrograms } from './discrete/vq-programs'
import { autoencoderPrograms } from './vae/autoencoder-programs'
import { vaePrograms } from './vae/vae-programs'

/** What the programs of a model need to know of the data. */
export interface DataShape {
  features: number
  imageShape: ImageShape | null
  /** All columns of the dataset. */
  columns: readonly Column[]
  /** Width of what rows are told besides. */
  condition?: number
  /** Of the dataset's labels, where it has some. */
  classes?: readonly string[] | null
  train?: { rows: number; labels: Int32Array | null }
}

export type GradientKind = 'autoencoder' | 'vae' | 'categorical-vae' | 'semi-supervised-vae' | 'vq-vae'

/** The programs of every kind of model that is fitted by gradients. A new kind is a row here. */
const programsOf: { [Kind in GradientKind]: (model: Extract<ModelSpec, { kind: Kind }>, inference: GradientSpec, data: DataShape) => GradientModel } = {
  autoencoder: (model, inference, data) => autoencoderPrograms(model, inference, data),
  vae: (model, inference, data) => vaePrograms(model, inference, data),
  'categorical-vae': (model, inference, data) => categoricalPrograms(model, inference, data),
  'semi-supervised-vae': (model, inference, data) => {
    const { below = 'none' } = model
    const shape = classShape(model, data)
    return below === 'none' ? semiSupervisedPrograms(model, inference, shape) : stackedPrograms(model, below.vae, inference, shape)
  },
  'vq-vae': (model, inference, data) => vqPrograms(model, inference, data),
}

/** Values of y are the dataset's classes, or without labels as many as are asked for. */
function classShape(model: SemiSupervisedVaeSpec, data: DataShape): ClassShape {
  const known = data.train?.labels?.filter((label) => label >= 0).length ?? 0
  const labelledShare = data.train ? Math.min(model.labelled, known) / data.train.rows : 0
  return { ...data, classes: model.labelled === 0 && model.classes > 0 ? model.classes : (data.classes?.length ?? 0), labelledShare }
}

export function gradientModel(model: ModelSpec, inference: GradientSpec, data: DataShape): GradientModel {
  if (!(model.kind in programsOf)) throw new Error(`${model.kind} is not fitted by gradients`)
  const make = programsOf[model.kind as GradientKind] as (model: ModelSpec, inference: GradientSpec, data: DataShape) => GradientModel
  return make(model, inference, data)
}
