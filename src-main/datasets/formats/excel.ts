import { AppError } from '@shared/rpc/errors'
import type { SourceFile } from '../source'
import { cellOf } from './cell-of'
import { type CellRecord, type Container, type Format, startsWith } from './format'
import { damaged, openRandomAccess } from './random-access'
import { listZip } from './zip'

/** What the sheets of a workbook may unpack to: they are parsed as whole documents. */
const mostUnpacked = 1 << 29

export const excelFormat: Format = {
  format: 'excel',
  endings: /\.xls[xm]$/i,
  recognizes: (head, path) => startsWith(head, 'PK') && (/\.xls[xm]$/i.test(path) || head.includes('xl/') || head.includes('[Content_Types].xml')),
  open: openExcel,
}

async function openExcel(source: SourceFile): Promise<Container> {
  const { path } = source
  const file = await openRandomAccess(source)
  let bytes: Buffer
  try {
    const unpacked = (await listZip(file)).reduce((sum, { size }) => sum + size, 0)
    if (unpacked > mostUnpacked) throw new AppError('dataset/unpacked-too-large', { path, member: 'workbook', bytes: unpacked })
    bytes = await file.read(0, source.bytes)
  } finally {
    file.close()
  }
  const { default: readWorkbook } = await import('read-excel-file/node')
  const sheets = await readWorkbook(bytes).catch((error: unknown) => {
    throw damaged(path, 'Excel', error instanceof Error ? error.message : String(error))
  })
  async function* records(data: unknown[][]): AsyncGenerator<CellRecord[]> {
    yield data.flatMap((row, index) => {
      const cells = row.map(cellOf)
      return cells.every((cell) => cell === null) ? [] : [{ line: index + 1, cells }]
    })
  }
  return {
    members: sheets.map(({ sheet, data }) => ({ name: sheet, about: `${data.length} × ${data[0]?.length ?? 0}`, readable: data.length > 0 })),
    read: async (member) => ({ kind: 'cells', names: null, records: records(sheets.find(({ sheet }) => sheet === member)!.data) }),
    close: () => {},
  }
}
