import { type FloatType, type Shape, type Tensor, input } from '../graph/tensor'

/**
 * Random numbers that a program is fed with. Its inputs say by their names what they hold, and whoever runs the program draws it from a key:
 * `noise`, `noise/NAME`  standard normal
 * `uniform/NAME`         uniform in (0, 1)
 * `permutation/NAME`     each column is a random order of 0 … rows−1, int32
 */
export interface Noise {
  normal(name: string, shape: Shape, type: FloatType): Tensor
  uniform(name: string, shape: Shape, type: FloatType): Tensor
  permutation(name: string, shape: Shape): Tensor
}

export const noiseInputs: Noise = {
  normal: (name, shape, type) => input(name === '' ? 'noise' : `noise/${name}`, shape, type),
  uniform: (name, shape, type) => input(`uniform/${name}`, shape, type),
  permutation: (name, shape) => input(`permutation/${name}`, shape, 'int32'),
}
