import { type Command, InvalidArgumentError, Option } from 'commander'
import { estimatorSchema } from '@shared/domain/evidence'
import { probeKindSchema } from '@shared/domain/probing'
import { type EvidenceFlags, evidence } from './commands/evidence'
import { estimators } from './commands/estimators'
import { gaps } from './commands/gaps'
import { disentangle } from './commands/disentangle'
import { embed, neighbours, overlay } from './commands/latents'
import { probe } from './commands/probe'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { seed, wholeNumber, type WithSession } from './program'

function positiveNumbers(text: string): number[] {
  const values = text.split(',').map(Number)
  if (values.some((value) => !(value > 0 && value <= 100))) throw new InvalidArgumentError(say('It must be positive numbers separated by commas.', '应为以逗号分隔的正数。'))
  return values
}

export function addEvidenceCommands(program: Command, interruptions: Interruptions, withSession: WithSession): void {
  const many = wholeNumber(1, 1_000_000)
  program
    .command('evidence <run> [dataset]')
    .description(say('how well log p(x) is known: an estimate, and how far to trust it', 'log p(x) 的估计及其可信程度'))
    .addOption(new Option('--estimator <name>', say('how it is estimated', '估计方法')).choices(estimatorSchema.options).makeOptionMandatory())
    .option('--samples <k>', say('samples of z for each row; of ais, chains', '每行 z 的样本数；ais 为链数'), many)
    .option('--repeats <r>', say('independent repeats', '独立重复次数'), wholeNumber(1, 1000))
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .addOption(new Option('--proposal <name>', say('the model\'s q(z|x), or one refined for each row', '模型的 q(z|x)，或逐行细化')).choices(['model', 'refined']))
    .addOption(new Option('--part <name>', say('rows of the run\'s dataset', '该实验数据集的哪一部分')).choices(['train', 'validation', 'test']))
    .option('--rows <n>', say('only the first so many rows', '只取前若干行'), many)
    .option('--refine-steps <n>', say('steps of the refinement', '细化步数'), wholeNumber(1, 100_000))
    .addOption(new Option('--anneal-from <name>', say('where chains of ais start: a Gaussian refined for each row, or the prior', 'ais 链的起点：逐行细化的高斯分布或先验')).choices(['refined', 'prior']))
    .option('--temperatures <n>', say('temperatures of ais', 'ais 的温度数'), wholeNumber(2, 100_000))
    .option('--leapfrog-steps <n>', say('steps of each Hamiltonian transition of ais', 'ais 每次哈密顿转移的步数'), wholeNumber(1, 1000))
    .option('--sandwich', say('ais also backwards on simulated rows: bounds from both sides', 'ais 同时在模拟数据上反向运行：双侧界'))
    .action((run: string, dataset: string | undefined, options: EvidenceFlags) =>
      withSession(({ session }) => evidence(run, dataset, options, { session, interruptions })),
    )
  program
    .command('gaps <run>')
    .description(say('where the bound loses what it lacks to log p(x): in the family of q, or in the encoder', 'ELBO 与 log p(x) 的差距来自 q 的分布族还是编码器'))
    .option('--samples <k>', say('samples of z for each row and bound', '每行每个界的 z 样本数'), wholeNumber(2, 1_000_000))
    .option('--refine-steps <n>', say('steps of each row\'s own ascent', '逐行上升的步数'), wholeNumber(1, 100_000))
    .addOption(new Option('--estimator <name>', say('of log p(x)', 'log p(x) 的估计方法')).choices(['importance', 'ais']))
    .option('--chains <n>', say('chains of ais', 'ais 的链数'), wholeNumber(1, 10_000))
    .option('--temperatures <n>', say('temperatures of ais', 'ais 的温度数'), wholeNumber(2, 100_000))
    .addOption(new Option('--part <name>', say('rows of the run\'s dataset', '该实验数据集的哪一部分')).choices(['train', 'validation', 'test']))
    .option('--rows <n>', say('only the first so many rows', '只取前若干行'), many)
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .action((run: string, options) => withSession(({ session }) => gaps(run, options, { session, interruptions })))
  program
    .command('probe <run>')
    .description(say('what the codes of a run give away of the classes, cross-validated', '编码中含有多少类别信息（交叉验证）'))
    .addOption(new Option('--kind <name>', say('the probe', '探针')).choices(probeKindSchema.options))
    .option('--folds <n>', say('parts of the cross-validation', '交叉验证的折数'), wholeNumber(2, 100))
    .option('--hidden <n>', say('hidden units of an MLP', 'MLP 的隐藏单元数'), wholeNumber(1, 4096))
    .option('--rows <n>', say('at most so many labelled rows', '最多使用的有标签行数'), wholeNumber(10, 1_000_000))
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .action((run: string, options) => withSession(({ session }) => probe(run, options, { session, interruptions })))
  program
    .command('embed <run>')
    .description(say('a flat map of the codes of a run that keeps neighbours together (UMAP)', '保持邻域关系的编码平面图（UMAP）'))
    .option('--neighbours <n>', say('of each row that are kept together', '每行保持在一起的近邻数'), wholeNumber(2, 200))
    .option('--min-distance <d>', say('how close points may lie', '点间最小距离'), Number)
    .option('--rows <n>', say('at most so many rows', '最多使用的行数'), wholeNumber(10, 200_000))
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .option('--out <file>', say('CSV or NPY', 'CSV 或 NPY 文件'))
    .action((run: string, options) => withSession(({ session }) => embed(run, options, { session, interruptions })))
  program
    .command('neighbours <run>')
    .description(say('the rows nearest to one row, by their codes and as the model sees them', '与某一行最近的行：按编码以及按数据'))
    .requiredOption('--row <n>', say('row of the run\'s dataset, from 0', '该实验数据集的行号，从 0 开始'), wholeNumber(0, 2 ** 31 - 1))
    .option('--count <n>', say('how many', '个数'), wholeNumber(1, 1000), 8)
    .action((run: string, { row, count }: { row: number; count: number }) => withSession(({ session }) => neighbours(session, run, row, count)))
  program
    .command('overlay <run> <other>')
    .description(say('codes of two runs of the same rows, the second turned onto the first (Procrustes)', '同一数据上两个实验的编码，将第二个旋转对齐到第一个（Procrustes）'))
    .option('--out <file>', say('the turned codes, CSV or NPY', '对齐后的编码，CSV 或 NPY 文件'))
    .action((run: string, other: string, { out }: { out?: string }) => withSession(({ session }) => overlay(session, run, other, out)))
  program
    .command('disentangle <run> [factors]')
    .description(
      say(
        'do the latents stand each for one factor: MIG, SAP, DCI, FactorVAE score; factors: a dataset whose columns they are, else the classes',
        '每个隐维度是否各代表一个因子：MIG、SAP、DCI、FactorVAE 分数；factors：以各列为因子的数据集，省略时以类别为因子',
      ),
    )
    .option('--bins <n>', say('intervals of a latent for its mutual information', '计算互信息时每个隐维度的区间数'), wholeNumber(2, 1000))
    .option('--penalty <p>', say('of the lasso', 'lasso 的惩罚系数'), Number)
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .action((run: string, factors: string | undefined, options) => withSession(({ session }) => disentangle(run, factors, options, { session, interruptions })))
  program
    .command('estimators <run>')
    .description(
      say(
        'bias and variance of gradient estimators, side by side on the model of a run: a categorical VAE, or a VAE with a Gaussian q',
        '在同一模型上比较各梯度估计量的偏差与方差：类别变分自编码器，或高斯 q 的变分自编码器',
      ),
    )
    .option('--replicates <n>', say('estimates by each', '每种估计的次数'), wholeNumber(100, 1_000_000))
    .option('--samples <n>', say('draws of z in one estimate', '一次估计的 z 抽样数'), wholeNumber(2, 1000))
    .option('--temperatures <list>', say('of Gumbel-softmax, e.g. 1,0.5', 'Gumbel-softmax 的温度，如 1,0.5'), positiveNumbers)
    .addOption(new Option('--part <name>', say('rows of the run\'s dataset', '该实验数据集的哪一部分')).choices(['train', 'validation', 'test']))
    .option('--rows <n>', say('only the first so many rows', '只取前若干行'), wholeNumber(1, 1000))
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .action((run: string, options) => withSession(({ session }) => estimators(run, options, { session, interruptions })))
}
