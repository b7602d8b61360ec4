import { AppError } from '@shared/rpc/errors'

/** What the disk refused, as something a user can mend; null for every other error. */
export function storageError(error: unknown, home: string): AppError | null {
  const { code, message } = error as { code?: unknown; message?: string }
  if (typeof code !== 'string') return null
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return new AppError('system/disk-full', { home })
  const isRefused = code === 'EROFS' || code === 'EACCES' || /^SQLITE_(READONLY|IOERR|CANTOPEN|PERM)/.test(code)
  return isRefused ? new AppError('system/home-unwritable', { home, reason: message ?? code }) : null
}
