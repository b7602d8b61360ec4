import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { type ReportLanguage, reportLanguageSchema } from '@shared/domain/report'
import { reproduce } from './commands/reproduce'
import type { Interruptions } from './interruptions'
import { language as terminalLanguage, say } from './language'
import { inWords, type Result, tell } from './output'
import type { WithSession } from './program'
import type { Session } from './session'

export function addReportCommands(program: Command, interruptions: Interruptions, withSession: WithSession): void {
  program
    .command('report <runs...>')
    .description(say('a report of runs as one HTML file, PDF, Markdown or LaTeX', '将运行写成报告：单个 HTML 文件、PDF、Markdown 或 LaTeX'))
    .addOption(new Option('--out <file>', say('a file ending in .html, .pdf, .md or .tex', '以 .html、.pdf、.md 或 .tex 结尾的文件')).makeOptionMandatory())
    .addOption(
      new Option('--language <language>', say('language of the report', '报告的语言')).choices(reportLanguageSchema.options).default(terminalLanguage),
    )
    .action((runs: string[], options: { out: string; language: ReportLanguage }) => withSession(({ session }) => report(session, runs, options)))
  program
    .command('reproduce <target>')
    .description(say('run everything in a report (its HTML or manifest.json), or one run, again and compare', '重新运行报告（HTML 或 manifest.json）中的全部运行，或某个运行，并比较结果'))
    .action((target: string) => withSession(({ session }) => reproduce(session, target, interruptions)))
}

async function report({ client }: Session, runs: string[], { out, language }: { out: string; language: ReportLanguage }): Promise<Result> {
  const written = await client.call('reports.write', { runs, language, out: resolve(out) })
  for (const one of written.notices) tell(`! ${inWords(one)}`)
  return { json: written, text: say(`Wrote ${written.out} (${written.bytes} bytes).`, `已写入 ${written.out}（${written.bytes} 字节）。`) }
}
