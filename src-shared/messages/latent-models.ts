import type { Message } from './message'

/** What fits of factor, sequence, topic and Bayesian models report in words. */
export const latentModelMessages = {
  'em/bound-fell': {
    en: 'What is climbed fell by {amount} nats per row at iteration {iteration}, which it cannot do: digits were lost, and the result would be wrong. Standardize the columns, leave out columns that depend on others, or use fewer components.',
    zh: '第 {iteration} 次迭代时目标值每行下降了 {amount} 奈特，而它本不可能下降：计算已损失精度，结果不可信。请先标准化各列，去掉由其他列决定的列，或减少分量数。',
  },
  'spec/too-many-latents': {
    en: 'model.latent is {latent}, but {columns} columns carry at most {columns} directions and some must be left to the noise. Use fewer than {columns}.',
    zh: '隐变量维数为 {latent}，但 {columns} 列数据至多有 {columns} 个方向，且须留一部分给噪声。请使用少于 {columns} 维。',
  },
  'factors/no-noise-left': {
    en: 'The {columns} columns are explained exactly by {latent} latent dimensions or fewer, so no noise variance is left and the likelihood is unbounded. Use fewer latent dimensions, or leave out columns that are constant or combinations of others.',
    zh: '{columns} 列数据可由不超过 {latent} 个隐变量维度完全解释，噪声方差为零，似然无界。请减少隐变量维数，或去掉恒定的列以及由其他列组合而成的列。',
  },
  'factors/missing-needs-em': {
    en: 'There is no closed form where values are missing. Set inference.kind to em, or import the data again without the rows that lack values.',
    zh: '存在缺失值时没有解析解。请将 inference.kind 设为 em，或在导入时删除缺失行。',
  },
  'factors/heywood-case': {
    en: 'Heywood case: the uniqueness of {columns} ended at its floor ({floor} of the column’s variance), so a factor copies that column. Use fewer latent dimensions or a higher noiseFloor.',
    zh: 'Heywood 情形：{columns} 的独特方差降到下限（该列方差的 {floor}），即某个因子复制了该列。请减少隐变量维数或提高噪声下限。',
  },
  'factors/not-identified': {
    en: 'With {columns} columns, {latent} factors have more parameters than the covariance matrix has entries: the density is found, the uniquenesses are not unique.',
    zh: '{columns} 列数据下 {latent} 个因子的参数多于协方差矩阵的独立元素：密度可以确定，但独特方差不唯一。',
  },
  'latent/not-counts': {
    en: 'Column {column} has {value} in row {row}, but counts are whole numbers of 0 or more. Leave the column out, or choose another model.',
    zh: '列 {column} 第 {row} 行的值为 {value}，而计数应为不小于 0 的整数。请去掉该列或选用其他模型。',
  },
  'hmm/stratified': {
    en: 'Sequences stay whole, or are cut in time, so their rows cannot be drawn class by class. Set split.draw to random or in-order.',
    zh: '序列保持完整或按时间切分，因此不能按类别抽取行。请将 split.draw 设为 random 或 in-order。',
  },
  'hmm/no-sequence-column': {
    en: 'model.sequence names the column {column}, which is not there. The columns are: {known}.',
    zh: 'model.sequence 指定的列 {column} 不存在。现有的列：{known}。',
  },
  'hmm/no-observations': {
    en: 'Besides the sequence column {column} there is no feature column to observe. Add one, or leave model.sequence empty.',
    zh: '除序列列 {column} 外没有可观测的特征列。请增加特征列，或将 model.sequence 留空。',
  },
  'hmm/too-many-symbols': {
    en: 'Column {column} has {count} different values; categorical emissions take at most {most}. Use Gaussian or Poisson emissions.',
    zh: '列 {column} 有 {count} 个不同的值，类别发射最多支持 {most} 个。请改用高斯或泊松发射。',
  },
  'hmm/unknown-symbol': {
    en: 'Column {column} has {value} in row {row}, a value that the model has never seen.',
    zh: '列 {column} 第 {row} 行的值 {value} 是模型从未见过的。',
  },
  'hmm/parameters-shape': {
    en: 'The parameters do not fit this model of {states} states with {emissions} emissions. Give initial [{states}] and transitions [{states}][{states}] with rows that add up to 1, and rates [{states}] for Poisson or probabilities [{states}][{symbols}] for categorical emissions of one column.',
    zh: '参数与该模型不符：模型有 {states} 个状态，发射分布为 {emissions}。请给出 initial [{states}] 和各行之和为 1 的 transitions [{states}][{states}]；单列泊松发射另给 rates [{states}]，单列类别发射另给 probabilities [{states}][{symbols}]。',
  },
  'hmm/parameters-file': {
    en: '{path} does not hold parameters ({problem}). It should have initial, transitions, and rates or probabilities.',
    zh: '{path} 不包含参数（{problem}）。应包含 initial、transitions 以及 rates 或 probabilities。',
  },
  'hmm/state-collapsed': {
    en: 'State {state} collapsed in every restart: its covariance is not positive definite. Raise the regularization, use fewer states, or a diagonal covariance.',
    zh: '状态 {state} 在每次重启中都退化：其协方差矩阵不是正定的。请增大正则化、减少状态数或使用对角协方差。',
  },
  'hmm/state-unvisited': {
    en: 'State {state} of {states} is never visited; its emission and transitions mean nothing. Use fewer states.',
    zh: '{states} 个状态中的状态 {state} 从未被访问，其发射和转移参数没有意义。请减少状态数。',
  },
  'bayes/components-died': {
    en: '{alive} of {components} components are in use; the others died, because the data do not need them.',
    zh: '{components} 个分量中有 {alive} 个在使用；其余分量因数据不需要而消失。',
  },
  'bayes/all-components-used': {
    en: 'All {components} components are in use, so more may be wanted. Raise model.components.',
    zh: '全部 {components} 个分量都在使用，可能需要更多。请增大分量数。',
  },
  'bayes/collinear-columns': {
    en: 'Some columns are combinations of others, so {share} of each column’s variance was added to the prior. Leave such columns out.',
    zh: '某些列是其他列的组合，因此先验中为每列增加了其方差的 {share}。建议去掉这些列。',
  },
  'bayes/degrees-of-freedom': {
    en: 'model.degreesOfFreedom is {got}, but a Wishart prior over these columns needs more than {least}.',
    zh: 'model.degreesOfFreedom 为 {got}，而这些列的 Wishart 先验需要大于 {least}。',
  },
  'topics/no-tokens': {
    en: 'All counts are 0, so there are no tokens to find topics in. Check the columns, or take another dataset.',
    zh: '所有计数均为 0，没有可供提取主题的词。请检查各列或选用其他数据集。',
  },
  'topics/empty-documents': {
    en: '{count} documents have no tokens (the first is row {row}); they tell nothing about topics and keep equal shares of all.',
    zh: '有 {count} 篇文档没有任何词（第一篇为第 {row} 行）；它们不影响主题，各主题的比例保持相同。',
  },
  'ep/not-converged': {
    en: 'Expectation propagation had not converged after {iterations} sweeps: the last one changed the posterior by {change} of its spread, and {skipped} of {sites} sites had to wait. Raise damping (it is {damping}) or maxIterations.',
    zh: '期望传播在 {iterations} 轮后仍未收敛：最后一轮使后验变化了其宽度的 {change}，{sites} 个因子中有 {skipped} 个需要等待。请增大阻尼（当前为 {damping}）或最大迭代次数。',
  },
  'ep/out-of-scale': {
    en: 'Column {column} has {value} in row {row}, but this model has units of its own and takes values up to {most}. Standardize or scale the data first.',
    zh: '列 {column} 第 {row} 行的值为 {value}，而该模型有自身的单位，取值不得超过 {most}。请先标准化或缩放数据。',
  },
  'probit/no-labels': {
    en: 'log p(class | x) needs the class of each row, but dataset {dataset} has no label column. Import it with `--label COLUMN`, or ask for responsibilities.',
    zh: 'log p(类别 | x) 需要每行的类别，但数据集 {dataset} 没有标签列。请以 --label 列名 导入，或改为输出 responsibilities。',
  },
  'probit/needs-two-classes': {
    en: 'Probit regression needs a label column with two classes, but {dataset} has {got}. Import it with a label of two values.',
    zh: '概率单位回归需要含两个类别的标签列，而 {dataset} 有 {got} 个类别。请导入带有两个取值标签的数据。',
  },
} as const satisfies Record<string, Message>
