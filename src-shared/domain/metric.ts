/** What each metric is called, its unit, and which way is better. Charts, tables and the command line read this table only. */
export interface MetricInfo {
  label: { en: string; zh: string }
  unit: 'nats per row' | 'score' | 'count' | 'nats' | 'bits' | 'squared distance'
  better: 'higher' | 'lower' | 'neither'
}

export const metricInfo: Record<string, MetricInfo> = {
  logLikelihood: { label: { en: 'log-likelihood', zh: '对数似然' }, unit: 'nats per row', better: 'higher' },
  lowerBound: { label: { en: 'lower bound', zh: '下界' }, unit: 'nats per row', better: 'higher' },
  kl: { label: { en: 'KL', zh: 'KL 散度' }, unit: 'nats per row', better: 'neither' },
  logLikelihoodBefore: { label: { en: 'log-likelihood before', zh: '更新前对数似然' }, unit: 'nats per row', better: 'higher' },
  bic: { label: { en: 'BIC', zh: 'BIC' }, unit: 'score', better: 'higher' },
  aic: { label: { en: 'AIC', zh: 'AIC' }, unit: 'score', better: 'higher' },
  icl: { label: { en: 'ICL', zh: 'ICL' }, unit: 'score', better: 'higher' },
  ari: { label: { en: 'adjusted Rand index', zh: '调整兰德指数' }, unit: 'score', better: 'higher' },
  nmi: { label: { en: 'normalized mutual information', zh: '归一化互信息' }, unit: 'score', better: 'higher' },
  logLoss: { label: { en: 'log loss', zh: '对数损失' }, unit: 'nats per row', better: 'lower' },
  inertia: { label: { en: 'inertia', zh: '簇内平方和' }, unit: 'squared distance', better: 'lower' },
  classificationLogLikelihood: {
    label: { en: 'classification log-likelihood', zh: '分类对数似然' },
    unit: 'nats per row',
    better: 'higher',
  },
  elbo: { label: { en: 'ELBO', zh: '证据下界' }, unit: 'nats per row', better: 'higher' },
  reconstruction: { label: { en: 'reconstruction', zh: '重构项' }, unit: 'nats per row', better: 'higher' },
  logLikelihoodPerToken: { label: { en: 'log-likelihood per token', zh: '每词对数似然' }, unit: 'nats', better: 'higher' },
  lowerBoundPerToken: { label: { en: 'lower bound per token', zh: '每词下界' }, unit: 'nats', better: 'higher' },
  perplexity: { label: { en: 'perplexity', zh: '困惑度' }, unit: 'score', better: 'lower' },
  logEvidence: { label: { en: 'log evidence', zh: '对数证据' }, unit: 'nats', better: 'higher' },
  change: { label: { en: 'change of the posterior', zh: '后验的变化' }, unit: 'score', better: 'lower' },
  waitingSites: { label: { en: 'sites that had to wait', zh: '等待的因子数' }, unit: 'count', better: 'lower' },
  accuracy: { label: { en: 'accuracy', zh: '准确率' }, unit: 'score', better: 'higher' },
  relativeBound: { label: { en: 'bound up to constants of the prior', zh: '下界（略去先验常数）' }, unit: 'nats', better: 'higher' },
  activeComponents: { label: { en: 'components in use', zh: '有效分量数' }, unit: 'count', better: 'neither' },
  objective: { label: { en: 'objective', zh: '优化目标' }, unit: 'nats per row', better: 'higher' },
  iwae: { label: { en: 'importance-weighted bound', zh: '重要性加权下界' }, unit: 'nats per row', better: 'higher' },
  bitsPerDimension: { label: { en: 'bits per dimension, at most', zh: '每维比特数（上界）' }, unit: 'bits', better: 'lower' },
  learningRate: { label: { en: 'learning rate', zh: '学习率' }, unit: 'score', better: 'neither' },
  smoothedObjective: { label: { en: 'objective, running mean', zh: '优化目标（滑动平均）' }, unit: 'nats per row', better: 'higher' },
  suggestedRate: { label: { en: 'suggested learning rate', zh: '建议学习率' }, unit: 'score', better: 'neither' },
  squaredError: { label: { en: 'squared error', zh: '平方误差' }, unit: 'score', better: 'lower' },
  totalCorrelation: { label: { en: 'total correlation', zh: '总相关' }, unit: 'nats per row', better: 'neither' },
  layerKl: { label: { en: 'KL of layer', zh: '各层 KL' }, unit: 'nats per row', better: 'neither' },
  mutualInformation: { label: { en: 'mutual information of x and z', zh: 'x 与 z 的互信息' }, unit: 'nats per row', better: 'neither' },
  dimensionKl: { label: { en: 'KL of the dimensions', zh: '各维度 KL' }, unit: 'nats per row', better: 'neither' },
  discriminatorLoss: { label: { en: 'loss of the discriminator', zh: '判别器损失' }, unit: 'nats per row', better: 'neither' },
  covariancePenalty: { label: { en: 'penalty of the covariances', zh: '协方差惩罚' }, unit: 'score', better: 'lower' },
  discrepancy: { label: { en: 'mean discrepancy', zh: '均值差异' }, unit: 'score', better: 'lower' },
  commitment: { label: { en: 'squared distance from the codebook', zh: '与码本的平方距离' }, unit: 'score', better: 'lower' },
  codePerplexity: { label: { en: 'perplexity of the codes', zh: '编码的困惑度' }, unit: 'count', better: 'neither' },
  deadCodes: { label: { en: 'unused entries of the codebook', zh: '未使用的码本条目' }, unit: 'count', better: 'lower' },
  labelFit: { label: { en: 'log q(y∣x) of the labelled', zh: '有标签行的 log q(y∣x)' }, unit: 'nats per row', better: 'higher' },
  baselineLoss: { label: { en: 'squares of the baseline', zh: '基线的平方误差' }, unit: 'score', better: 'lower' },
  gradientNorm: { label: { en: 'gradient norm', zh: '梯度范数' }, unit: 'score', better: 'neither' },
  activeUnits: { label: { en: 'active units', zh: '激活单元数' }, unit: 'count', better: 'neither' },
}

