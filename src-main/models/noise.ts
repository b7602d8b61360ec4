import { type FloatType, type Shape, type Tensor, input } from '../graph/tensor'

/**
 * Random numbers that a program is fed with. Its inputs say by their names what they hold, and whoever runs the program draws it from a key:
 * `noise`, `noise/NAME`  standard normal
 * `uniform/NAME`         uniform in (0, 1)
 * `permutation/NAME`     [rows, columns] of int32: where the entries of a row-major [rows, columns] go when each column is shuffled by itself
 */
export interface Noise {
  normal(name: string, shape: Shape, type: FloatType): Tensor
  uniform(name: string, shape: Shape, type: FloatType): Tensor
  permutation(name: string, shape: Shape): Tensor
}

/** The same with names of its own, for a part that draws beside others. */
export const noiseUnder = (noise: Noise, prefix: string): Noise => {
  const own = (name: string): string => (name === '' ? prefix : `${prefix}/${name}`)
  return {
    normal: (name, shape, type) => noise.normal(own(name), shape, type),
    uniform: (name, shape, type) => noise.uniform(own(name), shape, type),
    permutation: (name, shape) => noise.permutation(own(name), shape),
  }
}

export const noiseInputs: Noise = {
  normal: (name, shape, type) => input(name === '' ? 'noise' : `noise/${name}`, shape, type),
  uniform: (name, shape, type) => input(`uniform/${name}`, shape, type),
  permutation: (name, shape) => input(`permutation/${name}`, shape, 'int32'),
}
