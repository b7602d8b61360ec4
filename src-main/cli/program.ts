import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { deviceKinds } from '@shared/domain/devices'
import { type ExportFormat, exportFormatSchema } from '@shared/domain/report'
import { applyOutputSchema } from '@shared/domain/run'
import { compare, type CompareFlags } from './commands/compare'
import { doctor, type DoctorFlags } from './commands/doctor'
import { type Units, apply, decode, exportRun, params, parseLatent, sample } from './commands/inspect'
import { states, topics } from './commands/latent-models'
import { restarts } from './commands/restarts'
import { align, merge } from './commands/mixtures'
import { readRateSearch, readSpec, resume, run } from './commands/run'
import { metrics, removeRun, showRun } from './commands/runs'
import { addDataCommands } from './data-commands'
import { addArchiveCommands } from './archive-commands'
import { addEvidenceCommands } from './evidence-commands'
import { addExampleCommands } from './example-commands'
import { addReportCommands } from './report-commands'
import { addRunTableCommands } from './run-table-commands'
import { addSelectionCommands } from './selection-commands'
import { serve } from './commands/serve'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { exitStatus, printError, printJson, printText, type Result, WrongArguments } from './output'
import { openSession, type Program, type Session } from './session'
import { addSweepCommands } from './sweep-commands'

interface GlobalFlags {
  json?: boolean
  home?: string
}
interface Context {
  session: Session
  json: boolean
}

export const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(
        say(`It must be a whole number from ${minimum} to ${maximum}.`, `应为 ${minimum} 到 ${maximum} 之间的整数。`),
      )
    }
    return value
  }
export const seed = wholeNumber(0, 4294967295)
export const collect = (value: string, before: string[]): string[] => [...before, value]
const conditionOption = (): Option =>
  new Option('--condition <class or json>', say('of a conditional model: a class, or numbers such as "[0.3, 1]"', '条件模型的条件：类别，或形如 "[0.3, 1]" 的数'))
const unitsOption = (): Option =>
  new Option('--units <units>', say('as the model saw it, or in the units of the file', '模型所见的单位，或文件中的单位')).choices(['model', 'file']).default('model')
const outOption = (): Option => new Option('--out <file>', say('write to a .csv or .npy file', '写入 .csv 或 .npy 文件'))

interface Surroundings {
  program: Program
  interruptions: Interruptions
}

/** The whole command line; `outcome` receives the exit status. */
function buildProgram({ program: built, interruptions }: Surroundings, outcome: (status: number) => void): Command {
  const program = new Command('latent')
    .description(say('Latent Workbench: experiments with EM and VAEs.', 'Latent Workbench：EM 与 VAE 实验工作台。'))
    .version(built.version)
    .option('--json', say('results as JSON on stdout', '以 JSON 输出结果'))
    .option(
      '--home <dir>',
      say('data folder (default: LATENT_HOME, else ~/.latent-workbench)', '数据文件夹（默认：LATENT_HOME，否则 ~/.latent-workbench）'),
    )
    .exitOverride()
    .configureOutput({ writeOut: printText, writeErr: (text) => void process.stderr.write(text), outputError: () => {} })
    .showHelpAfterError(false)
  const flags = (): GlobalFlags => program.opts<GlobalFlags>()

  /** Opens a session for one command, prints what it gives, and closes it again. */
  const withSession = async (action: (context: Context) => Promise<Result>): Promise<void> => {
    const json = flags().json ?? false
    const work = async (): Promise<Result> => {
      const session = await openSession({ home: flags().home, program: built, interruptions })
      try {
        return await Promise.race([action({ session, json }), interruptions.cancelled, session.lost])
      } finally {
        await session.close()
      }
    }
    const result = await work()
    if (json) printJson(result.json)
    else printText(result.text)
    outcome(result.status ?? exitStatus.done)
  }
  const command = (name: string, description: string, parent = program): Command => parent.command(name).description(description)

  command('doctor', say('what is here: version, runtimes, devices, data folder', '检查环境：版本、运行时、设备、数据文件夹'))
    .option('--no-probe', say('do not try the devices; tell what is known', '不测试设备，仅显示已知信息'))
    .action((options: DoctorFlags) => withSession(({ session }) => doctor(session, options)))
  addDataCommands(command('data', say('datasets: add, generate, list, show, update, export, remove', '数据集：添加、生成、列出、查看、修改、导出、删除')), interruptions, withSession)
  addExampleCommands(program, interruptions, withSession)
  addRunCommands(program, interruptions, withSession)
  addSelectionCommands(program, interruptions, withSession)
  addSweepCommands(program, interruptions, withSession)
  addInspectCommands(program, withSession)
  addEvidenceCommands(program, interruptions, withSession)
  addReportCommands(program, interruptions, withSession)
  addArchiveCommands(program, interruptions, withSession)
  addLatentModelCommands(program, withSession)
  command('serve', say('serve the workbench to a browser on this machine', '在本机以浏览器方式提供工作台'))
    .option('--port <port>', say('port (default: a free one)', '端口（默认：自动选择）'), wholeNumber(0, 65535))
    .action(async ({ port }: { port?: number }) => {
      const { home, json = false } = flags()
      outcome(await serve({ home, json, port, program: built, interruptions }))
    })
  return program
}