const parts: Record<string, { en: string; zh: string }> = {
  train: { en: 'train', zh: '训练' },
  validation: { en: 'validation', zh: '验证' },
  test: { en: 'test', zh: '测试' },
  restarts: { en: 'restarts', zh: '重启' },
  search: { en: 'search', zh: '搜索' },
}

/** 'train/elbo' → 'train · ELBO'; unknown names stay as they are. */
export function metricLabel(key: string, language: 'en' | 'zh'): string {
  const slash = key.indexOf('/')
  const part = key.slice(0, slash)
  const name = key.slice(slash + 1)
  const [, plain = name, index = ''] = /^(\w+)(\[\d+\])$/.exec(name) ?? []
  const label = metricInfo[plain] ? `${metricInfo[plain].label[language]}${index}` : name
  return slash < 0 ? label : `${parts[part]?.[language] ?? part} · ${label}`
}

/** The metric a list shows first for each kind of model. */
export const primaryMetric = {
  'gaussian-mixture': 'train/logLikelihood',
  'student-t-mixture': 'train/logLikelihood',
  'bernoulli-mixture': 'train/logLikelihood',
  'categorical-mixture': 'train/logLikelihood',
  'poisson-mixture': 'train/logLikelihood',
  'mixed-mixture': 'train/logLikelihood',
  'k-means': 'train/inertia',
  'bayes-classifier': 'train/accuracy',
  'bayesian-gaussian-mixture': 'train/lowerBound',
  ppca: 'train/logLikelihood',
  'factor-analysis': 'train/logLikelihood',
  'mixture-of-factor-analyzers': 'train/logLikelihood',
  hmm: 'train/logLikelihood',
  plsa: 'train/logLikelihood',
  lda: 'train/lowerBound',
  clutter: 'train/logEvidence',
  'probit-regression': 'train/logEvidence',
  autoencoder: 'train/reconstruction',
  vae: 'train/elbo',
  'categorical-vae': 'train/elbo',
  'semi-supervised-vae': 'train/elbo',
  'vq-vae': 'train/reconstruction',
} as const
