import { type Command, InvalidArgumentError, Option } from 'commander'
import { resamplingSchema } from '@shared/domain/selection'
import { readSpec } from './commands/run'
import { bootstrap, listSelections, removeSelection, resumeSelection, select, showSelection, testComponents } from './commands/select'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { collect, seed, wholeNumber, type WithSession } from './program'

const fraction = (text: string): number => {
  const value = Number(text)
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError(say('It must be a number between 0 and 1.', '应为 0 与 1 之间的数。'))
  return value
}

const setOption = (command: Command): Command =>
  command
    .option('--set <path=value>', say('set a field; may be repeated', '设置字段；可重复'), collect, [])
    .option('--seed <n>', say('seed', '随机种子'), seed)

/** Commands that fit many times to answer one question. */
export function addSelectionCommands(program: Command, interruptions: Interruptions, withSession: WithSession): void {
  setOption(program.command('select <spec>'))
    .description(say('fit a grid of components × covariance structures and compare', '对分量数 × 协方差结构的网格逐一拟合并比较'))
    .option('--components <range>', say('components, states or dimensions, e.g. 1..9 or 2,3,5', '分量数、状态数或维数，例如 1..9 或 2,3,5'), '1..9')
    .option('--structures <codes>', say('all, none, or codes such as EEE,VVV', 'all、none 或代码（如 EEE,VVV）'), 'all')
    .option('--restarts <n>', say('fits to the end in each cell', '每个单元完整拟合的次数'), wholeNumber(1, 1000))
    .option('--folds <n>', say('parts of a cross-validation', '交叉验证的折数'), wholeNumber(2, 100))
    .action((path: string, options) => {
      const spec = readSpec(path, options)
      return withSession(({ session }) => select(spec, options, { session, interruptions }))
    })
  setOption(program.command('test-components <spec>'))
    .description(say('bootstrapped likelihood ratios of K against K + 1 components', '用自助法似然比检验 K 与 K + 1 个分量'))
    .option('--components <range>', say('values of K', 'K 的取值'), '1..8')
    .option('--structure <code>', say('covariance structure, e.g. EEE', '协方差结构，例如 EEE'))
    .option('--replicates <n>', say('draws for each test', '每次检验的抽样次数'), wholeNumber(1, 100_000))
    .option('--restarts <n>', say('fits to the end for each draw', '每次抽样完整拟合的次数'), wholeNumber(1, 1000))
    .option('--level <p>', say('a p-value above it ends the tests', 'p 值大于此水平时停止'), fraction)
    .action((path: string, options) => {
      const spec = readSpec(path, options)
      return withSession(({ session }) => testComponents(spec, options, { session, interruptions }))
    })
  program
    .command('bootstrap <run>')
    .description(say('standard errors of the parameters of a fitted mixture', '已拟合混合模型参数的标准误'))
    .addOption(new Option('--resampling <kind>', say('rows, or draws from the model', '重抽数据行，或从模型中抽样')).choices(resamplingSchema.options))
    .option('--replicates <n>', say('resamples', '重抽样次数'), wholeNumber(2, 100_000))
    .option('--confidence <share>', say('of the intervals', '区间的置信水平'), fraction)
    .action((run: string, options) => withSession(({ session }) => bootstrap(run, options, { session, interruptions })))

  const selections = program.command('selections').description(say('selections: list, show, resume, remove', '模型选择：列出、查看、继续、删除'))
  selections
    .command('list')
    .description(say('the selections there are', '列出模型选择'))
    .action(() => withSession(({ session }) => listSelections(session)))
  selections
    .command('show <id>')
    .description(say('what a selection found', '查看一次模型选择的结果'))
    .action((id: string) => withSession(({ session }) => showSelection(session, id)))
  selections
    .command('resume <id>')
    .description(say('fit what is missing', '继续未完成的模型选择'))
    .action((id: string) => withSession(({ session }) => resumeSelection(id, { session, interruptions })))
  selections
    .command('remove <id>')
    .description(say('remove a selection', '删除一次模型选择'))
    .action((id: string) => withSession(({ session }) => removeSelection(session, id)))
}
