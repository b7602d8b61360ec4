import type { Notice } from '@shared/domain/run'
import { RemoteError, toNotice } from '@shared/rpc/errors'

/** Whatever a call threw, as something that can be shown. */
export const noticeOf = (error: unknown): Notice =>
  error instanceof RemoteError ? error.toJSON() : isNotice(error) ? error : toNotice(error)

const isNotice = (value: unknown): value is Notice => typeof value === 'object' && value !== null && 'code' in value && 'details' in value
