import type { Network } from '@shared/domain/models/networks'
import { add, matmul } from '../../graph/ops'
import { type FloatType, parameter } from '../../graph/tensor'
import { activations } from './activations'
import { type Layer, layer, sequence } from './layer'
import { dropout, normLayer } from './norm'

/** x·W + b;  x [rows, from] → [rows, to]. */
export function dense(name: string, from: number, to: number, type: FloatType): Layer {
  const matrix = parameter(`${name}/weight`, [from, to], type)
  const bias = parameter(`${name}/bias`, [to], type)
  const bound = 1 / Math.sqrt(from)
  return layer(
    (x) => add(matmul(x, matrix), bias),
    [matrix, bias].map((tensor) => ({ tensor, bound, centre: 0 })),
  )
}

const activation = (spec: Network): Layer => layer(activations[spec.activation], [])

/** h + f(h), f: dense, norm, activation, dropout, dense; [rows, width] → [rows, width]. He et al. 2016 */
function denseResidual(name: string, spec: Network, width: number, type: FloatType): Layer {
  const inner = sequence([
    dense(`${name}/0`, width, width, type),
    normLayer(`${name}/norm`, spec.norm, width, 'none', type),
    activation(spec),
    dropout(name, spec.dropout),
    dense(`${name}/1`, width, width, type),
  ])
  return layer((h, pass) => add(h, inner(h, pass)), inner.weights)
}

/** A hidden layer: dense, norm, activation, dropout, then its residual blocks. */
const hiddenLayer = (name: string, spec: Network, from: number, to: number, type: FloatType): Layer =>
  sequence([
    dense(name, from, to, type),
    normLayer(`${name}/norm`, spec.norm, to, 'none', type),
    activation(spec),
    dropout(name, spec.dropout),
    ...Array.from({ length: spec.residualBlocks }, (_, block) => denseResidual(`${name}/residual/${block}`, spec, to, type)),
  ])

/** Hidden layers and a linear last one: [rows, from] → [rows, to]. */
export function denseStack(name: string, spec: Network, from: number, to: number, type: FloatType): Layer {
  const widths = [from, ...spec.mlp]
  const hidden = spec.mlp.map((width, index) => hiddenLayer(`${name}/${index}`, spec, widths[index]!, width, type))
  return sequence([...hidden, dense(`${name}/${hidden.length}`, widths.at(-1)!, to, type)])
}
