import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Blob, Face } from 'harfbuzzjs'
import { describe, expect, it } from 'vitest'
import { figureSvg } from '../reports/figure-svg'
import { inFigureFont, lettersOf } from '../reports/own-letters'
import { createFigureFonts } from './figure-fonts'

const fonts = createFigureFonts(resolve('resources'))
const figure = { name: 'f', title: '对数似然', xLabel: '迭代', yLabel: '对数似然（每行 nats）', curves: [{ label: '高斯 & <混合>', step: [0, 1, 2], value: [3, 1, 2] }, { label: 'σ²', step: [0, 1], value: [1, 2] }] }

/** The letters of the font inside, by HarfBuzz's own reader. */
function lettersInside(markup: string): string[] {
  const base64 = /data:font\/ttf;base64,([^)]*)\)/.exec(markup)?.[1] ?? ''
  const bytes = Buffer.from(base64, 'base64')
  return [...new Face(new Blob(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer)).collectUnicodes()].map((one) => String.fromCodePoint(one))
}

describe('letters that a figure brings along', () => {
  it('are exactly those it shows, Chinese too, in a few thousand bytes', async () => {
    const svg = figureSvg(figure)
    const whole = await fonts.inSvg(svg)
    expect([...lettersOf(svg)]).toEqual(expect.arrayContaining([...'迭代对数似然（每行）高斯混合σ²&<>']))
    expect(lettersInside(whole).sort()).toEqual([...lettersOf(svg)].sort())
    expect(whole.length - svg.length).toBeLessThan(25_000)
    expect(whole.replace(/<style>.*?<\/style>/, '')).toBe(svg)
  })
  it('every text of a figure asks for the font inside before any other, also in a chart of a screen', () => {
    const families = (svg: string): string[] => [...svg.matchAll(/font-family[:=]"?([^;"]+)/g)].map((found) => found[1]!.trim())
    expect(new Set(families(figureSvg(figure)))).toEqual(new Set(['Noto Sans SC, Noto Sans SC Han, sans-serif']))
    expect(families(inFigureFont('<svg><text style="font-size:12px;font-family:Inter, system-ui;">a</text><text font-family="serif">b</text></svg>'))).toEqual(Array(2).fill('Noto Sans SC, Noto Sans SC Han, sans-serif'))
  })
  it('letters that the font lacks are left to the reader, and markup, scripts and styles are no letters', async () => {
    const whole = await fonts.inSvg('<svg><style>z{}</style><text>a😀</text><script>q</script></svg>')
    expect(lettersInside(whole)).toEqual([' ', 'a'])
  })
  it('a page has one font of its letters, and one of its Chinese ones, for figures and text alike', async () => {
    const page = await fonts.inPage('<html><head><style>p{}</style></head><body><p>期望 EM</p><svg><text>最大化</text></svg></body></html>')
    const [others, chinese] = page.match(/@font-face\{[^}]*\}/g)!
    expect([lettersInside(others!), lettersInside(chinese!)]).toEqual([[' ', 'E', 'M'], [...'化大最期望'].sort()])
    expect(chinese).toContain('"Noto Sans SC Han"')
    expect((await fonts.inPage('<style></style><p>EM</p>')).match(/@font-face/g)).toHaveLength(1)
  })
  it('the font may be given away, and says so', () => {
    expect(readFileSync(resolve('resources/fonts/OFL.txt'), 'utf8')).toContain('SIL OPEN FONT LICENSE Version 1.1')
  })
})
