import type { Dataset } from '@shared/domain/dataset'
import type { ModelSpec, RunSpec } from '@shared/domain/spec'
import { flattenSpec, specValueText } from '@shared/domain/flat-spec'
import type { Language } from './document'

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

/** `a (b: 1, c: 2)` of a choice and its settings. */
function settings(choice: unknown): string {
  if (typeof choice !== 'object' || choice === null) return String(choice)
  return Object.entries(choice)
    .map(([name, inner]) => {
      const flat = Object.entries(flattenSpec(inner)).map(([path, value]) => (path === '' ? specValueText(value) : `${path} ${specValueText(value)}`))
      return flat.length > 0 ? `${name} (${flat.join(', ')})` : name
    })
    .join(', ')
}

export interface MethodsInput {
  spec: RunSpec
  dataset: Pick<Dataset, 'name' | 'rows' | 'shape'> | null
  datasetName: string
  seeds: readonly number[]
  /** Names of estimators of log p(x) with their numbers of samples, where any was used. */
  estimators: readonly string[]
  device: string | null
  runtime: string | null
}

/** What was done, as the specification says it. */
export const methodsParagraph = (input: MethodsInput, language: Language): string => (language === 'zh' ? chinese(input) : english(input))

function english({ spec, dataset, datasetName, seeds, estimators, device, runtime }: MethodsInput): string {
  const { model, inference, split, preprocess } = spec
  const size = dataset ? ` (${dataset.rows} rows, ${dataset.shape.slice(1).join(' × ')} features)` : ''
  const sentences = [
    `A ${names[model.kind]?.en ?? model.kind} (${modelSettings(model)}) was fitted to ${datasetName}${size} by ${inferences[inference.kind]?.en ?? inference.kind}.`,
    `The rows were split into training ${split.train}, validation ${split.validation} and test ${split.test ?? 'as the dataset has it'} (split seed ${split.seed}); preprocessing, fitted on the training rows only: ${preprocess.map(settings).join(', ') || 'none'}.`,
    'likelihood' in model && `The likelihood is ${settings(model.likelihood)}.`,
    inference.kind === 'gradient'
      ? `The objective is ${settings(inference.objective)}, climbed by ${settings(inference.optimizer)} for at most ${inference.epochs} epochs in batches of ${inference.batchSize}.`
      : `Settings of the fit: ${settings(inference)}.`,
    `Seeds: ${seeds.join(', ')}.`,
    device !== null && `Computed on ${device} by ${runtime}.`,
    estimators.length > 0 && `log p(x) was estimated by ${estimators.join('; ')}.`,
  ]
  return sentences.filter(Boolean).join(' ')
}

function chinese({ spec, dataset, datasetName, seeds, estimators, device, runtime }: MethodsInput): string {
  const { model, inference, split, preprocess } = spec
  const size = dataset ? `（${dataset.rows} 行，${dataset.shape.slice(1).join(' × ')} 个特征）` : ''
  const sentences = [
    `在数据集 ${datasetName}${size}上，以${inferences[inference.kind]?.zh ?? ` ${inference.kind} `}拟合${names[model.kind]?.zh ?? ` ${model.kind} `}（${modelSettings(model)}）。`,
    `数据按训练 ${split.train}、验证 ${split.validation}、测试 ${split.test ?? '（数据集自带部分）'} 划分（划分种子 ${split.seed}）；预处理仅在训练数据上拟合：${preprocess.map(settings).join('、') || '无'}。`,
    'likelihood' in model && `似然为 ${settings(model.likelihood)}。`,
    inference.kind === 'gradient'
      ? `目标函数为 ${settings(inference.objective)}，由 ${settings(inference.optimizer)} 优化，至多 ${inference.epochs} 轮，批大小 ${inference.batchSize}。`
      : `拟合设置：${settings(inference)}。`,
    `随机种子：${seeds.join('、')}。`,
    device !== null && `计算设备为 ${device}，运行时为 ${runtime}。`,
    estimators.length > 0 && `log p(x) 的估计方法：${estimators.join('；')}。`,
  ]
  return sentences.filter(Boolean).join('')
}

/** Settings of the model itself; its likelihood has a sentence of its own. */
function modelSettings(model: ModelSpec): string {
  const own = Object.entries(flattenSpec(model)).filter(([path]) => path !== 'kind' && !path.startsWith('likelihood'))
  return own.map(([path, value]) => `${path} ${specValueText(value)}`).join(', ')
}
