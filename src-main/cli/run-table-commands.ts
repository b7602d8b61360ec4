import { type Command, Option } from 'commander'
import { shelfSchema } from '@shared/domain/run'
import { editRun, groupRuns, type GroupFlags, type ListFlags, listRuns, listViews, removeView, saveView, shelveRuns, tagRuns } from './commands/run-table'
import { say } from './language'
import { collect, wholeNumber, type WithSession } from './program'

const query = (): [string, string] => ['--query <query>', say('only those that match, e.g. "model.kind = vae and train/elbo > -100"', '仅限符合条件的，例如 "model.kind = vae and train/elbo > -100"')]
const shelf = (): Option => new Option('--shelf <shelf>', say('where to look', '在何处查找')).choices([...shelfSchema.options, 'all'])
const sort = (): [string, string] => ['--sort <column>', say('by a metric, a field or a column, the largest first', '按指标、字段或列排序，最大的在前')]
const column = (): [string, string, typeof collect, string[]] => ['--column <key>', say('a metric or field as a column more; may be repeated', '附加一列指标或字段；可重复'), collect, []]

/** `runs list|tag|rename|note|archive|trash|restore|group` and `runs views …`. */
export function addRunTableCommands(runs: Command, withSession: WithSession): void {
  runs
    .command('list')
    .description(say('the runs there are', '列出运行'))
    .option(...query())
    .addOption(shelf())
    .option(...sort())
    .option('--ascending', say('the smallest first', '最小的在前'))
    .option(...column())
    .option('--limit <n>', say('only the first so many', '仅前若干个'), wholeNumber(1, 10_000_000))
    .option('--view <name>', say('as this saved view has it', '按已保存的视图'))
    .action((options: ListFlags) => withSession(({ session }) => listRuns(session, options)))
  runs
    .command('group')
    .description(say('runs in groups: everything except the seed, or by fields; mean, interval and n of every metric', '将运行分组：除种子外全部相同，或按字段；给出各指标的均值、置信区间与 n'))
    .option(...query())
    .addOption(shelf())
    .option('--by <field>', say('a field to group by; may be repeated', '分组字段；可重复'), collect, [])
    .option('--metric <key>', say('only this metric; may be repeated', '仅此指标；可重复'), collect, [])
    .action((options: GroupFlags) => withSession(({ session }) => groupRuns(session, options)))
  runs
    .command('tag <runs...>')
    .description(say('add and remove tags', '添加或去除标签'))
    .option('--add <tag>', say('may be repeated', '可重复'), collect, [])
    .option('--remove <tag>', say('may be repeated', '可重复'), collect, [])
    .action((names: string[], { add, remove }: { add: string[]; remove: string[] }) => withSession(({ session }) => tagRuns(session, names, add, remove)))
  runs
    .command('rename <run> <name>')
    .description(say('give a run another name', '为运行重命名'))
    .action((id: string, name: string) => withSession(({ session }) => editRun(session, id, { name })))
  runs
    .command('note <run> <text>')
    .description(say('write the notes of a run', '填写运行的备注'))
    .action((id: string, notes: string) => withSession(({ session }) => editRun(session, id, { notes })))
  for (const [name, to, description] of [
    ['archive', 'archive', say('put runs away; they keep everything', '归档运行，保留全部内容')],
    ['trash', 'trash', say('put runs into the trash; `runs remove` deletes them', '将运行移入回收站；用 `runs remove` 永久删除')],
    ['restore', 'current', say('put runs back from the archive or the trash', '从归档或回收站放回运行')],
  ] as const) {
    runs
      .command(`${name} [runs...]`)
      .description(description)
      .option(...query())
      .action((names: string[], options: { query?: string }) => withSession(({ session }) => shelveRuns(session, names, to, options.query)))
  }
  addViewCommands(runs.command('views').description(say('saved views: list, save, remove', '已保存的视图：列出、保存、删除')), withSession)
}

function addViewCommands(views: Command, withSession: WithSession): void {
  views
    .command('list')
    .description(say('the saved views there are', '列出已保存的视图'))
    .action(() => withSession(({ session }) => listViews(session)))
  views
    .command('save <name>')
    .description(say('keep a query with its columns and order under a name', '以名称保存查询及其列与排序'))
    .option(...query())
    .addOption(shelf())
    .option(...sort())
    .option('--ascending', say('the smallest first', '最小的在前'))
    .option(...column())
    .action((name: string, options: ListFlags) => withSession(({ session }) => saveView(session, name, options)))
  views
    .command('remove <name>')
    .description(say('remove a saved view', '删除已保存的视图'))
    .action((name: string) => withSession(({ session }) => removeView(session, name)))
}
