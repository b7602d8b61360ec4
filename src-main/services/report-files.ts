import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import { type ReportFormat, reportFormatSchema } from '@shared/domain/report'
import { AppError } from '@shared/rpc/errors'
import { printPdf } from '../jobs/print-pdf'
import type { ReportDocument } from '../reports/document'
import { writeFile } from './exports'
import type { FigureFonts } from './figure-fonts'

/* A report as files. What draws figures is loaded where a report is made, not with every command. */

const endings = reportFormatSchema.options.map((format) => `.${format}`)

export function formatOfPath(out: string): ReportFormat {
  const found = reportFormatSchema.safeParse(extname(out).slice(1))
  if (!found.success) throw new AppError('export/ending', { path: out, endings })
  return found.data
}

async function pdfOf(html: string, out: string): Promise<Uint8Array> {
  const scratch = mkdtempSync(join(tmpdir(), 'latent-report-'))
  try {
    const printed = join(scratch, 'report.pdf')
    await printPdf(writeFile(join(scratch, 'report.html'), html), printed, `${out.slice(0, -'.pdf'.length)}.html`)
    return readFileSync(printed)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

export type Files = Record<string, string | Uint8Array>

/** Every file of the report by its path from the folder it lies in; the first is the report itself. */
export async function reportFiles(document: ReportDocument, format: ReportFormat, name: string, fonts: FigureFonts): Promise<Files> {
  const assets = `${name}-files`
  const [{ reportHtml }, { reportMarkdown }, { reportLatex }] = [await import('../reports/html'), await import('../reports/markdown'), await import('../reports/latex')]
  switch (format) {
    case 'html':
      return { [`${name}.html`]: await fonts.inPage(reportHtml(document)) }
    case 'pdf':
      return { [`${name}.pdf`]: await pdfOf(await fonts.inPage(reportHtml(document)), `${name}.pdf`) }
    case 'md':
    case 'tex': {
      const { text, files } = format === 'md' ? reportMarkdown(document, assets) : reportLatex(document, assets)
      const lettered = await Promise.all(Object.entries(files).map(async ([path, content]) => [path, typeof content === 'string' && path.endsWith('.svg') ? await fonts.inSvg(content) : content] as const))
      return { [`${name}.${format}`]: text, ...Object.fromEntries(lettered) }
    }
  }
}

/** Whole or not at all: what lies beside the report is written first. Gives the size of the report itself. */
export async function writeReport(document: ReportDocument, out: string, fonts: FigureFonts): Promise<number> {
  const format = formatOfPath(out)
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory()) throw new AppError('export/is-folder', { path: out })
  const files = await reportFiles(document, format, basename(out, extname(out)), fonts)
  for (const [path, content] of Object.entries(files).reverse()) writeFile(join(dirname(out), path), content)
  return statSync(out).size
}

/** A name that is one name of a file everywhere: letters of every language stay, what a path could be made of does not. */
export const fileNameOf = (title: string): string => title.replaceAll(/[\\/:*?"<>|\p{Cc}]+/gu, '-').replaceAll(/^[.\s-]+|[.\s-]+$/g, '').slice(0, 80) || 'report'

/** One file as it is; several in a zip. */
export async function packed(files: Files, name: string): Promise<{ name: string; bytes: Uint8Array }> {
  const entries = Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? new TextEncoder().encode(content) : content] as const)
  if (entries.length === 1) return { name: entries[0]![0], bytes: entries[0]![1] }
  const { zipFiles } = await import('../reports/zip')
  return { name: `${name}.zip`, bytes: zipFiles(Object.fromEntries(entries)) }
}
