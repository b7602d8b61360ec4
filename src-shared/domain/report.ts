import { z } from 'zod'

/** Formats of other programs that the host writes; ONNX is the worker's. */
export const exportFormatSchema = z.enum(['params', 'csv', 'tensorboard', 'mlflow'])
export type ExportFormat = z.infer<typeof exportFormatSchema>
