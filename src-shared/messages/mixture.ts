import type { Message } from './message'

/** Weights, labels, noise and given starts of mixtures. */
export const mixtureMessages = {
  'mixture/infinite': {
    en: 'Column {column} holds an infinite value, or values too far apart for numbers to hold their spread. Mend it, rescale it, or ignore the column.',
    zh: '列 {column} 含有无穷值，或各值相差过大而无法表示其离散程度。请修正、重新缩放或忽略该列。',
  },
  'mixture/no-weight-column': {
    en: 'model.weights names {column}, which is not a feature column of the dataset. Feature columns: {known}.',
    zh: 'model.weights 指定的 {column} 不是数据集的特征列。特征列有：{known}。',
  },
  'mixture/bad-weight': {
    en: 'Row {row} has the weight {value} in column {column}; a weight says how often a row counts and must be a number of at least 0. Mend the row, or leave model.weights out.',
    zh: '第 {row} 行在列 {column} 中的权重为 {value}；权重表示该行计数的次数，必须是不小于 0 的数。请修正该行，或不设置 model.weights。',
  },
  'mixture/missing-weights': {
    en: 'Column {column} holds the weights of the rows, but {count} rows have none. Fill them in (0 leaves a row out), or leave model.weights out.',
    zh: '列 {column} 为各行的权重，但有 {count} 行没有取值。请补全（0 表示不使用该行），或不设置 model.weights。',
  },
  'mixture/negative-weight': {
    en: 'Column {column} holds the weights of the rows, and the least of them is {value}; a weight says how often a row counts and must be at least 0. Mend the column, or leave model.weights out.',
    zh: '列 {column} 为各行的权重，其最小值为 {value}；权重表示该行计数的次数，不得小于 0。请修正该列，或不设置 model.weights。',
  },
  'mixture/no-weight': {
    en: 'All {rows} training rows have weight 0, so nothing is left to fit. Use another column for model.weights.',
    zh: '全部 {rows} 行训练数据的权重都为 0，没有可拟合的数据。请为 model.weights 选用其他列。',
  },
  'mixture/small-weights': {
    en: 'The weights of {rows} rows add up to {sum}. A weight is taken as a number of rows, so BIC and the rules about small components count {sum} rows; if the weights are only relative, rescale them to a mean of 1.',
    zh: '{rows} 行的权重之和为 {sum}。权重按行数理解，因此 BIC 以及关于过小分量的规则按 {sum} 行计算；若权重只是相对值，请将其缩放为均值 1。',
  },
  'mixture/no-labels': {
    en: '{field} needs labels, but dataset {dataset} has no label column. Import it again with `--label COLUMN`; rows without a label may be left empty.',
    zh: '{field} 需要标签，但数据集 {dataset} 没有标签列。请以 --label 列名 重新导入；没有标签的行可以留空。',
  },
  'mixture/too-few-for-classes': {
    en: 'With labels, each of the {classes} classes has {perClass} components of its own, which makes {needed}; model.components is {components}. Set it to {needed}, or more for groups that no label names.',
    zh: '使用标签时，{classes} 个类别各有 {perClass} 个分量，共需 {needed} 个；而 model.components 为 {components}。请将其设为 {needed}，若还有未标注的群体可设得更大。',
  },
  'mixture/noise-without-volume': {
    en: 'A noise component is spread over a box around the rows, but that box has no volume, because the columns depend on each other. Ignore a column, or set model.noiseComponent to none.',
    zh: '噪声分量均匀分布在包围数据的盒子内，但由于各列线性相关，该盒子没有体积。请忽略某一列，或将 model.noiseComponent 设为 none。',
  },
  'mixture/noise-and-absent': {
    en: 'With a noise component every entry must be there, and some are absent. Import the file again with `--missing drop`, or set model.noiseComponent to none.',
    zh: '使用噪声分量时不能有缺失值，而数据中存在缺失。请在导入时选择删除缺失行，或将 model.noiseComponent 设为 none。',
  },
  'mixture/noise-not-for-this': {
    en: 'This is not told of a mixture with a noise component. Fit it with model.noiseComponent none.',
    zh: '带噪声分量的混合模型不支持此项。请将 model.noiseComponent 设为 none 后重新拟合。',
  },
  'em/start-missing': {
    en: 'inference.initialization is {initialization}, but inference.start is empty. Give it the text, or on the command line `--start FILE`.',
    zh: 'inference.initialization 为 {initialization}，但 inference.start 为空。请给出相应文本，或在命令行使用 --start 文件。',
  },
  'em/start-not-for-this': {
    en: 'A fit of this model cannot begin from {initialization}. Use auto or k-means++.',
    zh: '该模型不支持以 {initialization} 作为初始化。请使用 auto 或 kmeans++。',
  },
  'em/start-not-json': {
    en: 'inference.start is not a JSON object of parameters. Give it what `latent params RUN --json` prints, e.g. {"weights": [0.4, 0.6], "means": …}.',
    zh: 'inference.start 不是参数的 JSON 对象。请给出 latent params RUN --json 的输出，例如 {"weights": [0.4, 0.6], "means": …}。',
  },
  'em/start-absent': {
    en: 'inference.start has no {name}; a start from parameters needs all of them ({expected} numbers), or means alone.',
    zh: 'inference.start 中缺少 {name}；从参数开始需要全部参数（{expected} 个数），或仅给出均值。',
  },
  'em/start-size': {
    en: 'inference.start gives {got} numbers for {name} where this model on these data has {expected}.',
    zh: 'inference.start 为 {name} 给出了 {got} 个数，而该模型在这些数据上需要 {expected} 个。',
  },
  'em/start-not-finite': {
    en: 'Among the {name} in inference.start is something that is not a finite number. Mend it.',
    zh: 'inference.start 的 {name} 中有不是有限数的值。请修正。',
  },
  'em/start-weights': {
    en: 'The weights in inference.start must all be above 0 and add up to 1; they add up to {got}.',
    zh: 'inference.start 中的权重必须都大于 0 且和为 1；当前之和为 {got}。',
  },
  'em/start-collapsed': {
    en: 'The covariance of component {component} in inference.start is not positive definite. Mend it, or give means alone.',
    zh: 'inference.start 中分量 {component} 的协方差矩阵不是正定的。请修正，或仅给出均值。',
  },
  'em/start-table': {
    en: 'inference.start is a table of {rows} × {columns}, but responsibilities need {needed} × {components} (or one column of component numbers).',
    zh: 'inference.start 是 {rows} × {columns} 的表，而责任度应为 {needed} × {components}（或一列分量编号）。',
  },
  'em/start-shares': {
    en: 'Row {row} of the responsibilities in inference.start must have numbers of at least 0, not all of them 0.',
    zh: 'inference.start 中责任度的第 {row} 行必须是不小于 0 且不全为 0 的数。',
  },
  'em/start-codes': {
    en: 'The start names {got} groups, more than the {components} components of the model. Raise model.components to {got}.',
    zh: '初始化给出了 {got} 个组，多于模型的 {components} 个分量。请将 model.components 增大到 {got}。',
  },
} as const satisfies Record<string, Message>
