import type { Block, Cell, ReportDocument } from './document'
import { figureCsv } from './figure-csv'
import { figureSvg } from './figure-svg'
import { bibtex, citation } from './references'
import type { RichBlock, RichInline } from './rich-text'
import { wordsOf } from './words'

/** Nothing that a user typed is markup, neither Markdown's nor HTML's. */
export const escapeMarkdown = (text: string): string =>
  text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_{}[\]()#+!|~$-]/g, String.raw`\$&`).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const cellText = ({ text, bold }: Cell): string => (bold ? `**${escapeMarkdown(text)}**` : escapeMarkdown(text))

const inlineMarkdown = (nodes: readonly RichInline[]): string => nodes.map(nodeMarkdown).join('')
function nodeMarkdown(node: RichInline): string {
  switch (node.kind) {
    case 'text':
      return escapeMarkdown(node.text)
    case 'strong':
      return `**${inlineMarkdown(node.inner)}**`
    case 'emphasis':
      return `*${inlineMarkdown(node.inner)}*`
    case 'code':
      return `\`${node.text}\``
    case 'formula':
      return `$${node.tex}$`
  }
}

function richMarkdown(block: RichBlock): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level + 1)} ${inlineMarkdown(block.inner)}`
    case 'paragraph':
      return inlineMarkdown(block.inner)
    case 'quote':
      return `> ${inlineMarkdown(block.inner)}`
    case 'list':
      return block.items.map((item, index) => `${block.ordered ? `${index + 1}.` : '-'} ${inlineMarkdown(item)}`).join('\n')
    case 'code':
      return `\`\`\`\n${block.text}\n\`\`\``
    case 'formula':
      return `$$\n${block.tex}\n$$`
  }
}

function blockMarkdown(block: Block, assets: string, language: ReportDocument['language']): string {
  switch (block.kind) {
    case 'heading':
      return `## ${escapeMarkdown(block.text)}`
    case 'paragraph':
      return escapeMarkdown(block.text)
    case 'notices':
      return block.texts.map((text) => `> - ${escapeMarkdown(text)}`).join('\n')
    case 'table': {
      const line = (cells: string[]): string => `| ${cells.join(' | ')} |`
      const rows = block.rows.map((row) => line(row.map(cellText)))
      return [`*${escapeMarkdown(block.caption)}*`, '', line(block.header.map(escapeMarkdown)), line(block.header.map(() => '---')), ...rows].join('\n')
    }
    case 'rich':
      return block.blocks.map(richMarkdown).join('\n\n')
    case 'figure': {
      const pictures = block.figures.map(({ title, name }) => `![${escapeMarkdown(title)}](<${assets}/${name}.svg>)`)
      return `${pictures.join('\n')}\n\n*${escapeMarkdown(block.caption)}*`
    }
    case 'chart':
      return `![${escapeMarkdown(block.title)}](<${assets}/${block.name}.svg>)\n\n*${escapeMarkdown(block.caption)}*`
    case 'picture':
      return `![${escapeMarkdown(block.caption)}](<${assets}/${block.picture.name}.png>)\n\n*${escapeMarkdown(block.caption)}*`
    case 'references':
      return [`## ${wordsOf(language).references}`, '', ...block.references.map((one, index) => `${index + 1}. ${escapeMarkdown(citation(one))}`)].join('\n')
  }
}

/** The text, and the files beside it by their path from its folder; `assets` is the folder of pictures. */
export function reportMarkdown(document: ReportDocument, assets: string): { text: string; files: Record<string, string | Uint8Array> } {
  const { title, subtitle, language, blocks, manifest } = document
  const text = [`# ${escapeMarkdown(title)}`, escapeMarkdown(subtitle), ...blocks.map((block) => blockMarkdown(block, assets, language)), ''].join('\n\n')
  const files: Record<string, string | Uint8Array> = { [`${assets}/manifest.json`]: `${JSON.stringify(manifest, null, 1)}\n` }
  for (const block of blocks) {
    if (block.kind === 'figure') for (const figure of block.figures) Object.assign(files, { [`${assets}/${figure.name}.svg`]: figureSvg(figure), [`${assets}/${figure.name}.csv`]: figureCsv(figure) })
    if (block.kind === 'chart') files[`${assets}/${block.name}.svg`] = block.svg
    if (block.kind === 'picture') files[`${assets}/${block.picture.name}.png`] = block.picture.png
    if (block.kind === 'references') files[`${assets}/refs.bib`] = bibtex(block.references)
  }
  return { text, files }
}
