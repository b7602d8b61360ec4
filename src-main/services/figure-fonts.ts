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
  const with_ = async (markup: string, put: (markup: string, base64: string) => string): Promise<string> => {
    const { lettersOf } = await import('../reports/own-letters')
    return put(markup, Buffer.from(subset(lettersOf(markup))).toString('base64'))
  }
  return {
    folder,
    inSvg: async (svg) => with_(svg, (await import('../reports/own-letters')).svgWithFont),
    inPage: async (html) => with_(html, (await import('../reports/own-letters')).pageWithFont),
  }
}
