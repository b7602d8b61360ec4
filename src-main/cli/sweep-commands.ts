import { type Command, InvalidArgumentError } from 'commander'
import { readSpec } from './commands/run'
import { enqueuePoint, listSweeps, pauseSweep, removeSweep, rerunBest, resumeSweep, showSweep, stopSweep, sweep } from './commands/sweeps'
import type { Interruptions } from './interruptions'
import { say } from './language'
import type { Result } from './output'
import type { Session } from './session'

type WithSession = (action: (context: { session: Session; json: boolean }) => Promise<Result>) => Promise<void>

const count = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(say('It must be a whole number.', '应为整数。'))
  return Number(text)
}
const counts = (text: string): number[] => text.split(',').map((one) => count(one.trim()))
const collect = (value: string, before: string[]): string[] => [...before, value]
const stream = (): [string, string] => ['--stream', say('print each trial as it ends (with --json)', '试验结束时逐个输出（配合 --json）')]

/** `sweep SPEC`, `sweep resume|pause|stop|enqueue|rerun ID`, `sweeps list|show|remove`. */
export function addSweepCommands(program: Command, interruptions: Interruptions, withSession: WithSession): void {
  const command = program
    .command('sweep')
    .argument('<spec>')
    .description(say('search the space in the `sweep` part of a specification', '搜索实验规格 sweep 部分给出的空间'))
    .option('--set <path=value>', say('set a field, e.g. sweep.trials=50; may be repeated', '设置字段，例如 sweep.trials=50；可重复'), collect, [])
    .option(...stream())
    .action((path: string, options: { set: string[]; stream?: boolean }) => {
      const spec = readSpec(path, options)
      return withSession((context) => sweep(spec, { ...context, interruptions, stream: options.stream ?? false }))
    })
  command
    .command('resume <id>')
    .description(say('go on exactly where a sweep was', '从中断处准确继续'))
    .option('--trials <n>', say('so many trials more', '增加的试验数'), count, 0)
    .option(...stream())
    .action((id: string, _options: object, resume: Command) => {
      // --stream is an option of `sweep` too, which takes it wherever it stands
      const { trials, stream: streams = false } = resume.optsWithGlobals<{ trials: number; stream?: boolean }>()
      return withSession((context) => resumeSweep(id, trials, { ...context, interruptions, stream: streams }))
    })
  command
    .command('pause <id>')
    .description(say('begin no further trial', '不再开始新的试验'))
    .action((id: string) => withSession(({ session }) => pauseSweep(session, id)))
  command
    .command('stop <id>')
    .description(say('end the trials that go on; resume continues them', '结束正在进行的试验；可用 resume 继续'))
    .action((id: string) => withSession(({ session }) => stopSweep(session, id)))
  command
    .command('enqueue <id> <path=value...>')
    .description(say('have a point of your own tried next', '将自选的点排入队列'))
    .action((id: string, settings: string[]) => withSession(({ session }) => enqueuePoint(session, id, settings)))
  command
    .command('rerun <id>')
    .description(say('the best trial once more with other seeds', '以其他种子重新运行最优试验'))
    .option('--trial <n>', say('another trial', '指定试验'), count)
    .option('--seeds <list>', say('seeds, e.g. 1,2,3', '种子，例如 1,2,3'), counts)
    .action((id: string, options: { trial?: number; seeds?: number[] }) => withSession(({ session }) => rerunBest(session, id, options)))

  const sweeps = program.command('sweeps').description(say('sweeps: list, show, remove', '搜索：列出、查看、删除'))
  sweeps
    .command('list')
    .description(say('the sweeps there are', '列出搜索'))
    .action(() => withSession(({ session }) => listSweeps(session)))
  sweeps
    .command('show <id>')
    .description(say('one sweep with its trials', '查看一个搜索及其试验'))
    .action((id: string) => withSession(({ session }) => showSweep(session, id)))
  sweeps
    .command('remove <id>')
    .description(say('remove a sweep; its runs are kept', '删除一个搜索；保留其运行'))
    .action((id: string) => withSession(({ session }) => removeSweep(session, id)))
}