export type WithSession = (action: (context: Context) => Promise<Result>) => Promise<void>

function addRunCommands(program: Command, interruptions: Interruptions, withSession: WithSession): void {
  program
    .command('run <spec>')
    .description(say('run the experiment in a JSON or YAML file (- for stdin)', '运行 JSON 或 YAML 文件中的实验（- 表示标准输入）'))
    .option(
      '--set <path=value>',
      say('set a field, e.g. model.components=4; may be repeated', '设置字段，例如 model.components=4；可重复'),
      collect,
      [],
    )
    .option('--start <file>', say('begin a mixture from these parameters (JSON) or responsibilities (a table)', '从给定的参数（JSON）或责任度（表格）开始拟合混合模型'))
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .addOption(new Option('--device <device>', say('where it runs', '计算设备')).choices(['auto', ...deviceKinds]))
    .addOption(new Option('--runtime <runtime>', say('what runs it', '计算运行时')).choices(['auto', 'onnx', 'tensorflow']))
    .option('--stream', say('print each batch of metrics as it comes', '实时输出每批指标'))
    .action((path: string, options) => {
      const spec = readSpec(path, options)
      return withSession((context) => run(spec, { ...context, interruptions, stream: options.stream ?? false }))
    })
  program
    .command('find-rate <spec>')
    .description(say('search for a learning rate for the experiment in a file: a few hundred steps at a rising rate', '为文件中的实验搜索学习率：以递增的学习率训练数百步'))
    .option('--set <path=value>', say('set a field; may be repeated', '设置字段；可重复'), collect, [])
    .option('--from <rate>', say('first rate', '起始学习率'), Number)
    .option('--to <rate>', say('last rate', '终止学习率'), Number)
    .option('--steps <n>', say('steps', '步数'), Number)
    .option('--stream', say('print each batch of metrics as it comes', '实时输出每批指标'))
    .action((path: string, { from, to, steps, ...options }) => {
      const spec = readRateSearch(path, options, { from, to, steps })
      return withSession((context) => run(spec, { ...context, interruptions, stream: options.stream ?? false }))
    })
  program
    .command('resume <run>')
    .description(say('continue a run from its last checkpoint', '从最近的检查点继续运行'))
    .option('--calmer', say('with half the learning rate and clipping', '学习率减半并裁剪梯度'))
    .option('--stream', say('print each batch of metrics as it comes', '实时输出每批指标'))
    .action((name: string, options) =>
      withSession((context) => resume(name, { calmer: options.calmer ?? false }, { ...context, interruptions, stream: options.stream ?? false })),
    )
  const runs = program.command('runs').description(say('runs: list, group, show, tag, archive, trash, views, …', '运行：列出、分组、查看、标签、归档、回收站、视图等'))
  addRunTableCommands(runs, withSession)
  runs
    .command('show <run>')
    .description(say('one run: figures, specification, environment', '查看一个运行：指标、规格、环境'))
    .action((name: string) => withSession(({ session }) => showRun(session, name)))
  runs
    .command('remove <run>')
    .description(say('remove a run', '删除一个运行'))
    .action((name: string) => withSession(({ session }) => removeRun(session, name)))
  program
    .command('metrics <run>')
    .description(say('every point of its metrics', '全部指标点'))
    .option('--key <key>', say('one metric, e.g. train/logLikelihood', '只看一个指标，例如 train/logLikelihood'))
    .action((name: string, { key }: { key?: string }) => withSession(({ session }) => metrics(session, name, key)))
  program
    .command('compare <runs...>')
    .description(say('runs side by side: what differs, means over seeds, tests', '并排比较运行：差异、各种子均值、检验'))
    .option('--metric <key>', say('only this metric; may be repeated', '仅此指标；可重复'), collect, [])
    .option('--latex', say('tables for a paper (booktabs)', '输出 LaTeX 表格（booktabs）'))
    .option('--seed <n>', say('seed of the bootstrap', '自助法的随机种子'), seed)
    .option('--pictures <folder>', say('write what each run shows at an epoch that all have, as PNG', '将各运行在共同轮次的图片写为 PNG'))
    .option('--step <epoch>', say('of --pictures: which; without it, the last', '--pictures 的轮次；默认为最后一个'), Number)
    .action((names: string[], options: CompareFlags) => withSession(({ session }) => compare(session, names, options)))
}

