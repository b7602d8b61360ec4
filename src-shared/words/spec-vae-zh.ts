import type { FieldText } from './spec-en'
import type { specVaeEn } from './spec-vae-en'
import { under } from './under'

/* 网络、自编码器与梯度目标的文字。 */

const network = <Name extends string>(name: Name, widths: string) =>
  under(name, {
    channels: { title: '卷积滤波器', help: '各卷积层的滤波器数，由图像向内，以逗号分隔；留空则只用全连接层。仅用于图像。' },
    kernel: { title: '卷积核', help: '滤波器的边长（像素）。' },
    stride: { title: '步幅', help: '滤波器每次移动的像素数。' },
    mlp: { title: '隐藏层', help: widths },
    activation: {
      title: '激活函数',
      help: '作用于每个隐藏层之后。',
      options: {
        relu: 'ReLU',
        'leaky-relu': 'leaky ReLU（0.01）',
        elu: 'ELU',
        gelu: 'GELU',
        silu: 'SiLU（swish）',
        tanh: 'tanh',
        softplus: 'softplus',
        sigmoid: 'sigmoid',
        identity: '无（线性）',
      },
    },
    norm: {
      title: '归一化',
      help: '位于每个隐藏层与其激活函数之间。批归一化：每个通道在整批上；层归一化：每行的全部数值。',
      options: { none: '无', batch: '批', layer: '层' },
    },
    dropout: { title: '随机失活', help: '训练的一步中将隐藏值置为 0 的概率。' },
    residualBlocks: { title: '残差块', help: '每个隐藏层之后同宽度的 h + f(h) 块数。' },
  })

const hierarchyFields = <Name extends string>(name: Name) =>
  under(name, {
    above: { title: '上层维度', help: 'z₂、z₃……的维度，以逗号分隔。z₁ 的维度即隐变量维度。' },
    between: { title: '层间网络', help: '各层之间向上与向下的网络。' },
    'between.mlp': { title: '隐藏层', help: '各层宽度，以逗号分隔。' },
    'between.activation': network('between', '')['between.activation'],
    'between.norm': network('between', '')['between.norm'],
    'between.dropout': network('between', '')['between.dropout'],
    'between.residualBlocks': network('between', '')['between.residualBlocks'],
  })

const klSchedule: FieldText = {
  title: 'KL 权重变化',
  help: 'KL 项的权重在训练中如何变化。从较低值开始有助于避免后验坍塌。',
  options: { constant: '不变', warmup: '预热', cycles: '循环' },
}
const klScheduleFields = <Name extends string>(name: Name) =>
  under(name, {
    'warmup.epochs': { title: '轮数', help: '经过这么多轮后 KL 达到全部权重。' },
    'warmup.from': { title: '起始', help: '开始时权重的比例。' },
    'cycles.epochs': { title: '轮数', help: '一个循环的长度。' },
    'cycles.rising': { title: '上升部分', help: '循环中权重由 0 上升的部分，此后保持不变。' },
  })

const floor = '学习得到的标准差不会低于该值。'
const scale = '共享：所有输出共用一个；可学习：由解码器按输出和 z 给出。'
const levels = '取值为从 0 到该数减 1 的整数。请不要在预处理中缩放。'

const samples: FieldText = { title: '每行样本数', help: '每步对每行抽取 z ~ q(z∣x) 的次数。' }

