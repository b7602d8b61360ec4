import type { Message } from './message'

/** Rows that lack entries, posteriors and gaps of models fitted by gradients. */
export const deepMessages = {
  'vae/missing-refused': {
    en: 'Column {column} lacks {count} values, and this model was not told what to do with them. Set `model.missing: observed` to learn from the entries that are there, or leave such rows out when importing.',
    zh: '列 {column} 缺少 {count} 个值，而此模型未说明如何处理它们。设置 model.missing: observed 以利用已有的值学习，或在导入时去掉这些行。',
  },
  'vae/vamp-needs-diagonal': {
    en: 'A VampPrior mixes the posteriors of its pseudo-inputs, whose density a flow does not give at other points. Choose `posterior: diagonal` or another prior.',
    zh: 'VampPrior 混合其伪输入的后验，而流无法给出它们在其他点的密度。请选择 posterior: diagonal 或其他先验。',
  },
  'vae/objective-needs-diagonal': {
    en: 'The objective {objective} needs variances and densities of q(z|x) that only `posterior: diagonal` without a hierarchy has. Choose that, or the objective elbo or iwae.',
    zh: '目标 {objective} 需要 q(z|x) 的方差与密度，只有不带层级的 posterior: diagonal 具备。请选择它，或选择目标 elbo 或 iwae。',
  },
  'vae/one-row': {
    en: 'There is one training row. A model can only learn to repeat it, and its codes tell nothing. Add rows, or give the training part a larger share.',
    zh: '训练集只有一行。模型只能学会重复它，其编码不含任何信息。请增加数据行，或增大训练部分的比例。',
  },
  'vae/codebook-no-bound': {
    en: 'What a VQ-VAE climbs (reconstruction less the commitment) is no bound on log p(x). `elbo` of validation and test is one: it has the prior that is fitted to the codes after each epoch.',
    zh: 'VQ-VAE 的优化目标（重构项减去承诺项）不是 log p(x) 的下界。验证集与测试集的 elbo 才是下界：它使用每轮之后对编码拟合的先验。',
  },
  'vae/condition-no-labels': {
    en: 'The model is told the class of each row, and {dataset} has no labels. Import it with a label, or name columns in `model.condition`.',
    zh: '模型需要每行的类别，而 {dataset} 没有标签。请在导入时指定标签，或在 model.condition 中指定列。',
  },
  'vae/condition-unlabelled': {
    en: '{count} of {rows} rows have no label, and this model is told the class of every row. Leave such rows out when importing, or use a semi-supervised VAE.',
    zh: '{rows} 行中有 {count} 行没有标签，而此模型需要每一行的类别。请在导入时去掉这些行，或使用半监督 VAE。',
  },
  'vae/condition-needs-table': {
    en: 'Columns to be told are columns of a table, and {dataset} holds pictures. Set `model.condition: labels` or none.',
    zh: '作为条件的列应来自表格，而 {dataset} 是图像。请设置 model.condition: labels 或 none。',
  },
  'vae/condition-takes-all': {
    en: 'All {count} columns are told, and none is left to be modelled. Name fewer in `model.condition.columns`.',
    zh: '全部 {count} 列都作为条件，没有可建模的列。请在 model.condition.columns 中减少列数。',
  },
  'vae/condition-vamp': {
    en: 'The pseudo-inputs of a VampPrior are rows without a condition. Choose another prior, or `model.condition: none`.',
    zh: 'VampPrior 的伪输入不带条件。请选择其他先验，或设置 model.condition: none。',
  },
  'vae/condition-incomplete': {
    en: 'A model that fills in absent entries is not told a condition. Set `model.missing: refuse`, or `model.condition: none`.',
    zh: '填补缺失值的模型不接受条件。请设置 model.missing: refuse，或 model.condition: none。',
  },
  'vae/condition-shape': {
    en: 'This model is told {expected} numbers ({names}), not {got}.',
    zh: '此模型的条件有 {expected} 个数（{names}），而不是 {got} 个。',
  },
  'vae/condition-no-class': {
    en: '{name} is none of the classes {known}.',
    zh: '{name} 不在类别 {known} 之中。',
  },
  'latent/no-density': {
    en: 'Codes of model {model} are no points of a continuous space, so no mixture of Gaussians is fitted to them. Draw from its own prior, or choose a VAE or an autoencoder.',
    zh: '模型 {model} 的编码不是连续空间中的点，因此不能对其拟合高斯混合。请从其自身的先验采样，或选择 VAE 或自编码器。',
  },
  'latent/density-rows': {
    en: '{components} Gaussians cannot be fitted to the codes of {rows} training rows. Ask for fewer.',
    zh: '无法用 {rows} 个训练行的编码拟合 {components} 个高斯。请减少个数。',
  },
  'latent/density-collapsed': {
    en: 'Every start of a mixture of {components} Gaussians collapsed on these codes. Ask for fewer components.',
    zh: '在这些编码上，{components} 个高斯的混合的所有起点都退化了。请减少分量个数。',
  },
  'vae/no-condition': {
    en: 'This {model} is told nothing besides the row. Leave the condition out.',
    zh: '此 {model} 不接受条件。请不要给出条件。',
  },
  'vae/hierarchy-is-prior': {
    en: 'The layers of a hierarchy are the prior of each other, and the top one is standard normal. Set `model.prior: standard-normal`, or `model.hierarchy: none`.',
    zh: '层级中各层互为先验，最上层为标准正态。请设置 model.prior: standard-normal，或 model.hierarchy: none。',
  },
  'vae/hierarchy-is-posterior': {
    en: 'In a hierarchy q is a Gaussian for each layer, given the layer before it, and no flow bends it. Set `model.posterior: diagonal`, or `model.hierarchy: none`.',
    zh: '层级中的 q 在给定前一层时对每层都是高斯分布，不再由流弯曲。请设置 model.posterior: diagonal，或 model.hierarchy: none。',
  },
  'gaps/no-continuous-latent': {
    en: 'Gaps are those of a bound over a continuous latent, which {model} does not have. Choose a VAE or a factor model.',
    zh: '差距是针对连续潜变量的下界而言的，而 {model} 没有连续潜变量。请选择变分自编码器或因子模型。',
  },
  'gaps/none': {
    en: 'The bound is as good as log p(x): nothing is lost in the family of q or in the encoder.',
    zh: '下界几乎等于 log p(x)：q 的分布族和编码器都没有损失。',
  },
  'gaps/amortization': {
    en: 'Most is lost by the encoder ({amortization} nats; the family of q loses {approximation}). A larger encoder or longer training would help.',
    zh: '损失主要来自编码器（{amortization} 奈特；q 的分布族损失 {approximation}）。更大的编码器或更长的训练会有帮助。',
  },
  'gaps/approximation': {
    en: 'Most is lost because q is a diagonal Gaussian ({approximation} nats; the encoder loses {amortization}). A flow posterior or the IWAE objective would help.',
    zh: '损失主要因为 q 是对角高斯（{approximation} 奈特；编码器损失 {amortization}）。流后验或 IWAE 目标会有帮助。',
  },
  'gaps/encoder-beats-refined': {
    en: 'The encoder’s q is better than the refined diagonal Gaussian (by {amortization} nats): its family is larger, or the ascent needs more steps.',
    zh: '编码器的 q 优于细化后的对角高斯（{amortization} 奈特）：其分布族更大，或上升需要更多步数。',
  },
  'vae/mode-needs-vae': {
    en: 'The mode {mode} ascends the bound of a continuous latent, which {model} does not have. Set `inference.mode: amortized`.',
    zh: '模式 {mode} 针对连续潜变量的下界做上升，而 {model} 没有连续潜变量。请设置 inference.mode: amortized。',
  },
  'vae/mode-needs-diagonal': {
    en: 'The mode {mode} finds moments of a diagonal Gaussian. Set `model.posterior: diagonal` and `model.hierarchy: none`, or `inference.mode: amortized`.',
    zh: '模式 {mode} 求的是对角高斯的矩。请设置 model.posterior: diagonal 且 model.hierarchy: none，或 inference.mode: amortized。',
  },
  'vae/vamp-needs-encoder': {
    en: 'A VampPrior is made by an encoder, and with `inference.mode: svi` there is none. Choose semi-amortized, or another prior.',
    zh: 'VampPrior 由编码器给出，而 inference.mode: svi 没有编码器。请选择 semi-amortized 或其他先验。',
  },
} as const satisfies Record<string, Message>
