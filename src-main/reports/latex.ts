import type { Block, Cell, Figure, ReportDocument } from './document'
import { bibtex } from './references'

const special: Record<string, string> = {
  '\\': String.raw`\textbackslash{}`,
  '~': String.raw`\textasciitilde{}`,
  '^': String.raw`\textasciicircum{}`,
  '<': String.raw`\textless{}`,
  '>': String.raw`\textgreater{}`,
  '|': String.raw`\textbar{}`,
  '±': String.raw`\ensuremath{\pm}`,
  '×': String.raw`\ensuremath{\times}`,
  '≤': String.raw`\ensuremath{\le}`,
  '−': String.raw`\ensuremath{-}`,
  'β': String.raw`\ensuremath{\beta}`,
  '·': String.raw`\textperiodcentered{}`,
  '—': '---',
  '–': '--',
  '`': String.raw`\textasciigrave{}`,
}

/** Nothing that a user typed is a command. */
export const escapeLatex = (text: string): string =>
  text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\~^<>|±×≤−β·—–`]|[#$%&_{}]/g, (one) => special[one] ?? `\\${one}`)

const cellText = ({ text, bold }: Cell): string => (bold ? `\\textbf{${escapeLatex(text)}}` : escapeLatex(text))

/** Vectors with the document's own letters; a value that is none breaks the line. */
function figureLatex({ xLabel, yLabel, curves }: Figure): string {
  const plots = curves.map(({ label, step, value }) => {
    const points = step.map((at, index) => `(${at},${value[index] ?? 'nan'})`).join(' ')
    return `\\addplot+[no marks, thick] coordinates {${points}};\n\\addlegendentry{${escapeLatex(label)}}`
  })
  const legend = curves.length > 1 ? 'legend pos=outer north east, legend style={font=\\tiny}' : 'legend style={draw=none, opacity=0, text opacity=0}'
  return `\\begin{tikzpicture}\n\\begin{axis}[width=0.8\\linewidth, height=0.45\\linewidth, unbounded coords=jump, xlabel={${escapeLatex(xLabel)}}, ylabel={${escapeLatex(yLabel)}}, ${legend}]\n${plots.join('\n')}\n\\end{axis}\n\\end{tikzpicture}`
}

const floating = (body: string, caption: string): string => `\\begin{figure}[htbp]\\centering\n${body}\n\\caption{${escapeLatex(caption)}}\n\\end{figure}`

function blockLatex(block: Block, assets: string): string {
  switch (block.kind) {
    case 'heading':
      return `\\section*{${escapeLatex(block.text)}}`
    case 'paragraph':
      return escapeLatex(block.text)
    case 'notices':
      return `\\begin{itemize}\n${block.texts.map((text) => `\\item ${escapeLatex(text)}`).join('\n')}\n\\end{itemize}`
    case 'table': {
      const width = `p{${(0.92 / block.header.length).toFixed(3)}\\linewidth}`.repeat(block.header.length)
      const head = block.header.map(escapeLatex).join(' & ')
      const rows = block.rows.map((row) => `${row.map(cellText).join(' & ')} \\\\`).join('\n')
      return `{\\small\n\\begin{longtable}{@{}${width}@{}}\n\\caption*{${escapeLatex(block.caption)}}\\\\\n\\toprule\n${head} \\\\\n\\midrule\n\\endhead\n${rows}\n\\bottomrule\n\\end{longtable}}`
    }
    case 'figure':
      return floating(figureLatex(block.figure), block.caption)
    case 'picture':
      return floating(`\\includegraphics[width=\\linewidth]{${assets}/${block.picture.name}.png}`, block.caption)
    case 'references':
      return block.references.length === 0 ? '' : '\\nocite{*}\n\\bibliographystyle{plain}\n\\bibliography{refs}'
  }
}

/** Chinese needs XeLaTeX or LuaLaTeX (ctex); English compiles with any. */
export function reportLatex(document: ReportDocument, assets: string): { text: string; files: Record<string, string | Uint8Array> } {
  const { title, subtitle, language, blocks, manifest } = document
  const text = [
    language === 'zh' ? '\\documentclass[UTF8]{ctexart}' : '\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage[T1]{fontenc}',
    '\\usepackage[margin=25mm]{geometry}\n\\usepackage{booktabs,longtable,caption,graphicx,pgfplots}\n\\pgfplotsset{compat=1.16}',
    `\\title{${escapeLatex(title)}}\n\\author{}\n\\date{${escapeLatex(subtitle)}}`,
    '\\begin{document}\n\\maketitle',
    ...blocks.map((block) => blockLatex(block, assets)),
    '\\end{document}\n',
  ].join('\n\n')
  const files: Record<string, string | Uint8Array> = { [`${assets}/manifest.json`]: `${JSON.stringify(manifest, null, 1)}\n` }
  for (const block of blocks) {
    if (block.kind === 'picture') files[`${assets}/${block.picture.name}.png`] = block.picture.png
    if (block.kind === 'references') files['refs.bib'] = bibtex(block.references)
  }
  return { text, files }
}
