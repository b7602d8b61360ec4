import { join } from 'node:path'
import { AppError } from '@shared/rpc/errors'

export interface RasterOptions {
  dpi: number
  /** Of the picture, in pixels; without it, what the dots per inch make of the size that the SVG says. */
  widthPixels?: number
  /** A fonts.conf there names the font that figures are lettered in, before those of this machine. */
  fontFolder: string
}

const cssPixelsPerInch = 96
/** More than 30,000 pixels along a side is a slip of the keyboard. */
export const mostPixels = 30_000

/** A PNG of an SVG, on white, that says how many dots there are to the inch. */
export async function rasterize(svg: string, { dpi, widthPixels, fontFolder }: RasterOptions): Promise<Uint8Array> {
  const own = /^<svg[^>]*?\swidth="([\d.]+)/.exec(svg)?.[1]
  const width = Math.round(widthPixels ?? (Number(own ?? '720') / cssPixelsPerInch) * dpi)
  if (!(width >= 1 && width <= mostPixels)) throw new AppError('figure/too-large', { pixels: width, most: mostPixels })
  // read once, when letters are first drawn
  process.env['FONTCONFIG_FILE'] ??= join(fontFolder, 'fonts.conf')
  // loaded where a picture is drawn, not with every command
  const { default: sharp } = await import('sharp')
  const density = Math.min(2400, Math.max(72, (72 * width) / Number(own ?? '720')))
  return sharp(Buffer.from(svg), { density, limitInputPixels: mostPixels ** 2 }).resize({ width }).flatten({ background: '#ffffff' }).withMetadata({ density: dpi }).png().toBuffer()
}
