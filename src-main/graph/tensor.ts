/** A tensor program is a graph of these: pure values, described before anything is computed. */

export type FloatType = 'float32' | 'float64'
export type ElementType = FloatType | 'int32' | 'bool'
export type Shape = readonly number[]
export type Attributes = Readonly<Record<string, number | boolean | string | readonly number[]>>

export interface Tensor {
  readonly op: string
  readonly inputs: readonly Tensor[]
  readonly attributes: Attributes
  readonly shape: Shape
  readonly type: ElementType
  /** Inputs and parameters have a name; it is unique within a program. */
  readonly name?: string
  /** Constants carry their values, row-major. */
  readonly values?: readonly number[]
  /** Of `customGradient`: the gradients of its inputs after the first. */
  readonly rule?: (upstream: Tensor) => Tensor[]
}

/** What does not fit, and the line of the model that asked for it. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError'

  constructor(problem: string) {
    super(problem)
    const line = modelLine(this.stack ?? '')
    if (line) this.message = `${problem} (${line})`
  }
}

/** The innermost call outside this room, e.g. "in trainingStep, vae-programs.ts:61". */
function modelLine(stack: string): string | null {
  for (const entry of stack.split('\n').slice(1)) {
    const call = /^\s*at (?:(?:new |async )?([\w.$<># ]+) \()?(.*?):(\d+):\d+\)?$/.exec(entry)
    if (!call) continue
    const [, caller, path = '', line] = call
    if (/[\\/]graph[\\/](table[\\/])?[\w-]+\.ts$/.test(path)) continue
    const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    return `${caller ? `in ${caller.replace(/^(Module|Object)\./, '')}, ` : ''}${file}:${line}`
  }
  return null
}

export const describeShape = (tensor: Pick<Tensor, 'shape' | 'type' | 'name'>): string =>
  `${tensor.name ? `${tensor.name}: ` : ''}${tensor.type}[${tensor.shape.join(', ')}]`

export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1)

function checkedShape(name: string, shape: Shape): Shape {
  if (shape.some((length) => !Number.isInteger(length) || length < 0)) {
    throw new ShapeError(`${name}: the shape [${shape.join(', ')}] has a length that is not a whole number ≥ 0`)
  }
  return shape
}

/** Data that is fed with every run. */
export const input = (name: string, shape: Shape, type: ElementType): Tensor => ({
  op: 'input',
  inputs: [],
  attributes: {},
  shape: checkedShape(name, shape),
  type,
  name,
})

/** State that stays in the runtime from one run to the next: weights, optimizer moments, parameters of a mixture. */
export const parameter = (name: string, shape: Shape, type: FloatType): Tensor => ({ ...input(name, shape, type), op: 'parameter' })

export function constant(values: readonly number[], shape: Shape, type: ElementType): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError(`constant: ${values.length} values do not fill the shape [${shape.join(', ')}]`)
  }
  return { op: 'constant', inputs: [], attributes: {}, shape: checkedShape('constant', shape), type, values }
}

export const scalar = (value: number, type: ElementType): Tensor => constant([value], [], type)
