import type { ParameterRange, SearchSpace } from '@shared/domain/search-space'
import type { PrunerSpec, SamplerName, Sweep, Trial } from '@shared/domain/sweep'
import { textOfValue } from '@shared/domain/trial-axes'
import { shown, type Language } from './document'
import { titleOf } from './spec-in-words'

/* What a sweep searched, as a paper would say it. */

type Both = Record<Language, string>
const samplers: Record<SamplerName, Both> = {
  grid: { en: 'a grid', zh: '网格搜索' },
  random: { en: 'random search', zh: '随机搜索' },
  sobol: { en: 'a Sobol sequence', zh: 'Sobol 序列' },
  tpe: { en: 'a tree-structured Parzen estimator (TPE)', zh: '树形 Parzen 估计器（TPE）' },
  gp: { en: 'Bayesian optimization with a Gaussian process', zh: '高斯过程贝叶斯优化' },
  'cma-es': { en: 'CMA-ES', zh: 'CMA-ES' },
  'nsga-ii': { en: 'NSGA-II', zh: 'NSGA-II' },
}
const pruners: Record<string, Both> = {
  none: { en: 'none', zh: '无' },
  median: { en: 'the median rule', zh: '中位数规则' },
  asha: { en: 'asynchronous successive halving (ASHA)', zh: '异步逐次减半（ASHA）' },
  hyperband: { en: 'Hyperband', zh: 'Hyperband' },
}
const directions: Record<'maximize' | 'minimize', Both> = { maximize: { en: 'maximize', zh: '最大化' }, minimize: { en: 'minimize', zh: '最小化' } }
const statuses: Record<string, Both> = {
  queued: { en: 'queued', zh: '排队中' },
  running: { en: 'running', zh: '运行中' },
  paused: { en: 'paused', zh: '已暂停' },
  completed: { en: 'completed', zh: '已完成' },
  pruned: { en: 'pruned', zh: '已剪枝' },
  failed: { en: 'failed', zh: '失败' },
  cancelled: { en: 'stopped', zh: '已停止' },
  interrupted: { en: 'interrupted', zh: '已中断' },
}
export const samplerInWords = (sampler: SamplerName, language: Language): string => samplers[sampler][language]
export const directionInWords = (direction: 'maximize' | 'minimize', language: Language): string => directions[direction][language]
export const statusInWords = (status: string, language: Language): string => statuses[status]?.[language] ?? status
export function prunerInWords(pruner: PrunerSpec, language: Language): string {
  if (typeof pruner === 'string') return pruners[pruner]![language]
  const [[name, settings] = ['none', {}]] = Object.entries(pruner)
  const said = Object.entries(settings as object).map(([key, value]) => `${titleOf(`sweep.pruner.${key}`, language)} ${String(value)}`)
  return `${pruners[name]![language]}${said.length > 0 ? (language === 'zh' ? `（${said.join('，')}）` : ` (${said.join(', ')})`) : ''}`
}

/** `learning rate`, `hidden layers [0]`: the words of the form, with the place in a list. */
export function parameterInWords(path: string, language: Language): string {
  const place = /^(.*)\.(\d+)$/.exec(path)
  return place ? `${titleOf(place[1]!, language)} [${place[2]!}]` : titleOf(path, language)
}
const scales: Record<'uniform' | 'logUniform' | 'integer' | 'logInteger', Both> = {
  uniform: { en: '', zh: '' },
  logUniform: { en: 'log-uniformly ', zh: '对数均匀，' },
  integer: { en: 'whole numbers ', zh: '整数，' },
  logInteger: { en: 'whole numbers, log-uniformly, ', zh: '整数，对数均匀，' },
}
export function rangeInWords(range: ParameterRange, language: Language): string {
  if ('values' in range) return `{${range.values.map(textOfValue).join(', ')}}`
  const [kind, [low, high]] = 'uniform' in range ? (['uniform', range.uniform] as const) : 'logUniform' in range ? (['logUniform', range.logUniform] as const) : 'integer' in range ? (['integer', range.integer] as const) : (['logInteger', range.logInteger] as const)
  return language === 'zh' ? `${scales[kind].zh}${shown(low)} 至 ${shown(high)}` : `${scales[kind].en}${shown(low)} to ${shown(high)}`
}
const spaceInWords = (space: SearchSpace, language: Language): string =>
  Object.entries(space)
    .map(([path, range]) => `${parameterInWords(path, language)}${language === 'zh' ? `（${rangeInWords(range, language)}）` : ` (${rangeInWords(range, language)})`}`)
    .join(language === 'zh' ? '、' : ', ')

/** How the settings were found. */
export function sweepParagraph({ plan, best }: Sweep, trials: readonly Trial[], language: Language): string {
  const counted = (status: Trial['status']): number => trials.filter((trial) => trial.status === status).length
  const [completed, pruned] = [counted('completed'), counted('pruned')]
  const goals = plan.objective.map(({ metric, direction }) => (language === 'zh' ? `${directionInWords(direction, 'zh')} ${metric}` : `${directionInWords(direction, 'en')} ${metric}`))
  const hasPruner = plan.pruner !== 'none'
  if (language === 'zh') {
    return [
      `超参数由${samplerInWords(plan.sampler, 'zh')}搜索（采样器种子 ${plan.seed}），范围为${spaceInWords(plan.parameters, 'zh')}`,
      plan.constraints.length > 0 && `，约束为 ${plan.constraints.join('；')}`,
      `，以${goals.join('、')}为目标：共 ${trials.length} 个试验，完成 ${completed} 个${pruned > 0 ? `，剪枝 ${pruned} 个` : ''}，每个试验的种子为 ${plan.seeds.join('、')}。`,
      hasPruner && `试验按${prunerInWords(plan.pruner, 'zh')}剪枝。`,
      best !== null && plan.objective.length === 1 && `最优者为试验 ${best}。`,
    ].filter(Boolean).join('')
  }
  return [
    `Hyperparameters were searched by ${samplerInWords(plan.sampler, 'en')} (sampler seed ${plan.seed}) over ${spaceInWords(plan.parameters, 'en')}${plan.constraints.length > 0 ? `, subject to ${plan.constraints.join('; ')}` : ''}, to ${goals.join(' and to ')}: ${trials.length} trials, ${completed} completed${pruned > 0 ? `, ${pruned} pruned` : ''}, each with ${plan.seeds.length === 1 ? 'seed' : 'seeds'} ${plan.seeds.join(', ')}.`,
    hasPruner && `Trials were pruned by ${prunerInWords(plan.pruner, 'en')}.`,
    best !== null && plan.objective.length === 1 && `The best is trial ${best}.`,
  ].filter(Boolean).join(' ')
}
