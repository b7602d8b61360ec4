import type { Block, Cell, ReportDocument } from './document'
import { figureSvg } from './figure-svg'
import { citation } from './references'
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

const styles = `
:root{color-scheme:light}body{font:15px/1.55 Georgia,"Noto Serif CJK SC","Songti SC",SimSun,serif;color:#1a1a1a;background:#fff;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.25;margin-bottom:.2rem}h2{font-size:1.2rem;margin-top:2rem;break-after:avoid}.subtitle{color:#555}
table{border-collapse:collapse;margin:.6rem 0 1rem;border-top:2px solid #222;border-bottom:2px solid #222;font-size:.88rem;font-variant-numeric:tabular-nums}
th{border-bottom:1px solid #222;text-align:left}th,td{padding:.2rem .7rem;vertical-align:top;overflow-wrap:break-word}td[data-value]{text-align:right;white-space:nowrap}
caption,figcaption{text-align:left;color:#444;font-size:.85rem;padding:.3rem 0}caption{caption-side:top}figure{margin:1rem 0;break-inside:avoid}figure svg,figure img{max-width:100%;height:auto}
.notices{border-left:4px solid #d55e00;padding:.3rem 1rem;background:#fdf3ec}.notices li{margin:.2rem 0}tr{break-inside:avoid}
@page{margin:18mm}@media print{body{margin:0;max-width:none}}`

const cellHtml = ({ text, value, bold }: Cell): string =>
  `<td${value === undefined ? '' : ` data-value="${value}" title="${value}"`}>${bold ? `<b>${escapeHtml(text)}</b>` : escapeHtml(text)}</td>`

/** Without the name space, which HTML does not need. */
const inlineSvg = (svg: string, title: string): string =>
  svg.replace(/ xmlns(:\w+)?="[^"]*"/g, '').replace('<svg', `<svg role="img" aria-label="${escapeHtml(title)}"`)

function blockHtml(block: Block, language: ReportDocument['language']): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${escapeHtml(block.text)}</h2>`
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`
    case 'notices':
      return `<ul class="notices">${block.texts.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`
    case 'table': {
      const head = block.header.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')
      const rows = block.rows.map((row) => `<tr>${row.map(cellHtml).join('')}</tr>`).join('\n')
      return `<table><caption>${escapeHtml(block.caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${rows}\n</tbody></table>`
    }
    case 'figure': {
      const { figure, caption } = block
      return `<figure>${inlineSvg(figureSvg(figure), figure.title)}<figcaption>${escapeHtml(caption)}</figcaption>${dataScript(`data-${figure.name}`, figure.curves)}</figure>`
    }
    case 'picture': {
      const { png, width, height } = block.picture
      const caption = escapeHtml(block.caption)
      return `<figure><img alt="${caption}" width="${width}" height="${height}" src="data:image/png;base64,${base64(png)}"><figcaption>${caption}</figcaption></figure>`
    }
    case 'references':
      return `<h2>${escapeHtml(wordsOf(language).references)}</h2><ol>${block.references.map((one) => `<li>${escapeHtml(citation(one))}</li>`).join('')}</ol>`
  }
}

export function reportHtml({ title, subtitle, language, blocks, manifest }: ReportDocument): string {
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${styles}</style></head><body>
<h1>${escapeHtml(title)}</h1><p class="subtitle">${escapeHtml(subtitle)}</p>
${blocks.map((block) => blockHtml(block, language)).join('\n')}
${dataScript(manifestId, manifest)}
</body></html>
`
}
