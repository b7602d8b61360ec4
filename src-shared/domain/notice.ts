import { z } from 'zod'

/** What went wrong or deserves a look, in words. `message` is English; other languages are made from `code` and `details`. */
export const noticeSchema = z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
export type Notice = z.infer<typeof noticeSchema>
