import type { Message } from './message'

/** Rows that lack entries, posteriors and gaps of models fitted by gradients. */
export const deepMessages = {
  'vae/missing-refused': {
    en: 'Column {column} lacks {count} values, and this model was not told what to do with them. Set `model.missing: observed` to learn from the entries that are there, or leave such rows out when importing.',
    zh: '列 {column} 缺少 {count} 个值，而此模型未说明如何处理它们。设置 model.missing: observed 以利用已有的值学习，或在导入时去掉这些行。',
  },
} as const satisfies Record<string, Message>
