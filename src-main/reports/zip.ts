import { zipSync } from 'fflate'

/** A date for the entries of a zip, so that equal contents are equal bytes. */
export const zipDate = '1980-01-01T12:00:00'

export const zipFiles = (files: Record<string, Uint8Array>): Uint8Array => zipSync(files, { level: 6, mtime: zipDate })
