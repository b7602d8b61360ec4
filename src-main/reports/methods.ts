import type { Dataset } from '@shared/domain/dataset'
import type { Estimator, Evidence } from '@shared/domain/evidence'
import type { ModelSpec, RunSpec } from '@shared/domain/spec'
import type { Language } from './document'
import { settingsInWords, titleOf, valueInWords } from './spec-in-words'

type Both = Record<Language, string>
const names: Partial<Record<ModelSpec['kind'], Both>> = {
  'gaussian-mixture': { en: 'Gaussian mixture', zh: '高斯混合模型' },
  'student-t-mixture': { en: 'mixture of Student t distributions', zh: '学生 t 混合模型' },
  'bernoulli-mixture': { en: 'Bernoulli mixture', zh: '伯努利混合模型' },
  'categorical-mixture': { en: 'categorical mixture', zh: '类别混合模型' },
  'poisson-mixture': { en: 'Poisson mixture', zh: '泊松混合模型' },
  'k-means': { en: 'k-means clustering', zh: 'k 均值聚类' },
  'bayesian-gaussian-mixture': { en: 'Bayesian Gaussian mixture', zh: '贝叶斯高斯混合模型' },
  ppca: { en: 'probabilistic principal component analysis', zh: '概率主成分分析' },
  'factor-analysis': { en: 'factor analysis', zh: '因子分析' },
  hmm: { en: 'hidden Markov model', zh: '隐马尔可夫模型' },
  plsa: { en: 'probabilistic latent semantic analysis', zh: '概率潜在语义分析' },
  lda: { en: 'latent Dirichlet allocation', zh: '潜在狄利克雷分配' },
  autoencoder: { en: 'autoencoder', zh: '自编码器' },
  vae: { en: 'variational autoencoder', zh: '变分自编码器' },
}
const inferences: Record<string, Both> = {
  em: { en: 'expectation maximization', zh: '期望最大化（EM）算法' },
  'variational-bayes': { en: 'variational Bayes', zh: '变分贝叶斯' },
  'expectation-propagation': { en: 'expectation propagation', zh: '期望传播' },
  'closed-form': { en: 'its closed form', zh: '闭式解' },
  gradient: { en: 'stochastic gradients', zh: '随机梯度' },
}

export const estimatorNames: Record<Estimator, Both> = {
  exact: { en: 'its formula', zh: '公式精确计算' },
  naive: { en: 'averaging over draws from the prior', zh: '对先验样本求平均' },
  importance: { en: 'importance sampling', zh: '重要性采样' },
  iwae: { en: 'the importance-weighted bound', zh: '重要性加权下界' },
  ais: { en: 'annealed importance sampling', zh: '退火重要性采样' },
}
const estimatorsInWords = (estimators: MethodsInput['estimators'], language: Language): string[] => [
  ...new Set(estimators.map(({ estimator, samples }) => `${estimatorNames[estimator][language]}${samples === null ? '' : language === 'zh' ? `（K = ${samples}）` : ` (K = ${samples})`}`)),
]

export interface MethodsInput {
  spec: RunSpec
  dataset: (Pick<Dataset, 'name' | 'rows' | 'shape'> & Partial<Pick<Dataset, 'parts'>>) | null
  datasetName: string
  seeds: readonly number[]
  /** Of log p(x), where any was used. */
  estimators: readonly Pick<Evidence, 'estimator' | 'samples'>[]
  device: string | null
  runtime: string | null
}

/** What was done, as the specification says it. */
export const methodsParagraph = (input: MethodsInput, language: Language): string => (language === 'zh' ? chinese(input) : english(input))

/** Fractions as percentages, without the dust of their sum. */
const percent = (fraction: number): string => `${Number((100 * fraction).toPrecision(6))} %`
const climbed = ['kind', 'objective', 'optimizer', 'epochs', 'batchSize']

