import { z } from 'zod'

/* Networks between data and latents. */

export const activationSchema = z.enum(['relu', 'leaky-relu', 'elu', 'gelu', 'silu', 'tanh', 'softplus', 'sigmoid', 'identity'])
export type Activation = z.infer<typeof activationSchema>

export const normSchema = z.enum(['none', 'batch', 'layer'])
export type Norm = z.infer<typeof normSchema>

export const networkSchema = z.strictObject({
  /** Filters of convolutional layers, from the picture inwards; without any, all layers are dense. Pictures only. */
  channels: z.array(z.int().min(1).max(4096)).max(12).default([]),
  /** Side of a filter, in pixels, and how far it moves from one place to the next. */
  kernel: z.int().min(1).max(31).default(3),
  stride: z.int().min(1).max(8).default(2),
  /** Widths of the dense hidden layers, from the input side to the output side. */
  mlp: z.array(z.int().min(1).max(16384)).max(16).default([512]),
  activation: activationSchema.default('relu'),
  /** Between each hidden layer and its activation. */
  norm: normSchema.default('none'),
  /** Probability that a hidden value is set to 0 in a training step. */
  dropout: z.number().min(0).max(0.95).default(0),
  /** Blocks h + f(h) after each hidden layer. */
  residualBlocks: z.int().min(0).max(16).default(0),
})
export type Network = z.infer<typeof networkSchema>
