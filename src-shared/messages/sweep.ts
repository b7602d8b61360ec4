import type { Message } from './message'

export const sweepMessages = {
  'sweep/no-sweep': {
    en: 'The specification has no `sweep` part, so there is nothing to vary. Add `sweep: {parameters: …, objective: …}`, or use `run`.',
    zh: '实验规格中没有 sweep 部分，没有可变化的参数。请加入 sweep: {parameters: …, objective: …}，或改用 run。',
  },
  'sweep/in-a-run': {
    en: 'The specification has a `sweep` part: it describes many runs, not one. Use `latent sweep`, or leave that part out.',
    zh: '实验规格含有 sweep 部分，描述的是多个运行。请使用 latent sweep，或去掉该部分。',
  },
  'sweep/empty-space': {
    en: 'The space of the sweep is empty: sweep.parameters names no parameter. Name at least one, e.g. model.components: {values: [2, 3, 4]}.',
    zh: '搜索空间为空：sweep.parameters 没有列出参数。请至少给出一个，例如 model.components: {values: [2, 3, 4]}。',
  },
  'sweep/no-values': {
    en: '{path}: the list of values is empty. Give at least one value.',
    zh: '{path}：取值列表为空。请至少给出一个值。',
  },
  'sweep/range-kind': {
    en: '{path}: a range is written as one of {known}, not as {got}, e.g. {uniform: [0, 1]}.',
    zh: '{path}：范围应写成 {known} 之一，而不是 {got}，例如 {uniform: [0, 1]}。',
  },
  'sweep/range-form': {
    en: '{path}: a range has two numbers, the lower bound and the upper one, not {got}.',
    zh: '{path}：范围应为两个数（下界和上界），而不是 {got}。',
  },
  'sweep/bounds-reversed': {
    en: '{path}: the lower bound {low} must be below the upper one {high}. Swap them.',
    zh: '{path}：下界 {low} 必须小于上界 {high}。请交换两者。',
  },
  'sweep/bounds-equal': {
    en: '{path}: both bounds are {low}, so there is nothing to search. Widen the range, or set the value in the specification.',
    zh: '{path}：上下界都是 {low}，没有可搜索的范围。请扩大范围，或直接在规格中给出取值。',
  },
  'sweep/log-of-negative': {
    en: '{path}: a logarithmic range needs bounds above 0, but the lower one is {low}. Raise it, or use uniform.',
    zh: '{path}：对数范围的上下界必须大于 0，但下界为 {low}。请提高下界，或改用 uniform。',
  },
  'sweep/not-whole': {
    en: '{path}: a range of whole numbers has whole bounds, not {low} and {high}. Round them, or use uniform.',
    zh: '{path}：整数范围的上下界应为整数，而不是 {low} 和 {high}。请取整，或改用 uniform。',
  },
  'sweep/condition-unknown': {
    en: '{path}: its condition names {other}, which is no parameter of this sweep. Parameters: {known}.',
    zh: '{path}：其条件中的 {other} 不是本次搜索的参数。可用的参数：{known}。',
  },
  'sweep/condition-never': {
    en: '{path}: its condition asks for {other} = {value}, which is not among the values of that parameter. It would never be used.',
    zh: '{path}：其条件要求 {other} = {value}，但该参数没有这个取值，因此永远不会用到。',
  },
  'sweep/condition-circle': {
    en: 'The conditions of the parameters go round in a circle: {circle}. Let at least one of them have none.',
    zh: '参数的条件互相依赖成环：{circle}。请至少去掉其中一个条件。',
  },
  'sweep/constraint-form': {
    en: 'The constraint “{text}” cannot be read. Write a comparison of numbers and parameters, e.g. model.latent * 2 <= inference.batchSize.',
    zh: '无法读取约束“{text}”。请写成数字与参数的比较，例如 model.latent * 2 <= inference.batchSize。',
  },
  'sweep/constraint-unknown': {
    en: 'The constraint “{text}” names {other}, which is no parameter of this sweep. Parameters: {known}.',
    zh: '约束“{text}”中的 {other} 不是本次搜索的参数。可用的参数：{known}。',
  },
  'sweep/constraints-unmet': {
    en: 'None of {tried} points drawn from the space meets the constraints ({constraints}). Loosen them, or widen the space.',
    zh: '从搜索空间抽取的 {tried} 个点都不满足约束（{constraints}）。请放宽约束或扩大空间。',
  },
  'sweep/grid-continuous': {
    en: 'A grid needs parameters that can be counted, but {paths} are ranges of real numbers. List their values, or use the sampler sobol or tpe.',
    zh: '网格搜索要求参数可数，但 {paths} 是实数范围。请列出取值，或改用 sobol 或 tpe。',
  },
  'sweep/grid-too-large': {
    en: 'The grid has {count} points, more than the {most} it may have. List fewer values, or use the sampler random or tpe.',
    zh: '网格共有 {count} 个点，超过上限 {most}。请减少取值，或改用 random 或 tpe。',
  },
  'sweep/sobol-dimensions': {
    en: 'Sobol’s sequence is known here for {most} parameters, and the space has {count}. Use random or tpe.',
    zh: '此处的 Sobol 序列最多支持 {most} 个参数，而空间有 {count} 个。请改用 random 或 tpe。',
  },
  'sweep/one-objective-only': {
    en: 'The sampler {sampler} follows one objective, and this sweep has {count}. Use tpe, gp or nsga-ii.',
    zh: '采样器 {sampler} 只能优化一个目标，而本次搜索有 {count} 个。请改用 tpe、gp 或 nsga-ii。',
  },
  'sweep/pruner-one-objective': {
    en: 'A pruner compares trials by one objective, and this sweep has {count}. Set sweep.pruner to none.',
    zh: '剪枝按单一目标比较，而本次搜索有 {count} 个目标。请将 sweep.pruner 设为 none。',
  },
  'sweep/pruner-needs-epochs': {
    en: 'The pruner {pruner} ends trials between epochs, and models fitted by {inference} have none. Set sweep.pruner to none.',
    zh: '剪枝方法 {pruner} 在轮次之间终止试验，而用 {inference} 拟合的模型没有轮次。请将 sweep.pruner 设为 none。',
  },
  'sweep/no-objective': {
    en: 'sweep.objective is missing: say which metric the sweep is after, e.g. {metric: validation/elbo, direction: maximize}.',
    zh: '缺少 sweep.objective：请说明以哪个指标为目标，例如 {metric: validation/elbo, direction: maximize}。',
  },
  'sweep/objective-part': {
    en: 'The objective {metric} is of the {part} part, and split.{part} is 0. Give it a fraction, e.g. split: {train: 0.8, {part}: 0.2}.',
    zh: '目标 {metric} 属于 {part} 部分，而 split.{part} 为 0。请为其设置比例，例如 split: {train: 0.8, {part}: 0.2}。',
  },
  'sweep/objective-unknown': {
    en: 'No run reports {metric}. Metrics are named part/name, e.g. {near}.',
    zh: '没有运行会报告 {metric}。指标名的形式为“部分/名称”，例如 {near}。',
  },
  'sweep/objective-direction': {
    en: 'The objective {metric} has no better side of its own. Say direction: maximize or minimize.',
    zh: '目标 {metric} 本身没有优劣方向。请指定 direction: maximize 或 minimize。',
  },
  'sweep/objective-missing': {
    en: 'The run ended without {metric}. It reports: {known}.',
    zh: '该运行结束时没有给出 {metric}。它报告的指标有：{known}。',
  },
  'sweep/no-metrics': {
    en: 'The run ended without {metric}, and with no other metric either.',
    zh: '该运行结束时没有给出 {metric}，也没有其他指标。',
  },
  'sweep/seeds-twice': { en: 'sweep.seeds names {seed} twice. Each seed is one run of a trial.', zh: 'sweep.seeds 中 {seed} 出现了两次。每个种子对应试验的一次运行。' },
  'sweep/all-failed': {
    en: 'The first {count} trials all failed, so the sweep was ended. {share} of them said: {reason}',
    zh: '前 {count} 个试验全部失败，搜索已终止。其中 {share} 个的原因是：{reason}',
  },
  'sweep/trial-too-long': {
    en: 'The trial took longer than {minutes} minutes (sweep.maxMinutes) and was ended.',
    zh: '该试验超过了 {minutes} 分钟（sweep.maxMinutes），已被终止。',
  },
  'sweep/left-at-cluster': {
    en: 'The application ended while this sweep was going on; its jobs go on at the cluster. Resume takes in what they found and goes on.',
    zh: '搜索进行期间应用程序已退出，其作业仍在集群上继续。点击“继续”可收回结果并继续搜索。',
  },
  'sweep/run-removed': { en: 'Run {id} of the trial was removed before it ended.', zh: '该试验的运行 {id} 在结束前被删除。' },
  'sweep/run-cancelled': { en: 'Run {id} of the trial was cancelled.', zh: '该试验的运行 {id} 已被取消。' },
  'sweep/no-value': { en: 'Run {id} ended with {metric} not a finite number.', zh: '运行 {id} 结束时 {metric} 不是有限的数值。' },
  'sweep/not-found': { en: 'There is no sweep {id}. `sweeps list` shows those there are.', zh: '没有编号为 {id} 的搜索。可在“搜索”中查看已有的搜索。' },
  'sweep/ambiguous': {
    en: '{id} is the beginning of several sweeps: {candidates}. Give more of it.',
    zh: '有多个搜索的编号以 {id} 开头：{candidates}。请输入更多字符。',
  },
  'sweep/active': { en: 'Sweep {id} is {status}. Stop it first.', zh: '搜索 {id} 正处于 {status} 状态。请先停止它。' },
  'sweep/not-running': { en: 'Sweep {id} is {status}: only one that is running can be paused.', zh: '搜索 {id} 的状态为 {status}：只有正在进行时才能暂停。' },
  'sweep/over': {
    en: 'Sweep {id} is completed: all {trials} trials are done. Give it more with `sweep resume {id} --trials N`.',
    zh: '搜索 {id} 已完成：{trials} 个试验都已结束。可用 sweep resume {id} --trials N 增加试验数。',
  },
  'sweep/no-best': { en: 'Sweep {id} has no completed trial yet.', zh: '搜索 {id} 还没有完成的试验。' },
  'sweep/point-unknown': {
    en: '{path} is no parameter of this sweep. Parameters: {known}.',
    zh: '{path} 不是本次搜索的参数。可用的参数：{known}。',
  },
  'sweep/point-missing': { en: 'The point has no value for {path}. Give every parameter one.', zh: '该点缺少 {path} 的取值。请为每个参数给出取值。' },
  'sweep/point-outside': { en: '{path} = {got} lies outside its range ({range}).', zh: '{path} = {got} 超出其范围（{range}）。' },
  'sweep/point-constraint': { en: 'The point does not meet the constraint “{text}”.', zh: '该点不满足约束“{text}”。' },
  'sweep/pruned-by-median': {
    en: 'Median rule at epoch {step}: {metric} had reached {value}, and the median of {count} earlier trials there was {threshold}.',
    zh: '中位数规则（第 {step} 轮）：{metric} 的最好值为 {value}，而此前 {count} 个试验在此处的中位数为 {threshold}。',
  },
  'sweep/pruned-by-asha': {
    en: 'Successive halving at epoch {step}: {metric} was {value}; to be among the best {kept} of {count} trials there it took {threshold}.',
    zh: '逐次减半（第 {step} 轮）：{metric} 为 {value}；要进入此处 {count} 个试验的前 {kept} 名需达到 {threshold}。',
  },
  'sweep/pruned-by-hyperband': {
    en: 'Hyperband, bracket {bracket}, epoch {step}: {metric} was {value}; to be among the best {kept} of its {count} trials there it took {threshold}.',
    zh: 'Hyperband 第 {bracket} 组（第 {step} 轮）：{metric} 为 {value}；要进入该组此处 {count} 个试验的前 {kept} 名需达到 {threshold}。',
  },
  'sweep/pruned-not-finite': {
    en: 'At epoch {step} {metric} was not a finite number.',
    zh: '第 {step} 轮时 {metric} 不是有限的数值。',
  },
  'sweep/interrupted': {
    en: 'The application ended while this sweep was going on. Resume goes on exactly where it was.',
    zh: '搜索进行期间应用程序已退出。点击“继续”可从中断处准确恢复。',
  },
} as const satisfies Record<string, Message>
