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
    en: 'The objective {objective} needs variances and densities of q(z|x) that only `posterior: diagonal` has. Choose that, or the objective elbo or iwae.',
    zh: '目标 {objective} 需要 q(z|x) 的方差与密度，只有 posterior: diagonal 具备。请选择它，或选择目标 elbo 或 iwae。',
  },
} as const satisfies Record<string, Message>
