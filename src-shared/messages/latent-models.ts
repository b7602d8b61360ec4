import type { Message } from './message'

/** What fits of factor, sequence, topic and Bayesian models report in words. */
export const latentModelMessages = {
  'em/bound-fell': {
    en: 'What is climbed fell by {amount} nats per row at iteration {iteration}; it should never fall. Please tell us.',
    zh: '第 {iteration} 次迭代时目标值每行下降了 {amount} 奈特；它本不应下降。请告诉我们。',
  },
  'spec/too-many-latents': {
    en: 'model.latent is {latent}, but {columns} columns carry at most {columns} directions and some must be left to the noise. Use fewer than {columns}.',
    zh: '隐变量维数为 {latent}，但 {columns} 列数据至多有 {columns} 个方向，且须留一部分给噪声。请使用少于 {columns} 维。',
  },
  'factors/no-noise-left': {
    en: 'The {columns} columns are explained exactly by {latent} latent dimensions or fewer, so no noise variance is left and the likelihood is unbounded. Use fewer latent dimensions, or leave out columns that are constant or combinations of others.',
    zh: '{columns} 列数据可由不超过 {latent} 个隐变量维度完全解释，噪声方差为零，似然无界。请减少隐变量维数，或去掉恒定的列以及由其他列组合而成的列。',
  },
  'factors/heywood-case': {
    en: 'Heywood case: the uniqueness of {columns} ended at its floor ({floor} of the column’s variance), so a factor copies that column. Use fewer latent dimensions or a higher noiseFloor.',
    zh: 'Heywood 情形：{columns} 的独特方差降到下限（该列方差的 {floor}），即某个因子复制了该列。请减少隐变量维数或提高噪声下限。',
  },
  'factors/not-identified': {
    en: 'With {columns} columns, {latent} factors have more parameters than the covariance matrix has entries: the density is found, the uniquenesses are not unique.',
    zh: '{columns} 列数据下 {latent} 个因子的参数多于协方差矩阵的独立元素：密度可以确定，但独特方差不唯一。',
  },
} as const satisfies Record<string, Message>
