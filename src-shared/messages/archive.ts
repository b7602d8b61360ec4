import type { Message } from './message'

export const archiveMessages = {
  'archive/no-file': {
    en: 'There is no file {path}. Give the path of an archive that this workbench wrote.',
    zh: '文件 {path} 不存在。请给出由本工作台写出的归档文件的路径。',
  },
  'archive/not-one': {
    en: '{path} is a zip, but no archive of this workbench: its archive.json is missing or cannot be read. Give a file that `latent archive create` wrote.',
    zh: '{path} 是 zip 文件，但不是本工作台的归档：其中的 archive.json 缺失或无法读取。请给出 `latent archive create` 写出的文件。',
  },
  'archive/newer': {
    en: '{path} is an archive of version {found}, and this workbench reads up to {known}. Open it with a newer version of the workbench.',
    zh: '{path} 是版本 {found} 的归档，而本工作台最高支持版本 {known}。请使用更新版本的工作台打开。',
  },
  'archive/damaged': {
    en: '{path} is not whole: {reason}. Nothing was imported. Copy or download the archive again.',
    zh: '{path} 不完整：{reason}。未导入任何内容。请重新复制或下载该归档。',
  },
  'archive/tampered': {
    en: '{name} in {path} is not what its archive.json says (its size, hash or place differs), so nothing was imported. Get the archive again from where it was made.',
    zh: '{path} 中的 {name} 与 archive.json 的记录不符（大小、哈希或位置不同），因此未导入任何内容。请从其来源重新获取该归档。',
  },
  'archive/climbs': {
    en: '{path} holds an entry “{name}”, which is none of the places an archive has, and may lead out of its folder. Nothing was imported; do not trust this file.',
    zh: '{path} 含有条目“{name}”，它不属于归档应有的位置，可能指向文件夹之外。未导入任何内容；请勿信任此文件。',
  },
  'archive/unreadable': {
    en: '{name} in {path} cannot be understood: {problem}. Nothing was imported. It may be of another version; export the archive again with this one.',
    zh: '无法理解 {path} 中的 {name}：{problem}。未导入任何内容。它可能来自其他版本；请用当前版本重新导出归档。',
  },
  'archive/no-space': {
    en: '{path} needs {bytes} bytes unpacked, and {free} are free in the data folder. Make room, or choose another data folder.',
    zh: '{path} 解压后需要 {bytes} 字节，而数据文件夹仅剩 {free} 字节。请腾出空间，或选择其他数据文件夹。',
  },
  'archive/busy': {
    en: '{path} is being written or read already. Wait until that is done, or choose another path.',
    zh: '{path} 正在写入或读取。请等待完成，或选择其他路径。',
  },
  'archive/cancelled': {
    en: 'The archive {path} was cancelled; nothing of it was kept.',
    zh: '归档 {path} 已取消；未保留任何内容。',
  },
} as const satisfies Record<string, Message>