function addInspectCommands(program: Command, withSession: WithSession): void {
  program
    .command('params <run>')
    .description(say('fitted parameters', '拟合得到的参数'))
    .addOption(unitsOption())
    .action((name: string, options: { units: Units }) => withSession(({ session }) => params(session, name, options)))
  program
    .command('apply <run> <dataset>')
    .description(say('what a fitted run says of data', '将拟合结果应用于数据'))
    .addOption(new Option('--output <what>', say('what to compute', '计算内容')).choices(applyOutputSchema.options).makeOptionMandatory())
    .option('--given <columns>', say('of conditional: the columns that are known', 'conditional：已知的列'))
    .option('--target <columns>', say('of conditional: the columns asked about (default: all others)', 'conditional：所询问的列（默认：其余各列）'))
    .addOption(unitsOption())
    .addOption(outOption())
    .action((name: string, dataset: string, options) => withSession(({ session }) => apply(session, name, dataset, options)))
  program
    .command('merge <run>')
    .description(say('components of a mixture merged into clusters, by the entropy of the classification', '按分类熵将混合模型的分量合并为簇'))
    .option('--clusters <n>', say('how many clusters to write (default: where the entropy bends)', '写出的簇数（默认：熵曲线的拐点）'), wholeNumber(1, 1000))
    .addOption(outOption())
    .action((name: string, options) => withSession(({ session }) => merge(session, name, options)))
  program
    .command('align <run> [other]')
    .description(say('components of two fitted mixtures side by side; of one run, those of its restarts', '对齐两个混合模型的分量；只给出一个运行时对齐其各次重启'))
    .action((name: string, other: string | undefined) => withSession(({ session }) => align(session, name, other)))
  program
    .command('sample <run>')
    .description(say('draw from the fitted model', '从拟合的模型中采样'))
    .addOption(new Option('--count <n>', say('how many', '数量')).argParser(wholeNumber(1, 1000000)).makeOptionMandatory())
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .addOption(new Option('--fitted <components>', say('of VAEs and autoencoders: codes from so many Gaussians, fitted to the training codes, and not from the prior', 'VAE 与自编码器：编码取自拟合于训练编码的若干个高斯，而非先验')).argParser(wholeNumber(1, 1000)))
    .addOption(conditionOption())
    .addOption(unitsOption())
    .addOption(outOption())
    .action((name: string, options) => withSession(({ session }) => sample(session, name, options)))
  program
    .command('export <run>')
    .description(say('write the fitted model for other programs', '导出拟合的模型，供其他程序使用'))
    .addOption(new Option('--format <format>', say('what is written', '写入的格式')).choices(['onnx', ...exportFormatSchema.options]).default('onnx'))
    .addOption(
      new Option(
        '--out <path>',
        say(
          'onnx: a folder or a .onnx file; params: .json, .npz or .safetensors; csv: .csv; tensorboard, mlflow: a folder',
          'onnx：文件夹或 .onnx 文件；params：.json、.npz 或 .safetensors；csv：.csv；tensorboard、mlflow：文件夹',
        ),
      ).makeOptionMandatory(),
    )
    .action((name: string, { format, out }: { format: ExportFormat | 'onnx'; out: string }) =>
      withSession(({ session }) => exportRun(session, name, format, out)),
    )
  program
    .command('decode <run>')
    .description(say('decode latent vectors', '解码隐变量'))
    .addOption(
      new Option(
        '--latent <json>',
        say('latent vectors, e.g. "[[0, 0], [1, 0]]"', '隐变量，例如 "[[0, 0], [1, 0]]"'),
      ).makeOptionMandatory(),
    )
    .addOption(conditionOption())
    .addOption(unitsOption())
    .addOption(outOption())
    .action((name: string, { latent, ...options }: { latent: string; condition?: string; units: Units; out?: string }) => {
      const vectors = parseLatent(latent)
      return withSession(({ session }) => decode(session, name, vectors, options))
    })
}

function addLatentModelCommands(program: Command, withSession: WithSession): void {
  program
    .command('states <run> [dataset]')
    .description(say('hidden states over time, and a forecast', '隐状态随时间的变化及预测'))
    .addOption(new Option('--horizon <n>', say('steps to forecast', '预测步数')).argParser(wholeNumber(0, 10000)).default(10))
    .option('--params <file>', say('decode with the parameters in a JSON or YAML file instead', '改用 JSON 或 YAML 文件中的参数解码'))
    .action((name: string, dataset: string | undefined, options: { horizon: number; params?: string }) =>
      withSession(({ session }) => states(session, name, dataset, options)),
    )
  program
    .command('restarts <run>')
    .description(say('every restart with its optimum, and the starts that were given up', '全部重启及其最优解，以及中途放弃的起点'))
    .action((name: string) => withSession(({ session }) => restarts(session, name)))
  program
    .command('topics <run>')
    .description(say('topics by their most probable terms', '各主题最可能的词项'))
    .addOption(new Option('--words <n>', say('terms of each topic', '每个主题的词项数')).argParser(wholeNumber(1, 100000)).default(10))
    .action((name: string, { words }: { words: number }) => withSession(({ session }) => topics(session, name, words)))
}

/** Runs one command line and returns its exit status. */
export async function runCommandLine(args: string[], surroundings: Surroundings): Promise<number> {
  let status: number = exitStatus.done
  const program = buildProgram(surroundings, (value) => {
    status = value
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return status
  } catch (error) {
    if (!(error instanceof CommanderError)) return printError(error, args.includes('--json'))
    if (error.exitCode === 0) return exitStatus.done
    if (error.code === 'commander.help') return exitStatus.wrongArguments
    const problem = error.message.replace(/^error: /, '').replace(/\.$/, '')
    return printError(new WrongArguments('cli/arguments', { problem }), args.includes('--json'))
  }
}
