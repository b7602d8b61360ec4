import type { Message } from './message'

/** Autoencoders, and what their fits report in words. */
export const vaeMessages = {
  'spec/dequantize-not-first': {
    en: '`dequantize` spreads whole numbers over [x, x + 1) and must be the first step of preprocess. Move it up.',
    zh: 'dequantize 将整数分散到 [x, x + 1)，必须是预处理的第一步。请将其移到最前。',
  },
  'spec/dequantize-needs-batches': {
    en: '`dequantize` draws afresh for every batch, which {model} does not have. Take it out of preprocess.',
    zh: 'dequantize 为每个批次重新抽取，而 {model} 不使用批次。请将其从预处理中去掉。',
  },
  'spec/dequantize-needs-levels': {
    en: '`dequantize` is for whole numbers, but column {column} holds real numbers. Take it out of preprocess.',
    zh: 'dequantize 适用于整数，而列 {column} 是实数。请将其从预处理中去掉。',
  },
  'vae/density-of-levels': {
    en: 'Pixels are whole numbers, and a density of whole numbers can grow without bound: its nats do not compare with those of a discrete likelihood. Put `dequantize` first in preprocess, or use discretizedLogistic.',
    zh: '像素是整数，而整数的密度可以无限增大：其奈特数不能与离散似然相比。请在预处理最前加入 dequantize，或改用 discretizedLogistic。',
  },
  'vae/rate-found': {
    en: 'The objective stood highest at a learning rate of {highest} and fell apart at {gaveUpAt}. Train with about {suggested}.',
    zh: '目标在学习率 {highest} 处最高，在 {gaveUpAt} 处开始崩溃。建议使用约 {suggested} 的学习率训练。',
  },
  'vae/rate-found-to-the-end': {
    en: 'The objective stood highest at a learning rate of {highest} and held up to the end of the search, {end}. Train with about {suggested}, or search further.',
    zh: '目标在学习率 {highest} 处最高，并一直维持到搜索终点 {end}。建议使用约 {suggested} 的学习率训练，或扩大搜索范围。',
  },
  'vae/objective-without-prior': {
    en: 'An autoencoder climbs its reconstruction alone: it has no prior and draws nothing, so {objective} with these fields means nothing for it. Leave the objective as it is (elbo with its defaults), or use model.kind vae.',
    zh: '自编码器只最大化重构项：它没有先验也不抽样，因此这样设置的 {objective} 没有意义。请保留默认目标（默认的 elbo），或使用 model.kind vae。',
  },
  'vae/samples-too-many': {
    en: '{samples} samples for each of {batchSize} rows would take about {gigabytes} GB, and {room} GB are there. {fitting} samples fit; or make the batch smaller.',
    zh: '对 {batchSize} 行各取 {samples} 个样本约需 {gigabytes} GB，而可用内存为 {room} GB。最多可取 {fitting} 个样本；也可减小批大小。',
  },
  'vae/batch-too-large': {
    en: 'A batch of {batchSize} rows would take about {gigabytes} GB in the decoder, and {room} GB are there. Use a batch of at most {fitting} rows.',
    zh: '{batchSize} 行的批次在解码器中约需 {gigabytes} GB，而可用内存为 {room} GB。批大小请不超过 {fitting}。',
  },
  'vae/all-collapsed': {
    en: 'After {epoch} epochs none of the {latent} latent dimensions carries information (variance of the posterior mean below 0.01): the posterior has collapsed to the prior. Let the KL warm up, leave some of it free, or lower β.',
    zh: '训练 {epoch} 轮后，{latent} 个隐变量维度均不携带信息（后验均值的方差低于 0.01）：后验已坍塌为先验。请使用 KL 预热、自由比特，或降低 β。',
  },
  'vae/variance-explodes': {
    en: 'At epoch {epoch} the posterior variance of dimension {dimension} was {variance} on average, where the prior has 1: it is growing out of bounds. Standardize columns that are far from 1, or halve the learning rate and clip the gradients.',
    zh: '第 {epoch} 轮时维度 {dimension} 的平均后验方差为 {variance}，而先验方差为 1：方差正在失控增长。若数据列的量级远离 1，请先标准化；或将学习率减半并裁剪梯度。',
  },
  'vae/mixed-needs-table': {
    en: 'A likelihood of mixed columns is for tables, but {dataset} holds pictures. Use bernoulli, gaussian, categorical or discretizedLogistic.',
    zh: '混合类型列的似然适用于表格，而 {dataset} 是图像。请使用 bernoulli、gaussian、categorical 或 discretizedLogistic。',
  },
  'vae/mixed-preprocessed': {
    en: 'A likelihood of mixed columns reads them as they are: counts and codes must stay whole numbers, and real columns are put in their own units by the model. Empty preprocess.',
    zh: '混合类型列的似然直接使用原始数据：计数和编码必须保持整数，实数列由模型自行标准化。请清空预处理。',
  },
  'vae/levels-scaled': {
    en: 'A categorical or discretized logistic likelihood needs whole numbers, but the preprocessing scales them. Take `scale` and `standardize` out of preprocess; the encoder scales by itself.',
    zh: '分类或离散逻辑斯谛似然要求整数，但预处理会缩放数据。请从预处理中去掉 scale 和 standardize；编码器会自行缩放。',
  },
  'vae/not-levels': {
    en: 'This likelihood needs whole numbers from 0 to {largest}, but {dataset} reaches from {minimum} to {maximum}. Set levels to {needed} if its values are whole numbers, or use a Gaussian likelihood.',
    zh: '该似然要求 0 到 {largest} 的整数，但 {dataset} 的取值范围是 {minimum} 到 {maximum}。若取值为整数，请将级数设为 {needed}；否则请改用高斯似然。',
  },
  'vae/not-of-family': {
    en: 'Column {column} reaches from {minimum} to {maximum} and cannot be of the family {family}. Name it in model.likelihood.mixed under the family it has.',
    zh: '列 {column} 的取值范围是 {minimum} 到 {maximum}，不能作为 {family}。请在 model.likelihood.mixed 中将其列入正确的分布族。',
  },
} as const satisfies Record<string, Message>
