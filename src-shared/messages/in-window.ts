import type { Message } from './message'

/** Sentences that name options of the command line, in the words of the window. */
export const inWindow = {
  'dataset/text-in-number-column': {
    en: '{path}, line {line}, column {column}: "{text}" is not a number. Correct the cell, empty it (a missing value), or untick “Use” for the column.',
    zh: '{path} 第 {line} 行，列 {column}：“{text}”不是数字。请修正或清空该单元格（视为缺失值），或取消勾选该列的“使用”。',
  },
  'dataset/infinite-number': {
    en: '{path}, line {line}, column {column}: "{text}" is infinite. Correct the cell, empty it (a missing value), or untick “Use” for the column.',
    zh: '{path} 第 {line} 行，列 {column}：“{text}”是无穷大。请修正或清空该单元格（视为缺失值），或取消勾选该列的“使用”。',
  },
  'dataset/missing-values': {
    en: '{path}: values are missing in these columns: {columns}, first on line {line}. Choose under “Rows with missing values” whether such rows are kept or left out.',
    zh: '{path}：以下列有缺失值：{columns}，首次出现在第 {line} 行。请在“含缺失值的行”中选择保留或删除这些行。',
  },
  'dataset/all-rows-dropped': {
    en: '{path}: each of the {rows} rows has a missing value, so leaving them out leaves none. Keep them under “Rows with missing values”, or untick “Use” for the columns that are mostly empty.',
    zh: '{path}：全部 {rows} 行都有缺失值，删除后没有剩余数据。请在“含缺失值的行”中选择保留，或取消勾选大部分为空的列的“使用”。',
  },
  'dataset/choose-member': {
    en: '{path} holds several things: {members}. Choose one under “What of the file”.',
    zh: '{path} 含有多项内容：{members}。请在“文件中的内容”中选择一项。',
  },
  'dataset/labels-do-not-fit': {
    en: '{path}: {labels} has {got} values, but there are {rows} rows. Choose under “Labels in” what has one value per row.',
    zh: '{path}：{labels} 有 {got} 个值，而数据有 {rows} 行。请在“标签所在项”中选择每行一个值的内容。',
  },
  'dataset/picture-size': {
    en: '{path} is {got} pixels, where the first picture has {wanted}. Bring all to one size under “Side in pixels”.',
    zh: '{path} 为 {got} 像素，而第一幅图像为 {wanted}。请在“边长（像素）”中将所有图像调整为同一大小。',
  },
  'spec/missing-values': {
    en: 'Column {column} has {count} missing values, which this model cannot use. Use a Gaussian mixture with full or diagonal covariance, import the file again leaving out rows with missing values, or without the column.',
    zh: '列 {column} 有 {count} 个缺失值，该模型无法使用。可改用完全或对角协方差的高斯混合模型，或重新导入并删除含缺失值的行，或不使用该列。',
  },
  'spec/device-unavailable': {
    en: 'Device {device} with runtime {runtime} is not available here: {reason} Choose auto or cpu.',
    zh: '此处无法使用设备 {device}（运行时 {runtime}）：{reason}请选择 auto 或 cpu。',
  },
  'device/float32-only': {
    en: '{model} is fitted in float64, which only ONNX Runtime on the CPU computes; {runtime} on {device} does not. Leave device and runtime at auto, or choose cpu and onnx.',
    zh: '{model} 以 float64 拟合，只有 CPU 上的 ONNX Runtime 支持，{device} 上的 {runtime} 不支持。请将设备和运行时设为 auto，或选择 cpu 与 onnx。',
  },
  'device/too-large': {
    en: 'The program is too large for the device {device} ({runtime}): {problem}. Use a smaller batch or network, or the device cpu.',
    zh: '程序超出了设备 {device}（{runtime}）的限制：{problem}。请减小批大小或网络，或使用设备 cpu。',
  },
  'mixture/no-labels': {
    en: '{field} needs labels, but dataset {dataset} has no label column. Import the file again and choose one under “Label column”; rows without a label may be left empty.',
    zh: '{field} 需要标签，但数据集 {dataset} 没有标签列。请重新导入并在“标签列”中选择一列；没有标签的行可以留空。',
  },
  'mixture/noise-and-absent': {
    en: 'With a noise component every entry must be there, and some are absent. Import the file again leaving out rows with missing values, or choose no noise component.',
    zh: '使用噪声分量时不能有缺失值，而数据中存在缺失。请重新导入并删除含缺失值的行，或不使用噪声分量。',
  },
  'classifier/no-labels': {
    en: 'A Bayes classifier learns from classes, but dataset {dataset} has no label column. Import the file again and choose one under “Label column”.',
    zh: '贝叶斯分类器需要类别标签，但数据集 {dataset} 没有标签列。请重新导入并在“标签列”中选择一列。',
  },
  'probit/no-labels': {
    en: 'The log-density of a class needs the class of each row, but dataset {dataset} has no label column. Import the file again and choose one under “Label column”.',
    zh: '类别的对数密度需要每行的类别，但数据集 {dataset} 没有标签列。请重新导入并在“标签列”中选择一列。',
  },
  'em/start-missing': {
    en: 'The starts are to be {initialization}, but the field for them is empty. Paste the text into it.',
    zh: '起点设为 {initialization}，但相应的字段为空。请将文本粘贴到其中。',
  },
  'conditional/both': {
    en: 'Column {column} cannot be given and asked about at once. Take it out of one of the two.',
    zh: '列 {column} 不能既是已知列又是目标列。请从其中之一去掉。',
  },
} as const satisfies Record<string, Message>
