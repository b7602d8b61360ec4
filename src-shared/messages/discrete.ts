import type { Message } from './message'

/** Models with discrete codes. */
export const discreteMessages = {
  'discrete/objective': {
    en: '{model} climbs the elbo, with β and its schedule alone: draws belong to model.estimator, and other objectives are for Gaussian codes. Leave inference.objective.elbo with samples 1 and freeBits 0.',
    zh: '{model} 只最大化 elbo，可调 β 及其进程：抽样数属于 model.estimator，其他目标用于高斯编码。请使用 inference.objective.elbo，samples 为 1，freeBits 为 0。',
  },
  'discrete/vimco-objective': {
    en: 'vimco climbs the importance-weighted bound, which has no weight of the KL. Leave beta at 1 and klSchedule constant, or choose another estimator.',
    zh: 'vimco 最大化重要性加权下界，其中没有 KL 权重。请令 beta 为 1 且 klSchedule 为 constant，或选择其他估计量。',
  },
  'discrete/too-many-codes': {
    en: 'enumeration would go through {codes} codes for every row, and {most} is the most. With {categories} categories {fitting} variables can be enumerated; or choose leaveOneOut.',
    zh: '枚举需对每行遍历 {codes} 个编码，而上限为 {most}。{categories} 个类别时最多可枚举 {fitting} 个变量；或选择 leaveOneOut。',
  },
} as const satisfies Record<string, Message>
