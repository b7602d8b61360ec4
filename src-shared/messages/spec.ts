import type { Message } from './message'

export const specMessages = {
  'spec/stratified-without-labels': {
    en: 'A stratified split gives every class the same share of every part, and {dataset} has no classes. Draw at random, or import the data with their labels.',
    zh: '分层划分要求各类别在每个部分中占比相同，而 {dataset} 没有类别。请改为随机划分，或连同标签导入数据。',
  },
  'spec/too-many-components': {
    en: 'The preprocessing asks for {components} principal components of {columns} columns. Choose at most {columns}.',
    zh: '预处理要求 {components} 个主成分，而数据只有 {columns} 列。请选择不超过 {columns} 个。',
  },
  'spec/nothing-varies': {
    en: 'No column of {dataset} varies over the training rows, so there is no direction to rotate to.',
    zh: '{dataset} 的训练数据中没有任何列有变化，因此没有可旋转的方向。',
  },
  'spec/too-few-varying': {
    en: 'The training rows vary along {varying} directions only, so {components} components cannot be whitened. Choose at most {varying}, or do not whiten.',
    zh: '训练数据只在 {varying} 个方向上有变化，无法白化 {components} 个主成分。请选择不超过 {varying} 个，或不做白化。',
  },
  'spec/too-many-to-rotate': {
    en: 'Whitening and principal components need the covariance of all columns; these are {columns}, and at most {most} can be taken.',
    zh: '白化与主成分需要所有列的协方差矩阵；当前有 {columns} 列，最多支持 {most} 列。',
  },
  'spec/rotation-needs-values': {
    en: 'Column {column} has missing values, and rows that lack a value cannot be rotated. Drop such rows at import, or leave out whitening and principal components.',
    zh: '列 {column} 有缺失值，缺值的行无法旋转。请在导入时删除这些行，或不使用白化与主成分。',
  },
  'spec/one-hot-not-first': {
    en: 'One-hot columns are made of categories, so this step comes first. Move it to the front.',
    zh: '独热编码基于类别列，必须作为第一步。请将其移到最前面。',
  },
  'spec/no-categories': {
    en: '{dataset} has no column of categories to make one-hot columns of. Leave the step out, or import a column of names as categories.',
    zh: '{dataset} 中没有可做独热编码的类别列。请去掉该步骤，或在导入时将名称列作为类别。',
  },
  'spec/log-of-negative': {
    en: 'Column {column} goes down to {value}, and log(x + {add}) needs values above −{add}. Add more, or leave the step out.',
    zh: '列 {column} 的最小值为 {value}，而 log(x + {add}) 需要大于 −{add} 的值。请增大加数，或去掉该步骤。',
  },
  'spec/dequantize-then': {
    en: 'Values that are dequantized may be scaled and standardized after it, but not by {step}: their levels would no longer have a width.',
    zh: '去量化之后可以缩放和标准化，但不能使用 {step}：数值的级别将不再有确定的宽度。',
  },
  'spec/invalid': { en: 'The specification is not valid: {problems}', zh: '实验规格无效：{problems}' },
  'spec/no-specification': {
    en: 'A specification is a group of fields such as dataset and model, not {got}.',
    zh: '实验规格应是一组字段（如 dataset 和 model），而不是 {got}。',
  },
  'spec/unknown-key': {
    en: '{path} is not a field of the specification. Fields there: {known}.',
    zh: '{path} 不是实验规格中的字段。此处可用的字段：{known}。',
  },
  'spec/unknown-key-near': {
    en: '{path} is not a field of the specification. Did you mean {near}?',
    zh: '{path} 不是实验规格中的字段。是否想写 {near}？',
  },
  'spec/missing': { en: '{path} is missing and has no default; give it a value.', zh: '缺少 {path}，且没有默认值；请给出取值。' },
  'spec/not-a-group': { en: '{path} must be a group of fields, not {got}.', zh: '{path} 应是一组字段，而不是 {got}。' },
  'spec/not-a-list': { en: '{path} must be a list, not {got}.', zh: '{path} 应是列表，而不是 {got}。' },
  'spec/not-a-number': { en: '{path} must be a number, not {got}.', zh: '{path} 应是数值，而不是 {got}。' },
  'spec/not-a-whole-number': { en: '{path} must be a whole number, not {got}.', zh: '{path} 应是整数，而不是 {got}。' },
  'spec/not-text': { en: '{path} must be text, not {got}.', zh: '{path} 应是文本，而不是 {got}。' },
  'spec/too-small': { en: '{path} must be at least {minimum}, not {got}.', zh: '{path} 不得小于 {minimum}，实际为 {got}。' },
  'spec/not-above': { en: '{path} must be greater than {minimum}, not {got}.', zh: '{path} 必须大于 {minimum}，实际为 {got}。' },
  'spec/too-large': { en: '{path} must be at most {maximum}, not {got}.', zh: '{path} 不得大于 {maximum}，实际为 {got}。' },
  'spec/too-short': { en: '{path} must have a length of at least {minimum}, not {length}.', zh: '{path} 的长度不得小于 {minimum}，实际为 {length}。' },
  'spec/too-long': { en: '{path} must have a length of at most {maximum}, not {length}.', zh: '{path} 的长度不得大于 {maximum}，实际为 {length}。' },
  'spec/not-one-of': { en: '{path} must be one of {options}, not {got}.', zh: '{path} 应为 {options} 之一，而不是 {got}。' },
  'spec/fractions': {
    en: 'split: the fractions of train, validation and test add up to {sum}, not to 1. Change one of them.',
    zh: 'split：训练、验证和测试的比例之和为 {sum}，而不是 1。请修改其中之一。',
  },
  'spec/wrong-value': { en: '{path}: {problem} (got {got}).', zh: '{path}：{problem}（实际为 {got}）。' },
  'spec/inference-mismatch': {
    en: 'model.kind {model} is fitted by inference.kind {expected}, not {inference}.',
    zh: '模型 {model} 应使用推断方法 {expected}，而不是 {inference}。',
  },
  'spec/too-few-rows': {
    en: 'The training part has {rows} rows, fewer than the {components} components asked for. Use at most {rows} components or more data.',
    zh: '训练部分只有 {rows} 行，少于所要求的 {components} 个分量。请使用不超过 {rows} 个分量或增加数据。',
  },
  'spec/pixels-out-of-range': {
    en: 'A Bernoulli likelihood needs values in [0, 1], but {dataset} reaches from {minimum} to {maximum}. Add `scale` (and, for binary pixels, `binarize`) to preprocess, or use a Gaussian likelihood.',
    zh: '伯努利似然要求取值在 [0, 1] 内，但 {dataset} 的取值范围是 {minimum} 到 {maximum}。请在预处理中加入 scale（二值像素再加 binarize），或改用高斯似然。',
  },
  'spec/constant-column': {
    en: 'Column {column} has the same value ({value}) in every training row, so its variance is zero. Give it the role `ignore`.',
    zh: '列 {column} 在所有训练行中的值都相同（{value}），方差为零。请将其角色设为“忽略”。',
  },
  'spec/categories': {
    en: 'Column {column} holds names of categories ({categories}, …), which {model} cannot use. Use mixed-mixture or categorical-mixture, or import the file again without this column.',
    zh: '列 {column} 是类别名称（{categories} 等），模型 {model} 无法使用。请改用 mixed-mixture 或 categorical-mixture，或重新导入时去掉该列。',
  },
  'spec/categories-preprocessed': {
    en: 'Column {column} holds names of categories ({categories}, …), whose codes no preprocessing may change. Leave preprocess empty; a mixed mixture standardizes real columns by itself.',
    zh: '列 {column} 是类别名称（{categories} 等），其编码不能经过预处理。请将 preprocess 留空；混合类型模型会自行标准化实数列。',
  },
  'spec/missing-values': {
    en: 'Column {column} has {count} missing values, which this model cannot use. Use a gaussian-mixture with full or diagonal covariance, import the file again with `--missing drop`, or ignore the column.',
    zh: '列 {column} 有 {count} 个缺失值，该模型无法使用。可改用完全或对角协方差的高斯混合模型，请在导入时选择删除缺失行，或忽略该列。',
  },
  'spec/no-features': {
    en: 'Dataset {dataset} has no numeric feature column. Import it again with other column roles.',
    zh: '数据集 {dataset} 没有数值特征列。请以其他列角色重新导入。',
  },
  'spec/no-rows': {
    en: 'The split leaves no row for {part}. The dataset has {rows} rows; raise the fraction of {part}.',
    zh: '划分后{part}部分没有数据行。数据集共有 {rows} 行；请增大{part}部分的比例。',
  },
  'spec/early-stopping-without-validation': {
    en: 'inference.earlyStopping watches validation/elbo, but split.validation is 0. Give split.validation a fraction, e.g. {train: 0.9, validation: 0.1}.',
    zh: '提前停止需要验证集的证据下界，但 split.validation 为 0。请设置验证集比例，例如 {train: 0.9, validation: 0.1}。',
  },
  'spec/binarize-not-last': {
    en: 'Stochastic binarization draws afresh for every batch, so no step can follow it. Make `{binarize: stochastic}` the last step of preprocess.',
    zh: '随机二值化对每个批次重新采样，其后不能再有其他步骤。请将 {binarize: stochastic} 作为预处理的最后一步。',
  },
  'spec/binarize-out-of-range': {
    en: 'Stochastic binarization needs values in [0, 1], but at that step {dataset} reaches from {minimum} to {maximum}. Put `scale` before it in preprocess.',
    zh: '随机二值化要求取值在 [0, 1] 内，但此时 {dataset} 的取值范围是 {minimum} 到 {maximum}。请在预处理中先加入 scale。',
  },
  'spec/binarize-needs-batches': {
    en: 'Stochastic binarization draws afresh for every batch, but {model} is fitted to all rows at once. Use {binarize: {threshold: 0.5}} instead.',
    zh: '随机二值化对每个批次重新采样，而 {model} 一次使用全部数据拟合。请改用 {binarize: {threshold: 0.5}}。',
  },
  'spec/scale-range-empty': {
    en: 'preprocess scale: both ends of the range are {value}. Give two different numbers, e.g. {scale: {to: [0, 1]}}.',
    zh: '预处理 scale：范围的两端都是 {value}。请给出两个不同的数，例如 {scale: {to: [0, 1]}}。',
  },
  'spec/convolution-needs-images': {
    en: '{field} asks for convolutions, which work on pictures, but {dataset} is a table. Leave the filters out: dense layers only.',
    zh: '{field} 使用了卷积，而卷积只适用于图像；{dataset} 是表格。请去掉卷积滤波器，只用全连接层。',
  },
  'spec/kernel-too-large': {
    en: '{field}: the kernel of {kernel} × {kernel} pixels does not fit on the picture of {height} × {width} that layer {layer} gets. Use a smaller kernel or fewer layers.',
    zh: '{field}：第 {layer} 层得到的图像为 {height} × {width}，放不下 {kernel} × {kernel} 的卷积核。请减小卷积核或减少层数。',
  },
  'spec/device-unavailable': {
    en: 'Device {device} with runtime {runtime} is not available here: {reason} Use `--device auto` or `--device cpu`.',
    zh: '此处无法使用设备 {device}（运行时 {runtime}）：{reason}请使用 auto 或 cpu。',
  },
} as const satisfies Record<string, Message>
