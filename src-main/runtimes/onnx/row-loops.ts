import { type Tensor, sizeOf } from '../../graph/tensor'
import { quadraticLength } from '../../graph/quadratic'

/*
 * The operators of a kernel as loops over the elements of a row. Lengths of 1 are left out of all shapes. Operators over the same shape
 * share a loop, unless one needs the end of another's reduction.
 */

const elementwise = new Set([
  'add',
  'subtract',
  'multiply',
  'divide',
  'maximum',
  'minimum',
  'negate',
  'exp',
  'log',
  'sqrt',
  'square',
  'abs',
  'greater',
  'greaterOrEqual',
  'equal',
  'logicalAnd',
  'logicalOr',
  'logicalNot',
  'where',
])

export const isElementwise = ({ op, type }: Tensor): boolean => elementwise.has(op) && (type === 'float64' || type === 'bool')

/** Reshapes that change no element's place: what they show is another tensor. */
export function shownBy(tensor: Tensor): Tensor {
  let shown = tensor
  while (shown.op === 'reshape' || shown.op === 'stopGradient') shown = shown.inputs[0]!
  return shown
}

export interface Operand {
  tensor: Tensor
  /** Elements from one step of a loop to the next, per loop; 0 where it stays. */
  strides: number[]
}

export interface Reduction {
  with: 'sum' | 'max'
  /** Loops whose steps are kept apart: the outer ones. */
  kept: number
  overRows: boolean
}

export interface Item {
  node: Tensor
  operands: Operand[]
  reduction: Reduction | null
}

/** One nest of loops; `features` is not a nest but the quadratic features of a row, written out. */
export interface Nest {
  lengths: number[]
  items: Item[]
  features: boolean
}

interface Shaped {
  /** Lengths of the loops, without those of 1. */
  lengths: number[]
  reduction: Reduction | null
}

/** The kept and the reduced lengths of a sum or maximum; null where the reduced ones are not the last. */
export function reductionOf(node: Tensor): Shaped | null {
  const inner = node.inputs[0]!.shape.slice(1)
  const axes = node.attributes['axes'] as number[]
  const long = inner.map((length, index) => ({ length, reduced: axes.includes(index + 1) })).filter(({ length }) => length > 1)
  const kept = long.filter(({ reduced }) => !reduced).length
  if (long.slice(0, kept).some(({ reduced }) => reduced)) return null
  return { lengths: long.map(({ length }) => length), reduction: { with: node.op === 'reduceSum' ? 'sum' : 'max', kept, overRows: axes.includes(0) } }
}

const withoutOnes = (shape: readonly number[]): number[] => shape.filter((length) => length > 1)

/** Strides of dense elements of `shape` along the loops over `around`, both without the axis of rows. */
function stridesAlong(shape: readonly number[], around: readonly number[]): number[] {
  const strides: number[] = []
  let stride = 1
  for (let back = 1; back <= around.length; back += 1) {
    const length = shape.at(-back) ?? 1
    if (back > shape.length) strides.unshift(0)
    else {
      strides.unshift(length === 1 ? 0 : stride)
      stride *= length
    }
  }
  return strides.filter((_, index) => around[index]! > 1)
}

export class RowLoops {
  constructor(readonly isRows: (tensor: Tensor) => boolean) {}

  /** A tensor's shape without the axis of rows, as an operand of something of `rank` axes. */
  #inner(tensor: Tensor, rank = tensor.shape.length): number[] {
    return this.isRows(tensor) || tensor.shape.length === rank ? tensor.shape.slice(1) : [...tensor.shape]
  }

  #shaped(node: Tensor): Shaped {
    if (node.op === 'matmul') {
      const [a, b] = node.inputs as [Tensor, Tensor]
      const overRows = node.attributes['transposeA'] === true
      const lengths = overRows ? [a.shape[1]!, b.shape[1]!] : [node.shape[1]!, a.shape[1]!]
      const long = withoutOnes(lengths)
      return { lengths: long, reduction: { with: 'sum', kept: overRows ? long.length : withoutOnes([node.shape[1]!]).length, overRows } }
    }
    if (node.op === 'reduceSum' || node.op === 'reduceMax') return reductionOf(node)!
    return { lengths: withoutOnes(this.isRows(node) ? node.shape.slice(1) : node.shape), reduction: null }
  }

  #operands(node: Tensor): Operand[] {
    const read = (source: Tensor, inner: readonly number[], around: readonly number[]): Operand => ({
      tensor: shownBy(source),
      strides: stridesAlong(inner, around),
    })
    if (node.op === 'matmul') {
      const [a, b] = node.inputs as [Tensor, Tensor]
      if (node.attributes['transposeA'] === true) {
        const around = [a.shape[1]!, b.shape[1]!]
        return [read(a, [a.shape[1]!, 1], around), read(b, [b.shape[1]!], around)]
      }
      const around = [node.shape[1]!, a.shape[1]!]
      const turned = node.attributes['transposeB'] === true
      const strides = (turned ? [a.shape[1]!, 1] : [1, node.shape[1]!]).filter((_, index) => around[index]! > 1)
      return [read(a, [a.shape[1]!], around), { tensor: shownBy(b), strides }]
    }
    const rows = this.isRows(node.inputs[0]!) || node.inputs.some((source) => this.isRows(source))
    const around = node.op === 'reduceSum' || node.op === 'reduceMax' ? node.inputs[0]!.shape.slice(1) : rows ? node.shape.slice(1) : node.shape
    return node.inputs.map((source) => read(source, rows ? this.#inner(source, node.shape.length) : source.shape, around))
  }

  /** Nests in an order in which each finds what it needs. `nodes` are those of one kernel, inputs first. */
  nests(nodes: readonly Tensor[]): Nest[] {
    const levels = new Map<Tensor, { level: number; key: string; reduced: boolean }>()
    const nests = new Map<string, Nest & { level: number }>()
    for (const node of nodes) {
      if (shownBy(node) !== node) continue
      const features = node.op === 'quadraticFeatures'
      const { lengths, reduction } = features ? { lengths: [quadraticLength(node.inputs[0]!.shape[1]!)], reduction: null } : this.#shaped(node)
      const key = features ? `features ${levels.size}` : lengths.join()
      const after = node.inputs.map((source) => {
        const found = levels.get(shownBy(source))
        return found ? found.level + (found.reduced || found.key !== key ? 1 : 0) : 0
      })
      const level = Math.max(0, ...after)
      levels.set(node, { level, key, reduced: reduction !== null })
      const nest = nests.get(`${level} ${key}`) ?? { lengths, items: [], features, level }
      nest.items.push({ node, operands: features ? [{ tensor: shownBy(node.inputs[0]!), strides: [1] }] : this.#operands(node), reduction })
      nests.set(`${level} ${key}`, nest)
    }
    return [...nests.values()].sort((a, b) => a.level - b.level)
  }
}

/** Elements per row of what a reduction or an operator leaves. */
export const innerSize = (tensor: Tensor, isRows: boolean): number => (isRows ? sizeOf(tensor.shape.slice(1)) : sizeOf(tensor.shape))
