import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { figureFormatSchema, type FigureFormat, type FigureLook } from '@shared/domain/report'
import { AppError } from '@shared/rpc/errors'
import { printPdf } from '../jobs/print-pdf'
import { rasterize } from '../jobs/rasterize'
import type { Block, Figure } from '../reports/document'
import { writeFile } from './exports'
import type { FigureFonts } from './figure-fonts'

/* A figure by itself, in the width a journal asks for. */

const millimetresPerInch = 25.4
const cssPixelsPerInch = 96

export function figureFormatOf(out: string): FigureFormat {
  const found = figureFormatSchema.safeParse(extname(out).slice(1))
  if (!found.success) throw new AppError('export/ending', { path: out, endings: figureFormatSchema.options.map((format) => `.${format}`) })
  return found.data
}

/** Letters keep their size; narrow figures are higher for their width. */
export function sizeOf(widthMm: number): { width: number; height: number } {
  const width = Math.round((widthMm / millimetresPerInch) * cssPixelsPerInch)
  return { width, height: Math.round(width * (widthMm < 120 ? 0.72 : 0.5)) }
}

async function pdfOf(svg: string, widthMm: number, heightMm: number, instead: string): Promise<Uint8Array> {
  const scratch = mkdtempSync(join(tmpdir(), 'latent-figure-'))
  try {
    const page = `<!doctype html><meta charset="utf-8"><style>@page{size:${widthMm}mm ${heightMm}mm;margin:0}html,body{margin:0;height:100%;overflow:hidden}svg{display:block;width:100%;height:auto}</style>${svg}`
    const printed = join(scratch, 'figure.pdf')
    await printPdf(writeFile(join(scratch, 'figure.html'), page), printed, instead)
    return readFileSync(printed)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The bytes of what was drawn: several figures stand side by side, and one under the other in their numbers. */
export async function figureBytes(figures: readonly Figure[], format: FigureFormat, { widthMm, dpi }: FigureLook, fonts: FigureFonts): Promise<string | Uint8Array> {
  const [{ joinedSvg }, { figureCsv }] = [await import('../reports/figure-svg'), await import('../reports/figure-csv')]
  if (format === 'csv') return figures.map(figureCsv).join('\n')
  const { svg, size } = joinedSvg(figures, sizeOf(widthMm))
  return pictureBytes(svg, format, { widthMm, dpi, heightMm: (widthMm * size.height) / size.width }, fonts)
}

async function pictureBytes(svg: string, format: Exclude<FigureFormat, 'csv'>, { widthMm, dpi, heightMm }: FigureLook & { heightMm: number }, fonts: FigureFonts): Promise<string | Uint8Array> {
  if (format === 'svg') return fonts.inSvg(svg)
  if (format === 'png') return rasterize(svg, { dpi, widthPixels: Math.round((widthMm / millimetresPerInch) * dpi), fontFolder: fonts.folder })
  return pdfOf(await fonts.inSvg(svg), widthMm, heightMm, 'a .svg file')
}

/** What a block drew, as files: one figure as NAME.format, several numbered; a chart of a screen in the size it had. */
export async function blockFiles(block: Block, format: FigureFormat, look: FigureLook, name: string, fonts: FigureFonts): Promise<Record<string, string | Uint8Array>> {
  if (block.kind === 'figure') {
    const entries = await Promise.all(
      block.figures.map(async (figure, index) => [`${name}${block.figures.length > 1 ? `-${index + 1}` : ''}.${format}`, await figureBytes([figure], format, look, fonts)] as const),
    )
    return Object.fromEntries(entries)
  }
  if (block.kind === 'chart') {
    const { tableCsv } = await import('../reports/figure-csv')
    const [width, height] = [/\swidth="([\d.]+)/, /\sheight="([\d.]+)/].map((one) => Number(one.exec(block.svg)?.[1] ?? 1)) as [number, number]
    return { [`${name}.${format}`]: format === 'csv' ? tableCsv(block.data) : await pictureBytes(block.svg, format, { ...look, heightMm: (look.widthMm * height) / width }, fonts) }
  }
  if (block.kind === 'picture' && format === 'png') return { [`${name}.png`]: block.picture.png }
  throw new AppError('figure/none', {})
}
