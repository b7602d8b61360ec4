import type { Network } from '@shared/domain/models/networks'
import type { ImageShape } from '@shared/domain/run'
import type { FloatType } from '../../graph/tensor'
import { convolutionalDecoder, convolutionalEncoder } from './convolutional'
import { denseStack } from './dense'
import type { Layer } from './layer'

export interface NetworkPlace {
  /** Prefix of the names of its weights. */
  name: string
  /** Width of its input and its output. */
  from: number
  to: number
  /** Of the pictures that it reads or draws; null for tables. */
  shape: ImageShape | null
  type: FloatType
}

/** [rows, from] → [rows, to]: convolutions where the spec has any and the input is a picture, then dense layers. */
export const encoderNetwork = (spec: Network, { name, from, to, shape, type }: NetworkPlace): Layer =>
  spec.channels.length === 0 || !shape ? denseStack(name, spec, from, to, type) : convolutionalEncoder(name, spec, from, shape, to, type)

/** [rows, from] → [rows, to]: dense layers, then transposed convolutions where the spec has any and the output is a picture. */
export const decoderNetwork = (spec: Network, { name, from, to, shape, type }: NetworkPlace): Layer =>
  spec.channels.length === 0 || !shape ? denseStack(name, spec, from, to, type) : convolutionalDecoder(name, spec, from, shape, to, type)
