import type { specDiscreteEn } from './spec-discrete-en'
import type { FieldText } from './spec-en'
import { under } from './under'

/* 离散编码及其梯度估计量的文字。 */

const samples: FieldText = { title: '每行抽样数', help: '每行每步抽取的编码 z ~ q(z∣x) 个数。' }

export const specDiscreteZh = {
  'model.entries': { title: '条目数', help: '码本中的向量数，由编码的各部分共用。' },
  'model.width': { title: '条目长度', help: '码本向量的长度。' },
  'model.codebook': {
    title: '码本',
    help: '条目的学习方式：取近期选中它的向量的均值，或用梯度。',
    options: { movingAverage: '滑动平均', gradient: '梯度' },
  },
  'model.codebook.movingAverage': { title: '滑动平均', help: '对选中各条目的向量的个数与总和取滑动平均。' },
  'model.codebook.movingAverage.decay': { title: '记忆', help: '每一步保留的平均值比例。' },
  'model.codebook.movingAverage.revive': { title: '低于此则重启', help: '使用率低于均匀份额这一比例的条目会从批次中的一个向量重新开始；0 表示从不。' },
  'model.codebook.gradient': { title: '梯度', help: '条目被拉向选中它们的向量。' },
  'model.commitment': { title: '承诺权重', help: '编码器向量与其条目平方距离的权重。' },
  'model.variables': { title: '变量数', help: '编码的组成部分；每个取一个类别。' },
  'model.categories': { title: '类别数', help: '编码的每个部分可取的值。' },
  'model.codePrior': { title: '类别先验', help: '各类别等概率，或概率与网络一同训练。', options: { uniform: '均匀', trained: '训练' } },
  'model.labelled': { title: '有标签行数', help: '告知类别的训练行数，由种子抽取，各类数目相同。0：没有。' },
  'model.classes': { title: '类别数', help: '不告知标签时 y 的取值数；0：与数据集的类别数相同。' },
  'model.labelWeight': { title: '标签权重', help: '有标签行的 log q(y∣x) 相对于下界的权重。' },
  'model.estimator': {
    title: '梯度估计量',
    help: '如何估计对编码求期望的梯度。',
    options: {
      enumeration: '枚举（精确）',
      reinforce: 'REINFORCE',
      leaveOneOut: '留一法',
      vimco: 'VIMCO',
      gumbelSoftmax: 'Gumbel-softmax（有偏）',
      straightThrough: '直通（有偏）',
    },
  },
  'model.estimator.reinforce': { title: 'REINFORCE', help: '得分函数减去基线。无偏。Williams 1992。' },
  'model.estimator.leaveOneOut': { title: '留一法', help: '每次抽样以其余抽样的均值为基线。无偏。' },
  'model.estimator.vimco': { title: 'VIMCO', help: '用于重要性加权下界的留一法，此时最大化该下界。无偏。Mnih & Rezende 2016。' },
  'model.estimator.gumbelSoftmax': { title: 'Gumbel-softmax', help: '软化编码使梯度可以通过。有偏，方差小。' },
  'model.estimator.straightThrough': { title: '直通', help: '前向用编码，反向用概率。有偏。' },
  ...under('model.estimator', {
    'reinforce.baseline': {
      title: '基线',
      help: '无、滑动均值，或再加上网络由该行给出的估计（NVIL）。',
      options: { none: '无', running: '滑动均值', learned: '学习' },
    },
    'reinforce.samples': samples,
    'leaveOneOut.samples': samples,
    'vimco.samples': samples,
    'gumbelSoftmax.temperature': { title: '温度', help: '越低偏差越小，方差越大。' },
    'gumbelSoftmax.samples': samples,
    'straightThrough.samples': samples,
  }),
} satisfies Record<keyof typeof specDiscreteEn, FieldText>
