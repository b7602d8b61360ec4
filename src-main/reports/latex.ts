import type { Block, Cell, Curve, Figure, ReportDocument } from './document'
import { colourOf, dashes, dashOf, sameLegend, shortLabel, tint } from './figure-svg'
import { escapeLatex } from './latex-letters'
import { bibtex } from './references'
import type { RichBlock, RichInline } from './rich-text'

/** Long names may break after their dots. */
const breakable = (text: string): string => escapeLatex(text).replaceAll(/(?<=\p{L})([./])(?=\p{L})/gu, '$1\\allowbreak{}')
const cellText = ({ text, bold }: Cell): string => (bold ? `\\textbf{${breakable(text)}}` : breakable(text))

const markers = ['*', 'square*', 'triangle*', 'diamond*']
/** `#0072B2` as pgfplots takes it. */
const colour = (hex: string): string => `{rgb,255:red,${parseInt(hex.slice(1, 3), 16)};green,${parseInt(hex.slice(3, 5), 16)};blue,${parseInt(hex.slice(5, 7), 16)}}`

const legendEntry = (label: string): string => `\n\\addlegendentry{${escapeLatex(shortLabel(label))}}`

/** Rectangles under the axes, since the plane has room for them once all layers are known; a legend gets a square. */
function boxesLatex(curve: Curve, index: number, isNew: boolean): string {
  const { label, step, value, stepTo = [], valueTo = [], shade = [], texts = [] } = curve
  const fill = colour(colourOf(curve, index))
  const corners = step.flatMap((from, at) => [`(${from},${value[at] ?? 'nan'})`, `(${stepTo[at]},${valueTo[at]})`]).join(' ')
  const boxes = step.map((from, at) => `\\fill[color=${colour(tint(colourOf(curve, index), shade[at] ?? 0.7))}] (axis cs:${from},${value[at]}) rectangle (axis cs:${stepTo[at]},${valueTo[at]});`)
  const words = step.flatMap((from, at) => (texts[at] ? [`\\node[font=\\tiny] at (axis cs:${(from + stepTo[at]!) / 2},${(value[at]! + valueTo[at]!) / 2}) {${escapeLatex(texts[at]!)}};`] : []))
  const frame = `\\addplot[draw=none, forget plot] coordinates {${corners}};`
  const entry = isNew ? `\n\\addlegendimage{area legend, fill=${fill}, draw=none}${legendEntry(label)}` : ''
  return [frame, ...boxes, ...words].join('\n') + entry
}

function plotLatex(curve: Curve, index: number, isNew: boolean): string {
  const { label, step, value, kind = 'line' } = curve
  if (kind === 'boxes') return boxesLatex(curve, index, isNew)
  const points = step.map((at, point) => `(${at},${value[point] ?? 'nan'})`).join(' ')
  const style = {
    line: `no marks, thick, ${dashes[dashOf(curve, index)]}`,
    points: `only marks, mark=${markers[dashOf(curve, index) % markers.length]}, mark size=${step.length > 400 ? 0.5 : 1}pt, opacity=${step.length > 100 ? 0.6 : 0.9}`,
    bars: 'xbar, draw=none, fill',
  }[kind]
  const options = `color=${colour(colourOf(curve, index))}, ${style}${isNew ? '' : ', forget plot'}`
  return `\\addplot[${options}] coordinates {${points}};${isNew ? legendEntry(label) : ''}`
}

