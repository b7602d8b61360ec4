import type { ElementType, Shape } from '../../graph/tensor'
import { MessageWriter } from './protobuf'

/** Builds an ONNX model in memory: nodes in order, each value named once. */

export const onnxOpset = 20
const irVersion = 9
/** Shapes and axes are int64 in ONNX; programs themselves know only int32. */
type OnnxType = ElementType | 'int64'
export const elementTypes: Record<OnnxType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 }
const attributeKinds = { float: 1, integer: 2, text: 3, integers: 7 } as const

export type OnnxAttribute = { float: number } | { integer: number } | { integers: readonly number[] } | { text: string }

const constantBytes = (values: readonly number[], type: OnnxType): Uint8Array => {
  switch (type) {
    case 'float32':
      return new Uint8Array(new Float32Array(values).buffer)
    case 'float64':
      return new Uint8Array(new Float64Array(values).buffer)
    case 'int32':
      return new Uint8Array(new Int32Array(values).buffer)
    case 'int64':
      return new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer)
    case 'bool':
      return new Uint8Array(values)
    default:
      throw new Error(type satisfies never)
  }
}

interface OnnxNode {
  opType: string
  inputs: readonly string[]
  output: string
  attributes: Record<string, OnnxAttribute>
}

function nodeBytes({ opType, inputs, output, attributes }: OnnxNode, rename: ReadonlyMap<string, string>): Uint8Array {
  const node = new MessageWriter()
  for (const source of inputs) node.text(1, rename.get(source) ?? source)
  node.text(2, rename.get(output) ?? output).text(4, opType)
  for (const [name, attribute] of Object.entries(attributes)) {
    node.message(5, (writer) => {
      writer.text(1, name)
      if ('float' in attribute) writer.float(2, attribute.float).integer(20, attributeKinds.float)
      else if ('integer' in attribute) writer.integer(3, attribute.integer).integer(20, attributeKinds.integer)
      else if ('text' in attribute) writer.text(4, attribute.text).integer(20, attributeKinds.text)
      else {
        for (const value of attribute.integers) writer.integer(8, value)
        writer.integer(20, attributeKinds.integers)
      }
    })
  }
  return node.finish()
}

export interface OnnxGraphOptions {
  /** A length that stands for any number of rows: axes of that length are left open in the model. */
  openLength?: number | null
  /**
   * How convolutions are written: as ONNX's operators; where it is faster, as products of matrices, for a CPU; or for WebGPU, as operators with
   * channels of zeros added where it computes wrong without them.
   */
  convolutions?: 'plain' | 'matrices' | 'padded'
}

export class OnnxGraph {
  #nodes: OnnxNode[] = []
  #initializers: Uint8Array[] = []
  #inputs: Uint8Array[] = []
  #outputs: Uint8Array[] = []
  #constants = new Map<string, string>()
  #emitted = new Map<string, string>()
  /** Results of nodes that leave the model, under the name they leave by. */
  #rename = new Map<string, string>()
  #results = new Set<string>()
  #count = 0

  readonly openLength: number | null
  readonly convolutions: NonNullable<OnnxGraphOptions['convolutions']>

  constructor(
    readonly name: string,
    { openLength = null, convolutions = 'plain' }: OnnxGraphOptions = {},
  ) {
    this.openLength = openLength
    this.convolutions = convolutions
  }

  /** The constant a Reshape takes: an open axis is what the others leave over. */
  targetShape(shape: Shape): string {
    const isOpen = (length: number): boolean => this.openLength !== null && length > 0 && length % this.openLength === 0
    return this.constant(shape.map((length) => (isOpen(length) ? -1 : length)), [shape.length], 'int64')
  }

  /** Weights of a model that stands by itself. */
  weights(name: string, shape: Shape, type: ElementType, bytes: Uint8Array): string {
    const tensor = new MessageWriter()
    for (const length of shape) tensor.integer(1, length)
    this.#initializers.push(tensor.integer(2, elementTypes[type]).text(8, name).bytes(9, bytes).finish())
    return name
  }

  /** Equal nodes are one. */
  emit(opType: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    const key = `${opType}(${inputs.join()})${JSON.stringify(attributes)}`
    const known = this.#emitted.get(key)
    if (known) return known
    const output = this.#node(opType, inputs, attributes)
    this.#emitted.set(key, output)
    return output
  }

  #node(opType: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute>): string {
    const output = `t${this.#count++}`
    this.#nodes.push({ opType, inputs, output, attributes })
    this.#results.add(output)
    return output
  }

  /** Equal constants share one initializer. */
  constant(values: readonly number[], shape: Shape, type: OnnxType): string {
    const key = `${type}[${shape.join()}]${values.map((value) => (Object.is(value, -0) ? '-0' : value)).join()}`
    const known = this.#constants.get(key)
    if (known) return known
    const name = `c${this.#count++}`
    this.#constants.set(key, name)
    const tensor = new MessageWriter()
    for (const length of shape) tensor.integer(1, length)
    tensor.integer(2, elementTypes[type]).text(8, name).bytes(9, constantBytes(values, type))
    this.#initializers.push(tensor.finish())
    return name
  }

  #valueInfo(name: string, shape: Shape, type: ElementType): Uint8Array {
    const info = new MessageWriter().text(1, name)
    info.message(2, (value) =>
      value.message(1, (tensor) => {
        tensor.integer(1, elementTypes[type])
        tensor.message(2, (dimensions) => {
          for (const length of shape) {
            dimensions.message(1, (dimension) => void (length === this.openLength ? dimension.text(2, 'rows') : dimension.integer(1, length)))
          }
        })
      }),
    )
    return info.finish()
  }

  input(name: string, shape: Shape, type: ElementType): string {
    this.#inputs.push(this.#valueInfo(name, shape, type))
    return name
  }

  output(name: string, source: string, shape: Shape, type: ElementType): void {
    // An input, a constant, or a result that leaves twice needs a node of its own.
    const free = this.#results.has(source) && !this.#rename.has(source)
    this.#rename.set(free ? source : this.#node('Identity', [source], {}), name)
    this.#outputs.push(this.#valueInfo(name, shape, type))
  }

  /** @param metadata  kept in the file for whoever opens it */
  finish(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const model = new MessageWriter().integer(1, irVersion).text(2, 'latent-workbench')
    model.message(7, (graph) => {
      for (const node of this.#nodes) graph.bytes(1, nodeBytes(node, this.#rename))
      graph.text(2, this.name)
      for (const initializer of this.#initializers) graph.bytes(5, initializer)
      for (const value of this.#inputs) graph.bytes(11, value)
      for (const value of this.#outputs) graph.bytes(12, value)
    })
    model.message(8, (opset) => void opset.text(1, '').integer(2, onnxOpset))
    for (const [key, value] of Object.entries(metadata)) model.message(14, (entry) => void entry.text(1, key).text(2, value))
    return model.finish()
  }
}
