import { z } from 'zod'
import type { Reply } from '@shared/rpc/client'
import { type MethodName, methods } from '@shared/rpc/contract'
import { AppError, RemoteError, toNotice } from '@shared/rpc/errors'
import type { Handlers } from '@shared/rpc/handlers'

export type Dispatch = (method: string, input: unknown) => Promise<Reply>

export interface RouterOptions {
  /** Tests check what goes out too; at run time the types have to do. */
  checkOutputs?: boolean
  /** Finds words for errors that are not bugs although they come as plain ones, e.g. of the disk. */
  explain?(error: unknown): AppError | null
  /** Hears of errors that are bugs. */
  onBug(method: string, error: unknown): void
}

/** Parses what comes in by the contract, and turns whatever is thrown into a reply. */
export function createRouter(handlers: Handlers, { checkOutputs = false, explain, onBug }: RouterOptions): Dispatch {
  return async (method, input) => {
    try {
      if (!Object.hasOwn(methods, method)) throw new AppError('system/unknown-method', { method })
      const name = method as MethodName
      const parsed = methods[name].input.safeParse(input)
      if (!parsed.success) throw new AppError('system/bad-request', { method, problem: z.prettifyError(parsed.error) })
      // input and handler belong to the same method; TypeScript cannot follow the pair through the table
      const handle = handlers[name] as (input: unknown) => unknown
      const value = await handle(parsed.data)
      return { ok: true, value: checkOutputs ? methods[name].output.parse(value) : value }
    } catch (thrown) {
      const error = explain?.(thrown) ?? thrown
      if (!(error instanceof AppError || error instanceof RemoteError)) onBug(method, error)
      return { ok: false, error: toNotice(error) }
    }
  }
}
