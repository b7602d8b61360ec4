import type { Block, Cell, Figure, ReportDocument } from './document'
import { figureSvg, ownIds, panelSvgs, usualSize } from './figure-svg'
import { formulaMathml } from './formula'
import { citation } from './references'
import type { RichBlock, RichInline } from './rich-text'
import { reportStyles } from './styles'
import { wordsOf } from './words'

/*
 * One file that needs nothing else: no address outside it, no script, all that a user typed escaped. Scripts of type application/json are data
 * that no browser runs; the policy in the head forbids everything but the styles and pictures inside.
 */

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')

/** JSON that cannot end the element it stands in. */
const dataScript = (id: string, value: unknown): string =>
  `<script type="application/json" id="${escapeHtml(id)}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`

export const manifestId = 'latent-manifest'

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = [bytes[at]!, bytes[at + 1], bytes[at + 2]]
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const four = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63].map((six) => alphabet[six]!)
    text += four.slice(0, Math.min(4, bytes.length - at + 1)).join('').padEnd(4, '=')
  }
  return text
}

const cellHtml = ({ text, value, bold }: Cell): string =>
  `<td${value === undefined ? '' : ` data-value="${value}" title="${value}"`}>${bold ? `<b>${escapeHtml(text)}</b>` : escapeHtml(text)}</td>`

/** Without the name space, which HTML does not need. */
const inlineSvg = (svg: string, title: string): string =>
  svg.replace(/ xmlns(:\w+)?="[^"]*"/g, '').replace('<svg', `<svg role="img" aria-label="${escapeHtml(title)}"`)

const oneFigure = (figure: Figure): string => inlineSvg(ownIds(figureSvg(figure), figure.name), figure.title)
function panels(figures: readonly Figure[]): string {
  const { across, panels: drawn, legend } = panelSvgs(figures, usualSize.width)
  const pictures = drawn.map((svg, at) => inlineSvg(ownIds(svg, figures[at]!.name), figures[at]!.title)).join('')
  return `<div class="panels" style="--across:${across}">${pictures}</div>${legend ? inlineSvg(ownIds(legend.svg, `${figures[0]!.name}-legend`), wordsOf('en').figures) : ''}`
}

const inlineHtml = (nodes: readonly RichInline[]): string => nodes.map(nodeHtml).join('')
function nodeHtml(node: RichInline): string {
  switch (node.kind) {
    case 'text':
      return escapeHtml(node.text)
    case 'strong':
      return `<strong>${inlineHtml(node.inner)}</strong>`
    case 'emphasis':
      return `<em>${inlineHtml(node.inner)}</em>`
    case 'code':
      return `<code>${escapeHtml(node.text)}</code>`
    case 'formula':
      return formulaMathml(node.tex, false)
  }
}

function richHtml(block: RichBlock): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level + 1}>${inlineHtml(block.inner)}</h${block.level + 1}>`
    case 'paragraph':
      return `<p>${inlineHtml(block.inner)}</p>`
    case 'quote':
      return `<blockquote>${inlineHtml(block.inner)}</blockquote>`
    case 'list': {
      const tag = block.ordered ? 'ol' : 'ul'
      return `<${tag}>${block.items.map((item) => `<li>${inlineHtml(item)}</li>`).join('')}</${tag}>`
    }
    case 'code':
      return `<pre><code>${escapeHtml(block.text)}</code></pre>`
    case 'formula':
      return `<div class="formula">${formulaMathml(block.tex, true)}</div>`
  }
}

/** Rows of a table that is not cut at the end of a page. */
const mostKeptTogether = 12
/** As wide as a page, but no picture of a few rows fills it. */
const enlarged = (width: number): number => Math.round(width * Math.max(1, Math.min(3, usualSize.width / width)))

export function blockHtml(block: Block, language: ReportDocument['language']): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${escapeHtml(block.text)}</h2>`
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`
    case 'rich':
      return block.blocks.map(richHtml).join('\n')
    case 'notices':
      return `<ul class="notices">${block.texts.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`
    case 'table': {
      const head = block.header.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')
      const rows = block.rows.map((row) => `<tr>${row.map(cellHtml).join('')}</tr>`).join('\n')
      return `<div class="wide${block.rows.length <= mostKeptTogether ? ' short' : ''}"><table><caption>${escapeHtml(block.caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${rows}\n</tbody></table></div>`
    }
    case 'figure': {
      const { figures, caption, about } = block
      const pictures = figures.length === 1 ? oneFigure(figures[0]!) : panels(figures)
      const data = figures.map((one) => dataScript(`data-${one.name}`, { ...about, ...one })).join('')
      return `<figure>${pictures}<figcaption>${escapeHtml(caption)}</figcaption>${data}</figure>`
    }
    case 'chart': {
      const { svg, name, title, caption, data } = block
      return `<figure>${inlineSvg(ownIds(svg, name), title)}<figcaption>${escapeHtml(caption)}</figcaption>${dataScript(`data-${name}`, data)}</figure>`
    }
    case 'picture': {
      const { png, width, height } = block.picture
      const caption = escapeHtml(block.caption)
      return `<figure><img alt="${caption}" width="${enlarged(width)}" height="${Math.round((height * enlarged(width)) / width)}" src="data:image/png;base64,${base64(png)}"><figcaption>${caption}</figcaption></figure>`
    }
    case 'references':
      return `<h2>${escapeHtml(wordsOf(language).references)}</h2><ol>${block.references.map((one) => `<li>${escapeHtml(citation(one))}</li>`).join('')}</ol>`
  }
}

export function reportHtml({ title, subtitle, language, blocks, manifest }: ReportDocument): string {
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:">
<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${reportStyles('body')}</style></head><body>
<h1>${escapeHtml(title)}</h1><p class="subtitle">${escapeHtml(subtitle)}</p>
${blocks.map((block) => blockHtml(block, language)).join('\n')}
${dataScript(manifestId, manifest)}
</body></html>
`
}
