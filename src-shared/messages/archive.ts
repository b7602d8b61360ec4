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
    en: '{path} was cancelled; nothing of it was kept.',
    zh: '{path} 已取消；未保留任何内容。',
  },
} as const satisfies Record<string, Message>

export const importMessages = {
  'import/no-path': {
    en: 'There is nothing at {path}. Give an event file of TensorBoard, a folder of such, a folder of MLflow runs, or its mlflow.db.',
    zh: '{path} 不存在。请给出 TensorBoard 事件文件、含事件文件的文件夹、MLflow 运行文件夹或 mlflow.db。',
  },
  'import/nothing': {
    en: '{path} holds no runs that are read here. Give an event file of TensorBoard, a folder of such, a folder of MLflow runs, or its mlflow.db.',
    zh: '{path} 中没有可读取的运行。请给出 TensorBoard 事件文件、含事件文件的文件夹、MLflow 运行文件夹或 mlflow.db。',
  },
  'import/event-version': {
    en: '{path} is an event file of version {version}, and only brain.Event:2 is read. Write it again with a version of TensorFlow, PyTorch or tensorboardX that writes this one.',
    zh: '{path} 是版本为 {version} 的事件文件，而此处仅支持 brain.Event:2。请用写出该版本的 TensorFlow、PyTorch 或 tensorboardX 重新生成。',
  },
  'import/event-damaged': {
    en: '{path} is damaged: {reason}. Nothing was imported. Copy the file again from where it was written.',
    zh: '{path} 已损坏：{reason}。未导入任何内容。请从其来源重新复制该文件。',
  },
  'import/no-mlflow': {
    en: '{path} is a database, but none of MLflow: its tables runs, metrics and params are missing. Give the mlflow.db of a tracking server.',
    zh: '{path} 是数据库，但不是 MLflow 的数据库：缺少 runs、metrics、params 等表。请给出跟踪服务器的 mlflow.db。',
  },
  'import/database-damaged': {
    en: '{path} cannot be read as a database of MLflow: {reason}. Copy it again while no server writes to it.',
    zh: '无法将 {path} 作为 MLflow 数据库读取：{reason}。请在没有服务器写入时重新复制。',
  },
  'import/mlflow-damaged': {
    en: '{path} is not what MLflow writes: {reason}. Nothing was imported. Mend or remove the file.',
    zh: '{path} 不是 MLflow 写出的内容：{reason}。未导入任何内容。请修正或删除该文件。',
  },
  'import/cut-off': {
    en: 'The last record of the event file is not whole: it was still being written, or was cut off. All points before it are here.',
    zh: '事件文件的最后一条记录不完整：当时仍在写入，或文件被截断。此前的所有点均已导入。',
  },
  'import/taken-back': {
    en: 'The program began again at an earlier step, which took back {count} points; they are left out, as TensorBoard does.',
    zh: '程序曾从较早的步重新开始，撤回了 {count} 个点；与 TensorBoard 一样，这些点未导入。',
  },
  'import/passed-by': {
    en: '{count} values are no numbers (pictures, texts, histograms) and were passed by.',
    zh: '{count} 个值不是数字（图像、文字、直方图），已跳过。',
  },
} as const satisfies Record<string, Message>
