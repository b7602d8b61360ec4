import type { Tensor } from '../../graph/tensor'
import { type KernelWriter, does } from './row-math'
import { shownBy } from './row-loops'

/** The code that computes one element of a node from elements of its inputs, each given as code that leaves it. */
export function computeNode(writer: KernelWriter, node: Tensor, operands: readonly (readonly number[])[]): number[] {
  const [x, y, z] = operands as [number[], number[], number[]]
  switch (node.op) {
    case 'matmul':
      return [...x, ...y, ...does('multiply')]
    case 'reduceSum':
    case 'reduceMax':
      return [...x]
    case 'exp':
      return writer.exp(x, !isBelowMaximum(node.inputs[0]!))
    case 'log':
      return writer.log(x)
    case 'square':
      return [...x, ...x, ...does('multiply')]
    case 'negate':
    case 'abs':
    case 'sqrt':
      return [...x, ...does(node.op)]
    case 'logicalNot':
      return [...x, ...does('not')]
    case 'logicalAnd':
      return [...x, ...y, ...does('and')]
    case 'logicalOr':
      return [...x, ...y, ...does('or')]
    case 'where':
      return [...y, ...z, ...x, ...does('select')]
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'minimum':
    case 'maximum':
    case 'equal':
    case 'greater':
    case 'greaterOrEqual':
      return [...x, ...y, ...does(node.op)]
    default:
      throw new Error(`${node.op} is not computed by kernels`)
  }
}

/** x − max x, as log Σ exp takes it, is never above 0. */
const isBelowMaximum = ({ op, inputs: [x, largest] }: Tensor): boolean =>
  op === 'subtract' && shownBy(largest!).op === 'reduceMax' && shownBy(shownBy(largest!).inputs[0]!) === shownBy(x!)
