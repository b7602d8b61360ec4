import { type RandomKey, fillNormal, fillUniform } from './random'

/**
 * Gamma variates of rate 1, one for each shape > 0. Marsaglia & Tsang 2000; a shape below 1 is raised by 1 and the variate multiplied by
 * U^(1/shape).
 */
export function gammaVariates(shapes: Float64Array, key: RandomKey): Float64Array {
  const count = shapes.length
  const values = new Float64Array(count)
  const waiting = new Uint8Array(count).fill(1)
  const [normal, uniform] = [new Float64Array(count), new Float64Array(count)]
  for (let round = 0, left = count; left > 0; round += 1) {
    fillNormal(normal, { ...key, stream: `${key.stream}/normal` }, round)
    fillUniform(uniform, { ...key, stream: `${key.stream}/uniform` }, round)
    for (let index = 0; index < count; index += 1) {
      if (!waiting[index]) continue
      const d = Math.max(shapes[index]!, shapes[index]! < 1 ? shapes[index]! + 1 : 0) - 1 / 3
      const z = normal[index]!
      const v = (1 + z / Math.sqrt(9 * d)) ** 3
      if (v <= 0 || Math.log(uniform[index]!) >= 0.5 * z * z + d - d * v + d * Math.log(v)) continue
      values[index] = d * v
      waiting[index] = 0
      left -= 1
    }
  }
  fillUniform(uniform, { ...key, stream: `${key.stream}/boost` })
  return values.map((value, index) => (shapes[index]! < 1 ? value * uniform[index]! ** (1 / shapes[index]!) : value))
}
