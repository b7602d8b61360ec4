import zlib from 'node:zlib'
import { AppError } from '@shared/rpc/errors'
import type { Table } from 'apache-arrow'
import type { SourceFile } from '../source'
import { cellOf } from './cell-of'
import { type CellRecord, type Container, type Format, startsWith } from './format'
import { damaged, mostBytes, openRandomAccess } from './random-access'
import { unpackLz4Frame } from './lz4-frame'

const rowsPerPiece = 4096
const largestFile = 2 ** 31 - 1

/** Files and streams of Arrow's IPC format; Feather version 2 is the former. */
export const arrowFormat: Format = {
  format: 'arrow',
  endings: /\.(arrow|feather|ipc|arrows)$/i,
  recognizes: (head, path) => startsWith(head, 'ARROW1') || (/\.(arrow|feather|ipc|arrows)$/i.test(path) && head.length >= 8 && head.readUInt32LE(0) === 0xffffffff),
  open: openArrow,
}

async function openArrow(source: SourceFile): Promise<Container> {
  if (source.bytes > largestFile) throw new AppError('dataset/too-large-for-memory', { path: source.path, bytes: source.bytes })
  const { compressionRegistry, CompressionType, tableFromIPC } = await import('apache-arrow')
  const { decompressLz4Raw } = await import('hyparquet-compressors')
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => new Uint8Array(zlib.zstdDecompressSync(bytes, { maxOutputLength: mostBytes })) })
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (bytes) => unpackLz4Frame(bytes, decompressLz4Raw) })
  const file = await openRandomAccess(source)
  const bytes = await file.read(0, source.bytes).finally(() => file.close())
  const read = (): Table => {
    try {
      return tableFromIPC(bytes)
    } catch (error) {
      throw damaged(source.path, 'Arrow', error instanceof Error ? error.message : String(error))
    }
  }
  const table = read()
  const names = table.schema.fields.map(({ name }) => name)
  async function* records(limit: number): AsyncGenerator<CellRecord[]> {
    const columns = names.map((_, index) => table.getChildAt(index))
    for (let start = 0; start < limit; start += rowsPerPiece) {
      yield Array.from({ length: Math.min(rowsPerPiece, limit - start) }, (_, index) => ({
        line: start + index + 1,
        cells: columns.map((column) => cellOf(column?.get(start + index))),
      }))
    }
  }
  return {
    members: [{ name: 'table', about: `${table.numRows} × ${names.length}`, readable: true }],
    read: async (_member, firstRows = Infinity) => ({ kind: 'cells', names, records: records(Math.min(table.numRows, firstRows)) }),
    close: () => {},
  }
}
