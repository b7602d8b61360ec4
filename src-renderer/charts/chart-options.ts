import { plain } from '../i18n/format'
import { chartInk } from './palette'

// ECharts puts the names of fonts into attributes as they are: a double quote would end them
export const font = getComputedStyle(document.documentElement).getPropertyValue('--font').replaceAll('"', "'") || 'sans-serif'

export const axisLabel = (dark: boolean): object => ({
  color: chartInk(dark).faint,
  fontFamily: font,
  fontSize: 11,
  hideOverlap: true,
  formatter: (value: number) => plain(value),
})

/** A value axis: title with its unit, thin lines, no zero forced. */
export function axis(title: string, dark: boolean, extra: object = {}): object {
  const ink = chartInk(dark)
  return {
    type: 'value',
    name: title,
    nameLocation: 'middle',
    nameTextStyle: { color: ink.soft, fontFamily: font, fontSize: 11.5 },
    scale: true,
    axisLine: { show: true, onZero: false, lineStyle: { color: ink.line } },
    axisTick: { show: false },
    axisLabel: axisLabel(dark),
    splitLine: { lineStyle: { color: ink.line, opacity: 0.6 } },
    ...extra,
  }
}

export const horizontalAxis = (title: string, dark: boolean, extra: object = {}): object => axis(title, dark, { nameGap: 26, ...extra })
export const verticalAxis = (title: string, dark: boolean, extra: object = {}): object => axis(title, dark, { nameGap: 52, ...extra })

export const chartGrid = { left: 68, right: 18, top: 14, bottom: 44 }

export function tooltip(dark: boolean, extra: object = {}): object {
  const ink = chartInk(dark)
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: ink.surface,
    borderColor: ink.line,
    padding: [6, 9],
    textStyle: { color: ink.ink, fontFamily: font, fontSize: 12 },
    extraCssText: 'box-shadow: var(--shadow); border-radius: 6px;',
    ...extra,
  }
}

export function legend(dark: boolean, extra: object = {}): object {
  const ink = chartInk(dark)
  return {
    type: 'plain',
    top: 0,
    right: 8,
    itemWidth: 22,
    itemHeight: 8,
    itemGap: 14,
    icon: undefined,
    textStyle: { color: ink.soft, fontFamily: font, fontSize: 11.5 },
    inactiveColor: ink.line,
    ...extra,
  }
}

/** Names on pages of one line, with arrows in the ink of the theme. */
export function pagedLegend(dark: boolean): object {
  const ink = chartInk(dark)
  return { type: 'scroll', pageIconColor: ink.soft, pageIconInactiveColor: ink.line, pageIconSize: 10, pageTextStyle: { color: ink.faint, fontFamily: font, fontSize: 11 } }
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** Names come from files of the user and end in the HTML of a tooltip. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => escapes[character]!)
