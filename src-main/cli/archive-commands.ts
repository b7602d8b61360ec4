import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { ArchiveCounts } from '@shared/domain/archive'
import { RemoteError } from '@shared/rpc/errors'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { Cancelled, inWords, type Result, tell } from './output'
import { createProgressBar, timeLeftLabel } from './progress-bar'
import { collect, type WithSession } from './program'
import type { Session } from './session'

export function addArchiveCommands(program: Command, interruptions: Interruptions, withSession: WithSession): void {
  const archive = program.command('archive').description(say('runs with their data as one file: create, import', '将运行及其数据存为一个文件：创建、导入'))
  program
    .command('import <path>')
    .description(say('runs of TensorBoard (event files) or MLflow (run folders, mlflow.db) as finished runs', '将 TensorBoard（事件文件）或 MLflow（运行文件夹、mlflow.db）的运行导入为已完成的运行'))
    .action((path: string) => withSession(({ session }) => importRuns(session, path, interruptions)))
  archive
    .command('create <file> [runs...]')
    .description(say('one zip with hashes of some runs, of sweeps with their runs, or (neither) of everything', '将部分运行、搜索及其运行，或（均不给出时）全部内容存为带哈希的 zip'))
    .option('--sweep <id>', say('a sweep with its runs; may be repeated', '搜索及其运行；可重复'), collect, [])
    .action((file: string, runs: string[], { sweep }: { sweep: string[] }) => withSession(({ session }) => create(session, file, { runs, sweeps: sweep }, interruptions)))
  archive
    .command('import <file>')
    .description(say('verify an archive, then merge it: nothing that is here is replaced', '校验归档后合并：不会替换已有内容'))
    .action((file: string) => withSession(({ session }) => importFile(session, file, interruptions)))
}

async function importRuns(session: Session, target: string, interruptions: Interruptions): Promise<Result> {
  const path = resolve(target)
  const { runs } = await follow(session, path, interruptions, say('reading', '正在读取'), () => session.client.call('imports.runs', { path }))
  for (const { name, warnings } of runs) for (const one of warnings) tell(`! ${name}: ${inWords(one)}`)
  const lines = runs.map(({ id, name, isNew }) => `${id}  ${name}${isNew ? '' : say('  (there already)', '  （已存在）')}`)
  return { json: runs, text: lines.join('\n') }
}

/** Shows how far it is; an interruption cancels it. */
async function follow<T>({ client }: Session, path: string, interruptions: Interruptions, phase: string, begin: () => Promise<T>): Promise<T> {
  const bar = createProgressBar()
  const end = client.on('import.progress', ({ path: of, fraction, etaMs }) => of === path && bar.show(fraction, timeLeftLabel(phase, etaMs)))
  const release = interruptions.handle(async (times) => {
    if (times > 1) return false
    await client.call('archives.cancel', { path })
    return true
  })
  try {
    return await begin()
  } catch (error) {
    throw error instanceof RemoteError && error.code === 'archive/cancelled' ? new Cancelled() : error
  } finally {
    release()
    end()
    bar.clear()
  }
}

const inEnglish = ({ runs, datasets, sweeps, selections, reports }: ArchiveCounts): string => `${runs} runs, ${datasets} datasets, ${sweeps} sweeps, ${selections} selections, ${reports} reports`
const inChinese = ({ runs, datasets, sweeps, selections, reports }: ArchiveCounts): string => `${runs} 个运行、${datasets} 个数据集、${sweeps} 个搜索、${selections} 个选择、${reports} 个报告`

async function create(session: Session, file: string, choice: { runs: string[]; sweeps: string[] }, interruptions: Interruptions): Promise<Result> {
  const out = resolve(file)
  const made = await follow(session, out, interruptions, say('writing', '正在写入'), () => session.client.call('archives.create', { out, ...choice }))
  const left = made.leftOut.length > 0 ? say(` Not in it, since they go on: ${made.leftOut.join(', ')}.`, `以下运行仍在进行，未包含：${made.leftOut.join('、')}。`) : ''
  return { json: made, text: say(`Wrote ${made.out} (${made.bytes} bytes): ${inEnglish(made.contents)}.${left}`, `已写入 ${made.out}（${made.bytes} 字节）：${inChinese(made.contents)}。${left}`) }
}

async function importFile(session: Session, file: string, interruptions: Interruptions): Promise<Result> {
  const path = resolve(file)
  const found = await follow(session, path, interruptions, say('verifying', '正在校验'), () => session.client.call('archives.import', { path }))
  const moved = found.runs.filter(({ id, from }) => id !== from).map(({ id, from }) => `${from} → ${id}`)
  const renamed = moved.length > 0 ? say(` With another id, since theirs was taken: ${moved.join(', ')}.`, `以下运行的编号已被占用，改用新编号：${moved.join('、')}。`) : ''
  return { json: { out: path, ...found }, text: say(`Added ${inEnglish(found.added)}; there already: ${inEnglish(found.present)}.${renamed}`, `新增 ${inChinese(found.added)}；已存在：${inChinese(found.present)}。${renamed}`) }
}
