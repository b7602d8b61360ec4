import { join } from 'node:path'
import { createFontSubsetter } from '../jobs/font-subset'

export interface FigureFonts {
  /** A picture, or a page with pictures, with the letters it shows inside. */
  inSvg(svg: string): Promise<string>
  inPage(html: string): Promise<string>
  /** Where the font lies, for programs that draw letters from files. */
  folder: string
}

/** Letters of figures, Chinese too, from the font in the program's resources. */
export function createFigureFonts(resourcesFolder: string): FigureFonts {
  const folder = join(resourcesFolder, 'fonts')
  const subset = createFontSubsetter(join(folder, 'NotoSansSC-Regular.ttf'))
  const fontOf = (letters: string): string => Buffer.from(subset(letters)).toString('base64')
  return {
    folder,
    inSvg: async (svg) => {
      const { lettersOf, svgWithFont } = await import('../reports/own-letters')
      return svgWithFont(svg, fontOf(lettersOf(svg)))
    },
    inPage: async (html) => {
      const { sortedLetters, pageWithFonts } = await import('../reports/own-letters')
      const { others, chinese } = sortedLetters(html)
      return pageWithFonts(html, fontOf(others), chinese === '' ? null : fontOf(chinese))
    },
  }
}
