import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { journalWidths, type ReportLanguage, reportLanguageSchema, type ReportTemplate, reportTemplateSchema } from '@shared/domain/report'
import { type FigureQuery, figureKinds } from '@shared/domain/figure-query'
import { reproduce } from './commands/reproduce'
import type { Interruptions } from './interruptions'
import { language as terminalLanguage, say } from './language'
import { inWords, type Result, tell } from './output'
import type { WithSession } from './program'
import type { Session } from './session'
import { applySetting } from './spec-file'

const languageOption = (): Option =>
  new Option('--language <language>', say('language of the report', '报告的语言')).choices(reportLanguageSchema.options).default(terminalLanguage)
const sweepOption = (): Option => new Option('--sweep <id>', say('the sweep it is of; without runs, those of its best trial', '所属的搜索；不给出运行时使用其最优试验的运行'))

export function addReportCommands(program: Command, interruptions: Interruptions, withSession: WithSession): void {
  program
    .command('report [runs...]')
    .description(say('a report of runs, a sweep, or a saved report as one HTML file, PDF, Markdown or LaTeX', '将运行、搜索或已保存的报告写成单个 HTML 文件、PDF、Markdown 或 LaTeX'))
    .addOption(new Option('--out <file>', say('a file ending in .html, .pdf, .md or .tex', '以 .html、.pdf、.md 或 .tex 结尾的文件')).makeOptionMandatory())
    .addOption(languageOption())
    .addOption(new Option('--template <name>', say('what it begins with (default: what fits the runs)', '所用的模板（默认：适合这些运行的模板）')).choices(reportTemplateSchema.options))
    .addOption(sweepOption())
    .option('--report <id>', say('a report that was built and saved in the workbench', '在工作台中构建并保存的报告'))
    .action((runs: string[], options: ReportFlags) => withSession(({ session }) => report(session, runs, options)))
  const reports = program.command('reports').description(say('saved reports: list, remove', '已保存的报告：列出、删除'))
  reports
    .command('list')
    .description(say('the reports there are', '列出报告'))
    .action(() => withSession(({ session }) => listReports(session)))
  reports
    .command('remove <id>')
    .description(say('remove a saved report; its runs stay', '删除已保存的报告；其运行保留'))
    .action((id: string) => withSession(({ session }) => removeReport(session, id)))
  program
    .command('figure <kind> [runs...]')
    .description(
      say(
        `one figure by itself; kind: ${figureKinds.join(', ')}`,
        `单独输出一张图；类型：${figureKinds.join('、')}`,
      ),
    )
    .addOption(new Option('--out <file>', say('a file ending in .svg, .png, .pdf or .csv', '以 .svg、.png、.pdf 或 .csv 结尾的文件')).makeOptionMandatory())
    .option('--metric <key>', say('of metric: which', 'metric：哪一个指标'))
    .option('--parameter <path>', say('of sweep-slice: which', 'sweep-slice：哪一个参数'))
    .option('--x <name>', say('of scatter, sweep-contour: a metric, field or parameter; of mixture, latent: a dimension', 'scatter、sweep-contour：指标、字段或参数；mixture、latent：维度'), numberOrName)
    .option('--y <name>', say('the same for the other axis', '另一坐标轴，同上'), numberOrName)
    .option('--selection <id>', say('of selection: which', 'selection：哪一个模型选择'))
    .option('--criterion <name>', say('of selection: bic, icl, aic or crossValidated', 'selection：bic、icl、aic 或 crossValidated'))
    .option('--iteration <n>', say('of mixture: after which iteration', 'mixture：第几次迭代之后'), Number)
    .option('--set <field=value...>', say('any other field of the figure, as in run: --set \'target=[sepal length, sepal width]\'', '图的其他任意字段，写法同 run：--set \'target=[sepal length, sepal width]\''))
    .addOption(sweepOption())
    .addOption(languageOption())
    .option('--width <width>', say('millimetres, or single (85), one-and-a-half (114), double (175)', '毫米数，或 single（85）、one-and-a-half（114）、double（175）'), widthOf, journalWidths.double)
    .option('--dpi <n>', say('of .png: dots per inch', '.png：每英寸点数'), Number, 300)
    .action((kind: string, runs: string[], options: FigureFlags) => withSession(({ session }) => figure(session, kind, runs, options)))
  program
    .command('export-table <what>')
    .description(say('runs (one row each, with specification and end figures) or metrics (every point) as .csv or .parquet', '将运行（每行一个，含规格与最终指标）或指标（每个点）写为 .csv 或 .parquet'))
    .addOption(new Option('--out <file>', say('a file ending in .csv or .parquet', '以 .csv 或 .parquet 结尾的文件')).makeOptionMandatory())
    .option('--query <query>', say('only runs that fit', '仅符合条件的运行'), '')
    .action((what: string, options: { out: string; query: string }) => withSession(({ session }) => exportTable(session, what, options)))
  program
    .command('reproduce <target>')
    .description(say('run everything in a report (its HTML or manifest.json), or one run, again and compare', '重新运行报告（HTML 或 manifest.json）中的全部运行，或某个运行，并比较结果'))
    .action((target: string) => withSession(({ session }) => reproduce(session, target, interruptions)))
}

