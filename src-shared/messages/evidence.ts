import type { Message } from './message'

export const evidenceMessages = {
  'inquiry/not-found': { en: 'There is no inquiry {id}.', zh: '没有编号为 {id} 的查询。' },
  'inquiry/ended': { en: 'Inquiry {id} has ended already ({status}).', zh: '查询 {id} 已结束（{status}）。' },
  'inquiry/active': { en: 'Inquiry {id} is still {status}. Cancel it first.', zh: '查询 {id} 仍在进行（{status}）。请先取消。' },
  'inquiry/interrupted': {
    en: 'The workbench was closed before the answer was there. Ask again.',
    zh: '得到结果之前工作台已关闭。请重新提问。',
  },
  'probe/no-labels': {
    en: 'The rows of {dataset} have no classes that a probe could look for. Import the data with a label column.',
    zh: '{dataset} 的数据行没有可供探针预测的类别。请在导入数据时指定标签列。',
  },
  'probe/not-numbers': {
    en: 'A ridge probe predicts numbers, and the classes of {dataset} are names ({classes}). Choose a logistic probe.',
    zh: '岭回归探针预测的是数值，而 {dataset} 的类别是名称（{classes}）。请选择逻辑回归探针。',
  },
  'probe/few-labels': {
    en: 'There are {labelled} labelled rows, too few for {folds} folds. Take fewer folds.',
    zh: '只有 {labelled} 个有标签的数据行，不足以分为 {folds} 折。请减少折数。',
  },
  'disentangle/no-factors': {
    en: 'The rows of {dataset} have no classes, and no other factors are known. Name a dataset with one row for each row and a column for each factor.',
    zh: '{dataset} 的数据行没有类别，也没有已知的其他因子。请指定一个数据集：行与数据一一对应，每列一个因子。',
  },
  'disentangle/other-rows': {
    en: 'The factors in {dataset} have {rows} rows, the data {own} that the run was fitted to {wanted}. Give one row of factors for each row, in the same order.',
    zh: '{dataset} 中的因子有 {rows} 行，而该运行所用数据 {own} 有 {wanted} 行。请按相同顺序为每行数据给出一行因子。',
  },
  'disentangle/not-a-table': {
    en: 'The factors in {dataset} are pictures. Give a table with a column for each factor.',
    zh: '{dataset} 是图像，不能作为因子。请给出每列一个因子的表格。',
  },
  'disentangle/not-a-factor': {
    en: 'The column {column} has {values} different values; a factor has from 2 to {most}. Leave it out, or round it.',
    zh: '列 {column} 有 {values} 个不同的值；因子应有 2 到 {most} 个。请去掉该列或将其取整。',
  },
  'gaps/not-finite': {
    en: 'In {count} of {rows} rows, first in row {row}, {name} is not a number: the model gives variances or densities beyond the range of float32, or the ascent ran away. Look at that row, ask about others with “rows”, or train with a lower learning rate.',
    zh: '{rows} 行中有 {count} 行（首先是第 {row} 行）的 {name} 不是数字：模型给出的方差或密度超出 float32 的范围，或上升过程发散。请查看该行，用“行数”改问其他行，或以更低的学习率训练。',
  },
  'estimators/not-for-this-model': {
    en: 'Gradient estimators are compared on a categorical VAE, or on a VAE with a Gaussian q and a standard normal prior; this run is a {model} of another kind. Choose such a run.',
    zh: '梯度估计量的比较适用于类别变分自编码器，或高斯 q 与标准正态先验的变分自编码器；该运行是另一类 {model}。请选择合适的运行。',
  },
  'estimators/too-many-codes': {
    en: 'The model has {codes} codes, too many to go through for the exact gradient (at most 4096). Train one with fewer variables or categories.',
    zh: '该模型有 {codes} 种编码，数量过多，无法逐一枚举以求精确梯度（最多 4096 种）。请用更少的变量或类别训练模型。',
  },
  'estimators/spread': {
    en: 'With equally many draws, {most} scatters {times} times as much (variance) as {least}.',
    zh: '抽样次数相同时，{most} 的方差是 {least} 的 {times} 倍。',
  },
  'estimators/biased': {
    en: 'The mean of {names} is not the gradient: it lies beyond 4 standard errors.',
    zh: '{names} 的均值不是真实梯度：偏离超过 4 个标准误。',
  },
  'estimators/none-biased': { en: 'All means meet the gradient within 4 standard errors.', zh: '所有均值与真实梯度相差都在 4 个标准误以内。' },
  'embedding/few-rows': {
    en: 'Only {rows} rows have codes without absent entries, too few for a map of neighbours. Choose dimensions or principal components.',
    zh: '只有 {rows} 行具有完整的编码，不足以绘制邻域图。请选择维度或主成分。',
  },
  'evidence/no-part': {
    en: 'The run has no rows in the part {part}. Choose another part, or fit with a split.',
    zh: '该实验的 {part} 部分没有数据行。请选择其他部分，或在拟合时划分数据。',
  },
  'evidence/part-of-another': {
    en: '{part} is a part of the data that the run was fitted to; {dataset} is another dataset. Leave the part out.',
    zh: '{part} 是拟合该实验所用数据的一部分；{dataset} 是另一个数据集。请不要指定部分。',
  },
  'evidence/not-exact': {
    en: 'log p(x) of a {model} cannot be computed exactly. Use the estimator importance, iwae, ais or naive.',
    zh: '{model} 的 log p(x) 无法精确计算。请使用 importance、iwae、ais 或 naive 估计量。',
  },
  'evidence/only-exact': {
    en: 'log p(x) of a {model} is known exactly, and it has no latent that {estimator} could sample here. Use the estimator exact.',
    zh: '{model} 的 log p(x) 可以精确计算，此处没有可供 {estimator} 采样的隐变量。请使用 exact。',
  },
  'evidence/discrete-latent': {
    en: 'The latent of a {model} is discrete, and {estimator} moves along gradients of a continuous one. Use exact, naive or importance.',
    zh: '{model} 的隐变量是离散的，而 {estimator} 需要沿连续隐变量的梯度移动。请使用 exact、naive 或 importance。',
  },
  'evidence/no-simulation': {
    en: 'This model is told a class or a mask with every row, which cannot be drawn: bounds from both sides are not to be had. Leave the sandwich out.',
    zh: '该模型的每一行都附带类别或掩码，无法随机生成，因此得不到双侧界。请去掉 sandwich。',
  },
  'evidence/no-density': { en: 'A {model} has no density p(x). Choose a VAE, a mixture or a factor model.', zh: '{model} 没有密度 p(x)。请选择变分自编码器、混合模型或因子模型。' },
  'evidence/is-exact': { en: 'This is log p(x) itself, not an estimate.', zh: '这是 log p(x) 的精确值，而非估计值。' },
  'evidence/few-effective': {
    en: 'Not to be trusted: in the median row the {samples} samples are worth {effective} independent ones. Take more samples, refine the proposal, or use annealed importance sampling.',
    zh: '不可信：在中位行中，{samples} 个样本仅相当于 {effective} 个独立样本。请增加样本数、细化提议分布，或使用退火重要性采样。',
  },
  'evidence/few-effective-rows': {
    en: 'Some rows are not to be trusted: in the worst, the {samples} samples are worth {effective} independent ones. Refine the proposal or take more samples.',
    zh: '部分数据行不可信：最差的一行中，{samples} 个样本仅相当于 {effective} 个独立样本。请细化提议分布或增加样本数。',
  },
  'evidence/heavy-tails': {
    en: 'In {percent} % of the rows the weights have a tail too heavy for their mean to be trusted (Pareto k above 0.7).',
    zh: '{percent}% 的数据行权重尾部过重（Pareto k 大于 0.7），其均值不可信。',
  },
  'evidence/settled': {
    en: 'The estimate has settled: from {samples} samples on it stays within {within} nats.',
    zh: '估计已稳定：自 {samples} 个样本起，变化不超过 {within} 奈特。',
  },
  'evidence/not-settled': {
    en: 'The estimate has not settled with {samples} samples: log p(x) is still rising with their number. Take more.',
    zh: '{samples} 个样本时估计尚未稳定：log p(x) 仍随样本数上升。请增加样本数。',
  },
  'evidence/is-bound': {
    en: 'This is the bound of {samples} importance samples: log p(x) lies above it.',
    zh: '这是 {samples} 个重要性样本给出的下界：log p(x) 不低于该值。',
  },
  'evidence/sandwich': {
    en: 'On simulated rows log p(x) lies between {lower} and {upper} nats: annealing is known to err by at most {gap}.',
    zh: '在模拟数据上，log p(x) 位于 {lower} 与 {upper} 奈特之间：退火估计的误差不超过 {gap}。',
  },
  'evidence/beside-exact': { en: 'log p(x) is {exact} exactly; the estimate differs by {difference} nats.', zh: 'log p(x) 的精确值为 {exact}；估计值与之相差 {difference} 奈特。' },
} as const satisfies Record<string, Message>
