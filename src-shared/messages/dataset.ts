import type { Message } from './message'

export const datasetMessages = {
  'dataset/file-missing': {
    en: 'There is no file or folder at {path}. Check the path.',
    zh: '{path} 处没有文件或文件夹。请检查路径。',
  },
  'dataset/file-empty': { en: '{path} is empty (0 bytes). Choose a file that holds data.', zh: '{path} 是空文件（0 字节）。请选择含有数据的文件。' },
  'dataset/not-found': {
    en: 'There is no dataset called {name}. `data list` shows those there are.',
    zh: '没有名为 {name} 的数据集。可在“数据”中查看已有的数据集。',
  },
} as const satisfies Record<string, Message>
