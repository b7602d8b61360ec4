/*
 * Pictures that a window sent: shapes and letters only. Whatever could run, load or lead away makes the picture one that is not taken.
 */

const elements = new Set('svg g defs clipPath path rect circle ellipse line polyline polygon text tspan linearGradient radialGradient stop pattern'.split(' '))
const attribute = /\s+([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g

/** Fragments of the picture itself may be named, addresses may not. */
const leadsAway = (value: string): boolean => /url\(\s*['"]?(?!#)/i.test(value) || /javascript:|data:|expression\(|@import|https?:/i.test(value)

function isSafeTag(tag: string): boolean {
  const found = /^<\/?([\w:-]+)((?:\s+[\w:-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*\/?>$/.exec(tag)
  if (!found || !elements.has(found[1]!)) return false
  for (const [, name, double, single] of found[2]!.matchAll(attribute)) {
    const value = double ?? single ?? ''
    const isNameSpace = name === 'xmlns' || name === 'xmlns:xlink'
    if (isNameSpace) continue
    if (/^on/i.test(name!) || /href$/i.test(name!) || leadsAway(value)) return false
  }
  return true
}

/** Without the rules for a pointer that rests on it, which are for a screen. */
export const withoutStyles = (svg: string): string => svg.replaceAll(/<style\b[^>]*>[\s\S]*?<\/style>\s*/g, '').replaceAll(/ class="[^"]*"/g, '')

/** The picture without its styles, or null. */
export function safeSvg(svg: string): string | null {
  const text = withoutStyles(svg.trim().replace(/^<\?xml[^>]*\?>\s*/, ''))
  if (!text.startsWith('<svg') || !text.endsWith('</svg>') || text.includes('<!')) return null
  const tags = text.match(/<[^>]*>/g) ?? []
  // what is left between the tags holds no further sign of one
  const between = text.replaceAll(/<[^>]*>/g, '')
  return tags.every(isSafeTag) && !between.includes('<') && !between.includes('>') ? text : null
}
