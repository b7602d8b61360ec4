import type { Message } from './message'

export const exampleMessages = {
  'example/not-found': {
    en: 'There is no ready-made experiment {name}. There are: {names}.',
    zh: '没有名为 {name} 的现成实验。可用的有：{names}。',
  },
  'example/not-a-run': {
    en: '{name} fits a whole grid of models, in which no single field can be set. Run it as it is, or use `latent select` with a specification of your own.',
    zh: '{name} 会拟合整个模型网格，无法设置单个字段。请按原样运行，或对自己的规格使用 `latent select`。',
  },
} as const satisfies Record<string, Message>
