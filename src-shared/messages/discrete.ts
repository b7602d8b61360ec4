import type { Message } from './message'

/** Models with discrete codes. */
export const discreteMessages = {
  'discrete/no-labels': {
    en: 'model.labelled is {labelled}, but {dataset} has no labels. Import it again with a label column, or set model.labelled to 0 and model.classes.',
    zh: 'model.labelled 为 {labelled}，但 {dataset} 没有标签。请重新导入并指定标签列，或将 model.labelled 设为 0 并设置 model.classes。',
  },
  'discrete/no-classes': {
    en: '{dataset} has no labels, so how many values y takes must be said: set model.classes to 2 or more.',
    zh: '{dataset} 没有标签，须指明 y 的取值数：请将 model.classes 设为 2 或更大。',
  },
  'discrete/classes-told': {
    en: 'model.classes is {asked}, but the labels that are told have {classes} classes. Leave model.classes at 0, or set model.labelled to 0.',
    zh: 'model.classes 为 {asked}，但所给标签有 {classes} 类。请令 model.classes 为 0，或将 model.labelled 设为 0。',
  },
  'discrete/too-few-labelled': {
    en: '{labelled} labelled rows cannot show all {classes} classes. Set model.labelled to at least {classes}, or to 0.',
    zh: '{labelled} 个有标签行无法覆盖全部 {classes} 类。请将 model.labelled 设为至少 {classes}，或设为 0。',
  },
  'discrete/below-takes-all': {
    en: 'M1 trains for {below} epochs and leaves none of the {epochs} to M2. Raise inference.epochs, or lower model.below.vae.epochs.',
    zh: 'M1 训练 {below} 轮，{epochs} 轮中没有留给 M2 的。请增大 inference.epochs，或减小 model.below.vae.epochs。',
  },
  'discrete/codes-are-no-pictures': {
    en: '{field} has convolutional layers, but with a VAE below M2 sees codes and no pictures. Put them under model.below.vae.',
    zh: '{field} 含卷积层，但下方有 VAE 时 M2 看到的是编码而非图像。请将卷积层放到 model.below.vae 下。',
  },
  'discrete/objective': {
    en: '{model} climbs the elbo, with β and its schedule alone: how many draws it takes belongs to the model, and other objectives are for Gaussian codes. Leave inference.objective.elbo with samples 1 and freeBits 0.',
    zh: '{model} 只最大化 elbo，可调 β 及其进程：抽样数属于模型，其他目标用于高斯编码。请使用 inference.objective.elbo，samples 为 1，freeBits 为 0。',
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
