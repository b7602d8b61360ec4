/** Okabe & Ito 2008: told apart with any colour vision. Black is left for ink. */
export const okabeIto = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#f0e442', '#8a8a8a'] as const
const okabeItoDark = ['#4ba3dd', '#e69f00', '#1fbf92', '#d98fb8', '#ee7a35', '#8fd0f5', '#f0e442', '#a8a8a8'] as const

export const lineTypes = ['solid', 'dashed', 'dotted'] as const
export const markers = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow'] as const

/** Colours repeat after eight; from there on, markers differ. */
export const colourOf = (index: number, dark: boolean): string => (dark ? okabeItoDark : okabeIto)[index % okabeIto.length]!
export const markerOf = (index: number): string => markers[Math.floor(index / okabeIto.length) % markers.length]!

/** #rrggbb as three numbers up to 255. */
export const rgbOf = (hex: string): [number, number, number] =>
  [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number]
const rgbCache = new Map<string, [number, number, number]>()

/** The colours of components, mixed in proportion to the responsibilities of one row. */
export function mixColours(colours: readonly string[], weights: ArrayLike<number>, start: number): string {
  let red = 0
  let green = 0
  let blue = 0
  for (let index = 0; index < colours.length; index += 1) {
    const weight = weights[start + index]!
    const hex = colours[index]!
    let rgb = rgbCache.get(hex)
    if (!rgb) rgbCache.set(hex, (rgb = rgbOf(hex)))
    red += weight * rgb[0]
    green += weight * rgb[1]
    blue += weight * rgb[2]
  }
  return `rgb(${Math.round(red)},${Math.round(green)},${Math.round(blue)})`
}

export interface ChartInk {
  ink: string
  soft: string
  faint: string
  line: string
  surface: string
}

export const chartInk = (dark: boolean): ChartInk =>
  dark
    ? { ink: '#e6e8ea', soft: '#aab1b9', faint: '#858d96', line: '#2a2f35', surface: '#1a1d21' }
    : { ink: '#1c2024', soft: '#565c64', faint: '#737981', line: '#e4e2dc', surface: '#fdfdfb' }