interface ReportFlags {
  out: string
  language: ReportLanguage
  template?: ReportTemplate
  sweep?: string | null
  report?: string
}

async function report({ client }: Session, runs: string[], { out, sweep = null, report: saved, ...choice }: ReportFlags): Promise<Result> {
  const written = await client.call('reports.write', { runs, sweep, ...choice, ...(saved === undefined ? {} : { report: saved }), out: resolve(out) })
  for (const one of written.notices) tell(`! ${inWords(one)}`)
  return { json: written, text: say(`Wrote ${written.out} (${written.bytes} bytes).`, `已写入 ${written.out}（${written.bytes} 字节）。`) }
}

async function listReports({ client }: Session): Promise<Result> {
  const found = await client.call('reports.list', {})
  const text = found.length === 0 ? say('There are no saved reports.', '没有已保存的报告。') : found.map(({ id, title, runs, updatedAt }) => `${id}  ${updatedAt.slice(0, 16).replace('T', ' ')}  ${runs}  ${title}`).join('\n')
  return { json: found, text }
}

async function removeReport({ client }: Session, id: string): Promise<Result> {
  await client.call('reports.remove', { id })
  return { json: { id }, text: say(`Removed report ${id}.`, `已删除报告 ${id}。`) }
}

async function exportTable({ client }: Session, what: string, { out, query }: { out: string; query: string }): Promise<Result> {
  // the contract names the choices where it is neither
  const written = await client.call('exports.table', { what: what as 'runs', query, out: resolve(out) })
  return { json: written, text: say(`Wrote ${written.out}: ${written.rows} rows of ${written.runs} runs.`, `已写入 ${written.out}：${written.runs} 个运行，共 ${written.rows} 行。`) }
}

interface FigureFlags {
  out: string
  language: ReportLanguage
  metric?: string
  parameter?: string
  iteration?: number
  x?: string | number
  y?: string | number
  selection?: string
  criterion?: string
  sweep?: string | null
  width: number
  dpi: number
  set?: string[]
}

const numberOrName = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text)

function widthOf(text: string): number {
  const named = (journalWidths as Record<string, number>)[text]
  const width = named ?? Number(text)
  if (!(width >= 20 && width <= 1000)) throw new InvalidArgumentError(say('It must be 20 to 1000 millimetres, or single, one-and-a-half, double.', '应为 20 到 1000 毫米，或 single、one-and-a-half、double。'))
  return width
}

async function figure({ client }: Session, kind: string, runs: string[], { out, language, sweep = null, width, dpi, set = [], ...details }: FigureFlags): Promise<Result> {
  // the contract parses it again and names what is wrong
  const query = { kind, ...details }
  for (const setting of set) applySetting(query, setting)
  const written = await client.call('reports.writeFigure', { runs, sweep, language, figure: query as FigureQuery, look: { widthMm: width, dpi }, out: resolve(out) })
  return { json: written, text: say(`Wrote ${written.out} (${written.bytes} bytes).`, `已写入 ${written.out}（${written.bytes} 字节）。`) }
}
