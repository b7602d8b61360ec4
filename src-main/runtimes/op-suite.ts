import { beforeAll, describe, expect, it } from 'vitest'
import { differentiate } from '../graph/differentiate'
import * as g from '../graph/ops'
import { buildProgram } from '../graph/program'
import type { NumericArray, Runtime } from '../graph/runtime'
import { type FloatType, type Tensor, input } from '../graph/tensor'
import { type OpCase, drawValues, opCases } from './op-cases-suite'
import { randomCases } from './op-random-cases-suite'

export const allCases: readonly OpCase[] = [...opCases, ...randomCases]

const inputsOf = ({ shapes }: OpCase, type: FloatType): Tensor[] => shapes.map((shape, index) => input(`x${index}`, shape, type))
export const feedsOf = ({ shapes, name, range }: OpCase): Float64Array[] => shapes.map((shape, index) => drawValues(shape, `${name}${index}`, range))
export const named = (arrays: readonly NumericArray[]): Record<string, NumericArray> => Object.fromEntries(arrays.map((array, index) => [`x${index}`, array]))

/** The value and, where the case has one, the gradients of Σ weights·value. */
export function programOf(opCase: OpCase, type: FloatType) {
  const inputs = inputsOf(opCase, type)
  const value = opCase.build(inputs)
  const outputs: Record<string, Tensor> = { value }
  if (opCase.gradient && opCase.shapes.length > 0) {
    const loss = g.reduceSum(g.multiply(value, input('weights', value.shape, type)))
    const gradients = differentiate(loss, inputs)
    gradients.forEach((gradient, index) => (outputs[`gradient${index}`] = gradient))
    outputs['loss'] = loss
  }
  return { program: buildProgram({ name: opCase.name, outputs }), weights: drawValues(value.shape, 'weights', [-1, 1]) }
}

async function evaluate(runtime: Runtime, opCase: OpCase, type: FloatType): Promise<Record<string, number[]>> {
  const { program, weights } = programOf(opCase, type)
  const executable = await runtime.compile(program)
  const feeds = { ...named(feedsOf(opCase)), ...(opCase.gradient ? { weights } : {}) }
  const typed = Object.fromEntries(
    Object.entries(feeds)
      .filter(([name]) => program.inputs.some((tensor) => tensor.name === name))
      .map(([name, values]) => [name, type === 'float32' ? Float32Array.from(values) : values]),
  )
  const outputs = Object.fromEntries(Object.entries(await executable.run(typed)).map(([name, values]) => [name, Array.from(values)]))
  await executable.dispose()
  return outputs
}

export const expectClose = (got: readonly number[], wanted: readonly number[], tolerance: number, what: string): void => {
  expect(got.length, what).toBe(wanted.length)
  got.forEach((value, index) => expect(Math.abs(value - wanted[index]!), `${what}[${index}]: ${value} and ${wanted[index]}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(wanted[index]!))))
}

export interface OpSuite {
  name: string
  runtime(): Promise<Runtime>
  /** What the values are measured against. */
  oracle(): Promise<Runtime>
  type: FloatType
  applies?(opCase: OpCase): boolean
}

/** Every operator's value and gradient on one runtime, against another that others wrote. */
export function suite({ name, runtime, oracle, type, applies = () => true }: OpSuite): void {
  describe(`${name}, ${type}`, () => {
    let [tested, trusted]: [Runtime | null, Runtime | null] = [null, null]
    beforeAll(async () => {
      ;[tested, trusted] = [await runtime(), await oracle()]
    })
    it.each(allCases.filter(applies))('$name has the value and gradient of the oracle', async (opCase) => {
      const wanted = await evaluate(trusted!, opCase, 'float32')
      const got = await evaluate(tested!, opCase, type)
      for (const [output, values] of Object.entries(wanted)) expectClose(got[output]!, values, 3e-5, output)
    })
  })
}
