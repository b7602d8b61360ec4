import { AppError } from '@shared/rpc/errors'
import type { SourceFile } from '../source'
import type { Cell } from '../csv-table'
import { cellOf } from './cell-of'
import { type CellRecord, type Container, type Format, startsWith } from './format'
import { damaged, openRandomAccess, type RandomAccess } from './random-access'

/** Rows are unpacked so many at a time. */
const rowsPerPiece = 8192
/** What one piece of one column may unpack to. */
const mostPageBytes = 1 << 30

export const parquetFormat: Format = {
  format: 'parquet',
  endings: /\.(parquet|pq)$/i,
  recognizes: (head) => startsWith(head, 'PAR1'),
  open: openParquet,
}

async function openParquet(source: SourceFile): Promise<Container> {
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet')
  const { compressors } = await import('hyparquet-compressors')
  const file = await openRandomAccess(source)
  const said = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      return await task()
    } catch (error) {
      if (error instanceof AppError) throw error
      throw damaged(source.path, 'Parquet', error instanceof Error ? error.message : String(error))
    }
  }
  try {
    const buffer = asyncBufferOf(file)
    const metadata = await said(() => parquetMetadataAsync(buffer))
    checkSizes(source, metadata)
    const names = metadata.schema.slice(1).map(({ name }) => name)
    const nested = metadata.schema.slice(1).some(({ num_children }) => num_children !== undefined)
    const top = nested ? topLevel(metadata.schema) : names
    const rows = Number(metadata.num_rows)
    async function* records(limit: number): AsyncGenerator<CellRecord[]> {
      for (let rowStart = 0; rowStart < limit; rowStart += rowsPerPiece) {
        const rowEnd = Math.min(limit, rowStart + rowsPerPiece)
        const objects = await said(() => parquetReadObjects({ file: buffer, metadata, compressors, rowStart, rowEnd }))
        yield objects.map((object, index) => ({ line: rowStart + index + 1, cells: top.map((name): Cell => cellOf(object[name])) }))
      }
    }
    return {
      members: [{ name: 'table', about: `${rows} × ${top.length}`, readable: true }],
      read: async (_member, firstRows = Infinity) => ({ kind: 'cells', names: top, records: records(Math.min(rows, firstRows)) }),
      close: file.close,
    }
  } catch (error) {
    file.close()
    throw error
  }
}

const asyncBufferOf = (file: RandomAccess): { byteLength: number; slice(start: number, end?: number): Promise<ArrayBuffer> } => ({
  byteLength: file.bytes,
  slice: async (start, end = file.bytes) => {
    const bytes = await file.read(start, end - start)
    return new Uint8Array(bytes).buffer
  },
})

interface SizedMetadata {
  row_groups: { columns: { meta_data?: { total_uncompressed_size: bigint } | undefined }[] }[]
}

function checkSizes({ path }: SourceFile, { row_groups: groups }: SizedMetadata): void {
  for (const { columns } of groups) {
    for (const { meta_data: about } of columns) {
      const bytes = Number(about?.total_uncompressed_size ?? 0n)
      if (bytes < 0 || bytes > mostPageBytes) throw new AppError('dataset/unpacked-too-large', { path, member: 'table', bytes })
    }
  }
}

/** Names of the columns themselves, without those inside lists and records. */
function topLevel(schema: { name: string; num_children?: number | undefined }[]): string[] {
  const names: string[] = []
  const skip = (at: number): number => {
    let next = at + 1
    for (let child = 0; child < (schema[at]?.num_children ?? 0); child += 1) next = skip(next)
    return next
  }
  for (let at = 1; at < schema.length; at = skip(at)) names.push(schema[at]!.name)
  return names
}
