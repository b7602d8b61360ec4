import type { Message } from './message'

export const reportMessages = {
  'export/ending': {
    en: '{path} has none of the endings that say what to write: {endings}. Choose one of them.',
    zh: '{path} 的扩展名无法说明要写入的格式，可用：{endings}。请选择其中之一。',
  },
  'export/is-folder': {
    en: '{path} is a folder, where a file is to be written. Give the name of a file in it.',
    zh: '{path} 是文件夹，而此处要写入文件。请给出其中的文件名。',
  },
  'export/exists': {
    en: '{path} is there already and is not overwritten. Remove it, or choose another place.',
    zh: '{path} 已存在，不会被覆盖。请将其删除，或选择其他位置。',
  },
  'export/fractional-steps': {
    en: 'This format counts steps in whole numbers, and {keys} has others. Export as csv, which keeps them.',
    zh: '该格式的步数只能为整数，而 {keys} 含有非整数步。请导出为 csv，它会保留原值。',
  },
} as const satisfies Record<string, Message>
