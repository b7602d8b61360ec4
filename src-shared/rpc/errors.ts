import type { Notice } from '../domain/run'
import { type MessageCode, sentence } from '../messages/messages'

/** What a user can cause or mend. The sentence comes from the message table, so that it exists in every language. */
export class AppError extends Error {
  override readonly name = 'AppError'
  constructor(
    readonly code: MessageCode,
    readonly details: Record<string, unknown> = {},
  ) {
    super(sentence(code, details, 'en'))
  }

  toJSON(): Notice {
    return { code: this.code, message: this.message, details: this.details }
  }
}

export const notice = (code: MessageCode, details: Record<string, unknown> = {}): Notice => ({
  code,
  message: sentence(code, details, 'en'),
  details,
})

/** Whatever was thrown, as something that can be sent and shown. A plain Error is a bug and says so. */
export function toNotice(error: unknown): Notice {
  if (error instanceof AppError || error instanceof RemoteError) return error.toJSON()
  return notice('system/internal', { problem: error instanceof Error ? error.message : String(error) })
}

/** An error that came over a transport. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError'
  readonly code: string
  readonly details: Record<string, unknown>
  constructor(remote: Notice) {
    super(remote.message)
    this.code = remote.code
    this.details = remote.details
  }
  toJSON(): Notice {
    return { code: this.code, message: this.message, details: this.details }
  }
}