export const specVaeZh: Record<keyof typeof specVaeEn, FieldText> = {
  'model.encoder': { title: '编码器', help: '网络 x → q(z∣x)。' },
  ...network('model.encoder', '从输入到 z 各层的宽度，以逗号分隔。'),
  'model.decoder': { title: '解码器', help: '网络 z → p(x∣z)。' },
  ...network('model.decoder', '从 z 到输出各层的宽度，以逗号分隔。'),
  'model.likelihood': {
    title: '似然',
    help: '伯努利适用于 [0, 1] 内的取值（如缩放后的像素）；高斯和学生 t 适用于实数；分类和离散逻辑斯谛适用于从 0 起的整数。',
    options: {
      bernoulli: '伯努利',
      gaussian: '高斯',
      studentT: '学生 t',
      categorical: '分类',
      discretizedLogistic: '离散逻辑斯谛',
      mixed: '混合类型列',
    },
  },
  'model.likelihood.gaussian.variance': {
    title: '方差',
    help: '共享：所有输出共用一个可训练方差；可学习：由解码器按输出和 z 给出；或固定为一个数。',
    options: { shared: '共享', learned: '可学习', value: '固定值' },
  },
  'model.likelihood.gaussian.floor': { title: '下限', help: floor },
  'model.likelihood.studentT.degreesOfFreedom': {
    title: '自由度',
    help: '越小尾部越重。共享或学习的自由度始终大于 2。',
    options: { shared: '共享', learned: '可学习', value: '固定值' },
  },
  'model.likelihood.studentT.scale': { title: '尺度', help: scale, options: { shared: '共享', learned: '可学习' } },
  'model.likelihood.studentT.floor': { title: '下限', help: floor },
  'model.likelihood.categorical.levels': { title: '级数', help: levels },
  'model.likelihood.discretizedLogistic.levels': { title: '级数', help: levels },
  'model.likelihood.discretizedLogistic.scale': { title: '尺度', help: scale, options: { shared: '共享', learned: '可学习' } },
  'model.likelihood.discretizedLogistic.floor': { title: '下限', help: '尺度不会低于该值（相对于级数范围一半的比例）。' },
  ...under('model.likelihood.mixed', {
    real: { title: '实数列', help: '看似其他类型、实为实数的列。' },
    count: { title: '计数列', help: '看似其他类型、实为计数的列。' },
    binary: { title: '二值列', help: '未被识别为 0/1 的二值列。' },
    category: { title: '类别列', help: '数值为类别编码的列。' },
    floor: { title: '下限', help: '实数列的标准差不会低于该值（以该列自身的标准差为单位）。' },
  }),
  'model.prior': {
    title: '先验',
    help: 'p(z)。混合先验和 VampPrior 与网络一同训练。',
    options: { 'standard-normal': '标准正态', mixture: '高斯混合', vamp: 'VampPrior' },
  },
  'model.prior.mixture.components': { title: '分量数', help: '协方差为对角的高斯分布。' },
  'model.prior.vamp.components': { title: '伪输入数', help: '可训练的数据行，其后验等权混合即为先验。Tomczak & Welling 2018。' },
  'model.posterior': {
    title: '后验',
    help: 'q(z∣x) 所属的分布族。流使高斯弯曲，此时 KL 由样本估计。',
    options: { diagonal: '对角高斯', planar: '平面流', inverseAutoregressive: '逆自回归流' },
  },
  'model.posterior.planar': { title: '平面流', help: '由编码器决定的步骤 z + u·tanh(w·z + b)。Rezende & Mohamed 2015。' },
  'model.posterior.planar.flows': { title: '步数', help: '高斯被弯曲的次数。' },
  'model.posterior.inverseAutoregressive': { title: '逆自回归流', help: '每一维由其前面的维平移与缩放。Kingma et al. 2016。' },
  ...under('model.posterior.inverseAutoregressive', {
    flows: { title: '步数', help: '每一步维的次序颠倒。' },
    hidden: { title: '隐藏单元', help: '每一步网络的宽度。' },
    context: { title: '上下文', help: '编码器就每行告诉各步的数。' },
  }),
  'model.hierarchy': {
    title: '随机层',
    help: '一层，或在其上再加若干层：p(z₁∣z₂)、p(z₂∣z₃)……KL 按层给出。',
    options: { none: '一层', bottomUp: '多层，q 自下而上', ladder: '多层，阶梯' },
  },
  'model.hierarchy.bottomUp': { title: '自下而上', help: '先 q(z₁∣x)，再 q(z₂∣z₁)……Rezende et al. 2014。' },
  'model.hierarchy.ladder': { title: '阶梯', help: 'q 与 p 一同自上而下，并加入数据所给的信息。Sønderby et al. 2016。' },
  ...hierarchyFields('model.hierarchy.bottomUp'),
  ...hierarchyFields('model.hierarchy.ladder'),
  'model.condition': {
    title: '条件',
    help: '除数据行外告知两个网络的内容：类别，或若干不再属于 x 的列。可对任意条件抽样。',
    options: { none: '无', labels: '类别', columns: '列' },
  },
  'model.condition.columns': { title: '列', help: '作为条件而不建模的列，以逗号分隔。类别列变为 0 与 1。' },
  'model.below': {
    title: '下层',
    help: '先训练的 VAE（M1），将数据行变为编码，再由 M2 对编码建模。',
    options: { none: '无（M2）', vae: 'VAE（M1 + M2）' },
  },
  'model.below.vae': { title: 'M1', help: '先训练，然后固定。' },
  'model.below.vae.latent': { title: 'M1 的隐维度', help: 'M2 所建模的编码的长度。' },
  'model.below.vae.epochs': { title: 'M1 的轮数', help: '其余轮数归 M2。' },
  'model.below.vae.encoder': { title: 'M1 的编码器', help: '由数据行到编码。' },
  'model.below.vae.decoder': { title: 'M1 的解码器', help: '由编码到数据行。' },
  ...network('model.below.vae.encoder', '由数据向内的各层宽度，以逗号分隔。'),
  ...network('model.below.vae.decoder', '由编码向外的各层宽度，以逗号分隔。'),
  'model.missing': {
    title: '缺失值',
    help: '拒绝含缺失值的数据，或从已有的值学习：下界只针对观测到的部分。与 IWAE 合用即为 MIWAE。',
    options: { refuse: '拒绝', observed: '利用观测值学习' },
  },
  'model.missing.observed': { title: '观测值', help: '编码器会得知哪些值存在。Mattei & Frellsen 2019。' },
  'model.missing.observed.hide': { title: '额外遮住', help: '每步随机遮住的比例，使之后能补全任何部分；补全半张图片可用 0.5。' },
  'inference.mode': {
    title: 'q 的推断方式',
    help: '摊销：由编码器给出 q(z∣x)。SVI：不用编码器，逐行提升其下界。半摊销：从编码器给出的结果开始提升。',
    options: { amortized: '摊销', svi: 'SVI', 'semi-amortized': '半摊销' },
  },
  'inference.inner': { title: '逐行上升', help: '用于 SVI 与半摊销推断。' },
  'inference.inner.steps': { title: '步数', help: '步数越多越慢：每步都要通过解码器正反各一次。' },
  'inference.inner.rate': { title: '步长', help: '沿自然梯度前进的比例；对二次下界，1 可直接到达最优。' },
  'inference.objective': { title: '目标', help: '要最大化的量。', options: {
      elbo: '证据下界',
      iwae: 'IWAE',
      capacity: '容量',
      totalCorrelation: 'β-TCVAE',
      factor: 'FactorVAE',
      dip: 'DIP-VAE',
      mmd: 'InfoVAE（MMD）',
    } },
  'inference.objective.elbo': { title: '证据下界', help: '证据下界：重构项 − β · KL 散度。' },
  'inference.objective.elbo.samples': { title: '每行样本数', help: '每步对每行抽取 z ~ q(z∣x) 的次数。' },
  'inference.objective.elbo.beta': { title: 'β', help: '训练时 KL 项的权重。报告的证据下界权重始终为 1。' },
  'inference.objective.elbo.klSchedule': klSchedule,
  ...klScheduleFields('inference.objective.elbo.klSchedule'),
  'inference.objective.elbo.freeBits': { title: '自由比特', help: '每个维度不计代价的 KL（奈特），防止维度坍塌。' },
  'inference.objective.iwae.samples': { title: '每行样本数', help: 'K：越大下界越高，每步也越慢。' },
  'inference.objective.iwae': { title: 'IWAE', help: '重要性加权下界：K 个样本平均权重的对数。' },
  'inference.objective.capacity': { title: '容量', help: '重构项 − γ·∣KL − C∣，其中容量 C 逐渐上升。' },
  ...under('inference.objective.capacity', {
    samples,
    weight: { title: 'γ', help: '将 KL 保持在容量处的严格程度。' },
    from: { title: '起始', help: '开始时的容量（奈特）。' },
    to: { title: '终止', help: '结束时的容量（奈特）。' },
    epochs: { title: '轮数', help: '容量上升所用的轮数。' },
  }),
  'inference.objective.totalCorrelation': { title: 'β-TCVAE', help: '将 KL 分为三部分，各有权重。Chen et al. 2018。' },
  ...under('inference.objective.totalCorrelation', {
    samples,
    beta: { title: '总相关', help: '各维度相互依赖程度的权重。' },
    mutualInformation: { title: '互信息', help: 'z 所含 x 信息的权重。' },
    dimensions: { title: '各维度', help: '每个维度自身 KL 的权重。' },
  }),
  'inference.objective.totalCorrelation.klSchedule': klSchedule,
  ...klScheduleFields('inference.objective.totalCorrelation.klSchedule'),
  'inference.objective.factor': { title: 'FactorVAE', help: '证据下界 − γ · 总相关，总相关由判别器给出。Kim & Mnih 2018。' },
  ...under('inference.objective.factor', {
    samples,
    weight: { title: 'γ', help: '总相关的权重。' },
    mlp: { title: '判别器', help: '其隐藏层宽度，以逗号分隔。' },
  }),
  'inference.objective.dip': { title: 'DIP-VAE', help: '证据下界 − 隐变量协方差与单位阵的差异。Kumar et al. 2018。' },
  ...under('inference.objective.dip', {
    samples,
    kind: { title: '类型', help: 'I：后验均值的协方差；II：再加上平均后验方差。', options: { I: 'I', II: 'II' } },
    offDiagonal: { title: '非对角', help: '协方差平方的权重。' },
    diagonal: { title: '对角', help: '方差与 1 之差平方的权重。' },
  }),
  'inference.objective.mmd': { title: 'InfoVAE', help: '用核函数比较 q(z) 与 p(z) 的样本。Zhao et al. 2019。' },
  ...under('inference.objective.mmd', {
    samples,
    klWeight: { title: 'KL 权重', help: '即论文中的 1 − α；0 表示只匹配聚合后验。' },
    weight: { title: '差异权重', help: '均值差异平方的权重。' },
    bandwidth: { title: '带宽', help: '核的宽度，以 √(隐变量维数) 为单位。' },
  }),
}