/** Vectors with the document's own letters; a value that is none breaks the line. */
function figureLatex({ xLabel, yLabel, curves, names, logX, logY, square }: Figure, width: number): string {
  const hasBars = curves.some(({ kind }) => kind === 'bars')
  const told = new Set<string>()
  const plots = curves.map((curve, index) => {
    const isNew = curve.label !== '' && !told.has(curve.label)
    told.add(curve.label)
    return plotLatex(curve, index, isNew)
  })
  const legend = told.size > 1 ? `legend style={font=\\tiny, at={(0.5,${width < 0.6 ? -0.42 : -0.24})}, anchor=north}, legend columns=2, legend cell align=left` : 'legend style={draw=none, opacity=0, text opacity=0}'
  const rows = names ? `, y dir=reverse, ytick={${names.map((_, index) => index).join(',')}}, yticklabels={${names.map((name) => `{${breakable(name)}}`).join(',')}}, yticklabel style={font=\\footnotesize, align=right, text width=${(0.28 * width).toFixed(3)}\\linewidth}${hasBars ? ', xmin=0' : ''}` : ''
  const shown = names ? { width: 0.7 * width, height: 0.5 * width } : { width, height: (square ? 0.56 : 0.5) * width }
  const axis = logX ? (logY ? 'loglogaxis' : 'semilogxaxis') : logY ? 'semilogyaxis' : 'axis'
  return `\\begin{tikzpicture}\n\\begin{${axis}}[width=${shown.width.toFixed(3)}\\linewidth, height=${shown.height.toFixed(3)}\\linewidth, unbounded coords=jump, xlabel={${escapeLatex(xLabel)}}${names ? '' : `, ylabel={${escapeLatex(yLabel)}}`}${rows}, ${legend}]\n${plots.join('\n')}\n\\end{${axis}}\n\\end{tikzpicture}`
}

/** Of figures with one legend the last has it. */
const withoutLegend = (figure: Figure): Figure => ({ ...figure, curves: figure.curves.map((curve) => ({ ...curve, label: '' })) })

const inlineLatex = (nodes: readonly RichInline[]): string => nodes.map(nodeLatex).join('')
function nodeLatex(node: RichInline): string {
  switch (node.kind) {
    case 'text':
      return escapeLatex(node.text)
    case 'strong':
      return `\\textbf{${inlineLatex(node.inner)}}`
    case 'emphasis':
      return `\\emph{${inlineLatex(node.inner)}}`
    case 'code':
      return `\\texttt{${escapeLatex(node.text)}}`
    case 'formula':
      return `$${node.tex}$`
  }
}

function richLatex(block: RichBlock): string {
  switch (block.kind) {
    case 'heading':
      return `\\${['section', 'subsection', 'subsubsection'][block.level - 1]}*{${inlineLatex(block.inner)}}`
    case 'paragraph':
      return inlineLatex(block.inner)
    case 'quote':
      return `\\begin{quote}\n${inlineLatex(block.inner)}\n\\end{quote}`
    case 'list': {
      const kind = block.ordered ? 'enumerate' : 'itemize'
      return `\\begin{${kind}}\n${block.items.map((item) => `\\item {}${inlineLatex(item)}`).join('\n')}\n\\end{${kind}}`
    }
    case 'code':
      return `{\\ttfamily\\obeylines\\obeyspaces\n${block.text.split('\n').map(escapeLatex).join('\n')}\n}`
    case 'formula':
      return `\\[\n${block.tex}\n\\]`
  }
}

/** Shares of the line by the longest word of each column, with what lies between columns taken off. */
function columnWidths({ header, rows }: Extract<Block, { kind: 'table' }>): number[] {
  const longestWord = (text: string): number => Math.max(0, ...text.split(/[\s-]/).map(({ length }) => length))
  const needs = header.map((title, column) => Math.min(24, Math.max(4, longestWord(title), ...rows.map((row) => longestWord(row[column]?.text ?? '')))))
  const total = needs.reduce((sum, need) => sum + need, 0)
  const betweenColumns = 0.0135
  return needs.map((need) => (need / total) * (1 - header.length * betweenColumns))
}

const floating = (body: string, caption: string): string => `\\begin{figure}[htbp]\\centering\n${body}\n\\caption{${escapeLatex(caption)}}\n\\end{figure}`

