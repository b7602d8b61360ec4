import { isSafeFormula } from './formula'

/*
 * The Markdown that texts of a report are written in: headings, paragraphs, lists, quotes, code, tables are left to blocks of their own;
 * within a line bold, emphasis, code, addresses and formulas between dollar signs. HTML is text like any other. A formula with a command
 * that is none of mathematics stays text too.
 */

export type RichInline =
  | { kind: 'text'; text: string }
  | { kind: 'strong' | 'emphasis'; inner: RichInline[] }
  | { kind: 'code'; text: string }
  | { kind: 'formula'; tex: string }

export type RichBlock =
  | { kind: 'heading'; level: 1 | 2 | 3; inner: RichInline[] }
  | { kind: 'paragraph' | 'quote'; inner: RichInline[] }
  | { kind: 'list'; ordered: boolean; items: RichInline[][] }
  | { kind: 'code'; text: string }
  | { kind: 'formula'; tex: string }

const escapable = /^[\\`*_{}[\]()#+\-.!$<>|~&]/

/** `marker` … `marker` from `from`, neither empty nor across an escaped one; −1 where it does not end. */
function endOf(text: string, marker: string, from: number): number {
  for (let at = text.indexOf(marker, from); at > 0; at = text.indexOf(marker, at + 1)) if (text[at - 1] !== '\\' && at > from) return at
  return -1
}

interface Found {
  node: RichInline
  next: number
}

function formulaAt(text: string, at: number): Found | null {
  if (text[at] !== '$' || /[\s$]/.test(text[at + 1] ?? ' ')) return null
  const end = endOf(text, '$', at + 1)
  // a space before the second sign, or a digit after it: two prices, no formula
  if (end < 0 || /\s/.test(text[end - 1]!) || /\d/.test(text[end + 1] ?? '')) return null
  const tex = text.slice(at + 1, end)
  return isSafeFormula(tex) ? { node: { kind: 'formula', tex }, next: end + 1 } : null
}

function markedAt(text: string, at: number): Found | null {
  const marker = ['**', '__', '*', '_'].find((one) => text.startsWith(one, at))
  if (!marker || /\s/.test(text[at + marker.length] ?? ' ')) return null
  // an underscore within a word is part of it: train_loss
  const isInWord = (place: number): boolean => marker[0] === '_' && /[\p{L}\p{N}]/u.test(text[place] ?? ' ')
  if (isInWord(at - 1)) return null
  const end = endOf(text, marker, at + marker.length)
  if (end < 0 || isInWord(end + marker.length) || /\s/.test(text[end - 1]!)) return null
  const inner = parseInline(text.slice(at + marker.length, end))
  return { node: { kind: marker.length === 2 ? 'strong' : 'emphasis', inner }, next: end + marker.length }
}

function codeAt(text: string, at: number): Found | null {
  if (text[at] !== '`') return null
  const end = text.indexOf('`', at + 1)
  return end > at + 1 ? { node: { kind: 'code', text: text.slice(at + 1, end) }, next: end + 1 } : null
}

/** `[words](address)` as words and address: a report leads nowhere by itself. */
function addressAt(text: string, at: number): Found | null {
  const found = /^!?\[([^\][]*)\]\(([^()\s]*)\)/.exec(text.slice(at))
  if (!found) return null
  const [whole, words, address] = found
  return { node: { kind: 'text', text: words === '' || words === address ? address! : `${words} (${address})` }, next: at + whole.length }
}

export function parseInline(text: string): RichInline[] {
  const nodes: RichInline[] = []
  let plain = ''
  const flush = (): void => {
    if (plain !== '') nodes.push({ kind: 'text', text: plain })
    plain = ''
  }
  for (let at = 0; at < text.length; ) {
    if (text[at] === '\\' && escapable.test(text.slice(at + 1))) {
      plain += text[at + 1]
      at += 2
      continue
    }
    const found = formulaAt(text, at) ?? codeAt(text, at) ?? markedAt(text, at) ?? addressAt(text, at)
    if (found) {
      flush()
      nodes.push(found.node)
      at = found.next
    } else plain += text[at++]
  }
  flush()
  return nodes
}

const bullet = /^\s{0,3}[-*+]\s+/
const number = /^\s{0,3}\d{1,9}[.)]\s+/
const startsBlock = /^(#{1,3}\s|\s{0,3}[-*+]\s|\s{0,3}\d{1,9}[.)]\s|>|```|\$\$)/

/** Lines from `from` on up to the one that `isEnd` holds for. */
function until(lines: readonly string[], from: number, isEnd: (line: string) => boolean): string[] {
  const end = lines.findIndex((line, index) => index >= from && isEnd(line))
  return lines.slice(from, end < 0 ? undefined : end)
}

export function parseRichText(source: string): RichBlock[] {
  const lines = source.replaceAll('\r\n', '\n').split('\n')
  const blocks: RichBlock[] = []
  for (let at = 0; at < lines.length; ) {
    const [block, taken] = blockAt(lines, at)
    if (block) blocks.push(block)
    at += taken
  }
  return blocks
}

function blockAt(lines: readonly string[], at: number): [RichBlock | null, number] {
  const line = lines[at]!
  if (line.trim() === '') return [null, 1]
  const heading = /^(#{1,3})\s+(.*?)\s*#*$/.exec(line)
  if (heading) return [{ kind: 'heading', level: heading[1]!.length as 1 | 2 | 3, inner: parseInline(heading[2]!) }, 1]
  if (line.startsWith('```')) {
    const inner = until(lines, at + 1, (one) => one.startsWith('```'))
    return [{ kind: 'code', text: inner.join('\n') }, inner.length + 2]
  }
  if (line.startsWith('$$')) return displayFormula(lines, at)
  if (line.startsWith('>')) {
    const inner = until(lines, at, (one) => !one.startsWith('>'))
    return [{ kind: 'quote', inner: parseInline(inner.map((one) => one.replace(/^>\s?/, '')).join(' ')) }, inner.length]
  }
  const marker = [bullet, number].find((one) => one.test(line))
  if (marker) {
    const items = until(lines, at, (one) => !marker.test(one))
    return [{ kind: 'list', ordered: marker === number, items: items.map((one) => parseInline(one.replace(marker, ''))) }, items.length]
  }
  const more = until(lines, at + 1, (one) => one.trim() === '' || startsBlock.test(one))
  return [{ kind: 'paragraph', inner: parseInline([line, ...more].join(' ')) }, 1 + more.length]
}

/** `$$ … $$`, on one line or several. */
function displayFormula(lines: readonly string[], at: number): [RichBlock, number] {
  const rest = lines.slice(at).join('\n')
  const end = rest.indexOf('$$', 2)
  const whole = end < 0 ? rest : rest.slice(0, end + 2)
  const tex = whole.slice(2, end < 0 ? undefined : -2).trim()
  const taken = whole.split('\n').length
  return end > 0 && tex !== '' && isSafeFormula(tex)
    ? [{ kind: 'formula', tex }, taken]
    : [{ kind: 'paragraph', inner: [{ kind: 'text', text: whole.replaceAll('\n', ' ') }] }, taken]
}
