import { z } from 'zod'

/** Formats of other programs that the host writes; ONNX is the worker's. */
export const exportFormatSchema = z.enum(['params', 'csv', 'tensorboard', 'mlflow'])
export type ExportFormat = z.infer<typeof exportFormatSchema>

export const reportLanguageSchema = z.enum(['en', 'zh'])
export type ReportLanguage = z.infer<typeof reportLanguageSchema>

/** What a report carries so that its runs can be run again and compared. */
export const reportManifestSchema = z.object({
  format: z.literal('latent-report'),
  version: z.literal(1),
  app: z.string(),
  createdAt: z.string(),
  runs: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      spec: z.unknown(),
      dataset: z.object({ name: z.string(), sha256: z.string() }),
      device: z.string().nullable(),
      runtime: z.string().nullable(),
      environment: z.record(z.string(), z.string()),
      metrics: z.record(z.string(), z.number().nullable()),
      /** Of every point of every metric. */
      seriesSha256: z.string(),
    }),
  ),
})
export type ReportManifest = z.infer<typeof reportManifestSchema>