function blockLatex(block: Block, assets: string): string {
  switch (block.kind) {
    case 'heading':
      return `\\room\\section*{${escapeLatex(block.text)}}`
    case 'paragraph':
      return escapeLatex(block.text)
    case 'notices':
      return `\\begin{itemize}\n${block.texts.map((text) => `\\item ${escapeLatex(text)}`).join('\n')}\n\\end{itemize}`
    case 'table': {
      const width = columnWidths(block).map((share) => `>{\\raggedright\\arraybackslash}p{${share.toFixed(3)}\\linewidth}`).join('')
      const head = block.header.map(breakable).join(' & ')
      const rows = block.rows.map((row) => `${row.map(cellText).join(' & ')} \\\\`).join('\n')
      return `{\\${block.header.length > 6 ? 'scriptsize' : 'small'}\\setlength{\\tabcolsep}{3pt}\n\\begin{longtable}{@{}${width}@{}}\n\\caption*{${escapeLatex(block.caption)}}\\\\\n\\toprule\n${head} \\\\\n\\midrule\n\\endhead\n${rows}\n\\bottomrule\n\\end{longtable}}`
    }
    case 'rich':
      return block.blocks.map(richLatex).join('\n\n')
    case 'figure': {
      const { figures } = block
      const width = figures.length === 1 || figures.some(({ names }) => names) ? 0.8 : 0.49
      const shared = sameLegend(figures)
      return floating(figures.map((figure, at) => figureLatex(shared && at < figures.length - 1 ? withoutLegend(figure) : figure, width)).join('\n'), block.caption)
    }
    case 'chart':
      return floating(`\\includegraphics[width=\\linewidth]{${assets}/${block.name}.png}`, block.caption)
    case 'picture':
      return floating(`\\includegraphics[width=\\linewidth]{${assets}/${block.picture.name}.png}`, block.caption)
    case 'references':
      return block.references.length === 0 ? '' : '\\nocite{*}\n\\bibliographystyle{plain}\n\\bibliography{refs}'
  }
}

const hanzi = /\p{Script=Han}|[\u3000-\u303f\uff00-\uffef]/u
function documentClass(language: ReportDocument['language'], hasHanzi: boolean): string {
  if (language === 'zh') return '\\documentclass[UTF8]{ctexart}'
  return hasHanzi ? '\\documentclass[UTF8,scheme=plain]{ctexart}' : '\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage[T1]{fontenc}'
}

/** Chinese letters anywhere need XeLaTeX or LuaLaTeX (ctex); the rest compiles with any. */
export function reportLatex(document: ReportDocument, assets: string): { text: string; files: Record<string, string | Uint8Array> } {
  const { title, subtitle, language, blocks, manifest } = document
  const body = [`\\title{${escapeLatex(title)}}\n\\author{}\n\\date{${escapeLatex(subtitle)}}`, '\\begin{document}\n\\maketitle', ...blocks.map((block) => blockLatex(block, assets))]
  const text = [
    documentClass(language, body.some((part) => hanzi.test(part))),
    '\\usepackage[margin=25mm]{geometry}\n\\usepackage{amsmath,amssymb,bm,array,booktabs,longtable,caption,graphicx,pgfplots}\n\\pgfplotsset{compat=1.16, tick label style={/pgf/number format/precision=6}}',
    // a heading goes to the next page with what it is the heading of
    '\\newcommand{\\room}{\\par\\vskip 0pt plus 8\\baselineskip\\penalty-200\\vskip 0pt plus -8\\baselineskip}',
    ...body,
    '\\end{document}\n',
  ].join('\n\n')
  const files: Record<string, string | Uint8Array> = { [`${assets}/manifest.json`]: `${JSON.stringify(manifest, null, 1)}\n` }
  for (const block of blocks) {
    if (block.kind === 'picture') files[`${assets}/${block.picture.name}.png`] = block.picture.png
    if (block.kind === 'chart') files[`${assets}/${block.name}.png`] = block.png
    if (block.kind === 'references') files['refs.bib'] = bibtex(block.references)
  }
  return { text, files }
}