function english({ spec, dataset, datasetName, seeds, estimators, device, runtime }: MethodsInput): string {
  const { model, inference, split, preprocess } = spec
  const said = (path: string, value: unknown): string => valueInWords(path, value, 'en')
  const size = dataset ? ` (${dataset.rows} rows, ${dataset.shape.slice(1).join(' × ')} features)` : ''
  const kind = names[model.kind]?.en ?? said('model.kind', model.kind)
  const parts = [`${percent(split.train)} for training`, split.validation > 0 && `${percent(split.validation)} for validation`, split.test === undefined ? hasOwnTest(dataset) && 'the test part as the dataset has it' : split.test > 0 && `${percent(split.test)} for testing`]
  const settings = settingsInWords('inference', inference, 'en', inference.kind === 'gradient' ? climbed : [])
  const sentences = [
    `${capital(withArticle(kind, model.kind))}${wrapped(settingsInWords('model', model, 'en', ['likelihood']), ' (', ')')} was fitted to ${datasetName}${size} by ${inferences[inference.kind]?.en ?? said('inference.kind', inference.kind)}.`,
    `Of the rows, ${parts.filter(Boolean).join(', ')}${split.draw ? `, drawn ${said('split.draw', split.draw)}` : ''} (${titleOf('split.seed', 'en')} ${split.seed}); preprocessing, fitted on the training rows only: ${preprocess.map((step) => said('preprocess', step)).join(', then ') || 'none'}.`,
    'likelihood' in model && `The likelihood is ${said('model.likelihood', model.likelihood)}.`,
    inference.kind === 'gradient' &&
      `The objective was ${said('inference.objective', inference.objective)}, climbed by ${said('inference.optimizer', inference.optimizer)} for at most ${inference.epochs} epochs in batches of ${inference.batchSize} rows.`,
    settings !== '' && `Settings of the fit: ${settings}.`,
    `Seeds: ${seeds.join(', ')}.`,
    device !== null && `Computed on ${said('device', device)} by ${said('runtime', runtime)}.`,
    estimators.length > 0 && `log p(x) was estimated by ${estimatorsInWords(estimators, 'en').join('; ')}.`,
  ]
  return sentences.filter(Boolean).join(' ')
}

function chinese({ spec, dataset, datasetName, seeds, estimators, device, runtime }: MethodsInput): string {
  const { model, inference, split, preprocess } = spec
  const said = (path: string, value: unknown): string => valueInWords(path, value, 'zh')
  const size = dataset ? `（${dataset.rows} 行，${dataset.shape.slice(1).join(' × ')} 个特征）` : ''
  const parts = [`训练 ${percent(split.train)}`, split.validation > 0 && `验证 ${percent(split.validation)}`, split.test === undefined ? hasOwnTest(dataset) && '测试部分以数据集自带者为准' : split.test > 0 && `测试 ${percent(split.test)}`]
  const settings = settingsInWords('inference', inference, 'zh', inference.kind === 'gradient' ? climbed : [])
  const sentences = [
    `在数据集 ${datasetName}${size === '' ? ' ' : size}上，以${inferences[inference.kind]?.zh ?? said('inference.kind', inference.kind)}拟合${names[model.kind]?.zh ?? said('model.kind', model.kind)}${wrapped(settingsInWords('model', model, 'zh', ['likelihood']), '（', '）')}。`,
    `数据划分：${parts.filter(Boolean).join('，')}${split.draw ? `，${said('split.draw', split.draw)}` : ''}（${titleOf('split.seed', 'zh')} ${split.seed}）；预处理仅在训练数据上拟合：${preprocess.map((step) => said('preprocess', step)).join('，然后') || '无'}。`,
    'likelihood' in model && `似然为${said('model.likelihood', model.likelihood)}。`,
    inference.kind === 'gradient' &&
      `目标函数为 ${said('inference.objective', inference.objective)}，由 ${said('inference.optimizer', inference.optimizer)} 优化，至多 ${inference.epochs} 轮，批大小 ${inference.batchSize}。`,
    settings !== '' && `拟合设置：${settings}。`,
    `随机种子：${seeds.join('、')}。`,
    device !== null && `计算设备为 ${said('device', device)}，运行时为 ${said('runtime', runtime)}。`,
    estimators.length > 0 && `log p(x) 的估计方法：${estimatorsInWords(estimators, 'zh').join('；')}。`,
  ]
  return sentences.filter(Boolean).join('')
}

/** Methods have no article, models do. */
const methodKinds: readonly string[] = ['k-means', 'ppca', 'factor-analysis', 'plsa', 'lda', 'probit-regression']
const withArticle = (name: string, kind: string): string => (methodKinds.includes(kind) ? name : `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`)
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
/** A dataset that came with a test part of its own keeps it. */
const hasOwnTest = (dataset: MethodsInput['dataset']): boolean => dataset?.parts?.some(({ name }) => name === 'test') ?? false
const wrapped = (text: string, before: string, after: string): string => (text === '' ? '' : `${before}${text}${after}`)
