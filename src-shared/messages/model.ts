import type { Message } from './message'

/** What fits report in words, as warnings or errors. */
export const modelMessages = {
  'em/component-collapsed': {
    en: 'Component {component} collapsed in every restart: its covariance is not positive definite. Raise the regularization, use fewer components, or standardize the data.',
    zh: '分量 {component} 在每次重启中都退化：其协方差矩阵不是正定的。请增大正则化、减少分量数或将数据标准化。',
  },
  'em/spurious-excluded': {
    en: '{count} of {restarts} restarts ended with a component on fewer than 1 % of the rows or a collapsed covariance; they were left out when the best was chosen.',
    zh: '{restarts} 次重启中有 {count} 次出现不足 1% 数据的分量或退化的协方差，选择最优结果时已将其排除。',
  },
  'em/best-is-spurious': {
    en: 'Every one of {restarts} restarts ended with a component on fewer than 1 % of the rows or a collapsed covariance, so the likelihood is not to be trusted. Use fewer components, a simpler covariance or more regularization.',
    zh: '{restarts} 次重启全部出现不足 1% 数据的分量或退化的协方差，该似然值不可信。请减少分量数、采用更简单的协方差结构或增大正则化。',
  },
  'em/still-climbing': {
    en: 'The best restart was still climbing after {iterations} iterations; how much is left to gain cannot be told yet. Raise maxIterations.',
    zh: '最优的一次重启在 {iterations} 次迭代后仍在上升，尚无法估计还可提高多少。请增大最大迭代次数。',
  },
  'em/not-converged': {
    en: 'The best restart had not converged after {iterations} iterations (about {remaining} nats per row were left to gain). Raise maxIterations.',
    zh: '最优的一次重启在 {iterations} 次迭代后仍未收敛（估计每行还可提高约 {remaining} 奈特）。请增大最大迭代次数。',
  },
  'em/best-hit-once': {
    en: 'Only {hits} of {restarts} restarts reached the best log-likelihood. More restarts may find a better one.',
    zh: '{restarts} 次重启中只有 {hits} 次达到最高的对数似然。增加重启次数可能找到更好的结果。',
  },
  'em/log-likelihood-fell': {
    en: 'The log-likelihood fell by {amount} nats per row at iteration {iteration}. Regularization can do that, because it is added after the M-step; without it, tell us.',
    zh: '第 {iteration} 次迭代时对数似然每行下降了 {amount} 奈特。正则化是在 M 步之后加入的，可能造成这种情况；若未使用正则化，请告诉我们。',
  },
  'classifier/no-labels': {
    en: 'A Bayes classifier learns from classes, but dataset {dataset} has no label column. Import it again with `--label COLUMN`.',
    zh: '贝叶斯分类器需要类别标签，但数据集 {dataset} 没有标签列。请以 --label 列名 重新导入。',
  },
  'classifier/class-too-small': {
    en: 'Class {class} has {rows} training rows, fewer than the {components} components asked for. Use fewer components or more data.',
    zh: '类别 {class} 只有 {rows} 行训练数据，少于所要求的 {components} 个分量。请减少分量数或增加数据。',
  },
  'classifier/class-collapsed': {
    en: 'The covariance of class {class} is not positive definite: it has too few rows, or columns that depend on each other. Raise the regularization, or use covariance tied or diagonal.',
    zh: '类别 {class} 的协方差矩阵不是正定的：数据行过少或各列线性相关。请增大正则化，或使用共享或对角协方差。',
  },
  'selection/not-a-mixture': {
    en: 'A grid of components needs a mixture with a likelihood, but model.kind is {model}. Use e.g. gaussian-mixture or poisson-mixture.',
    zh: '按分量数选择模型需要具有似然的混合模型，而 model.kind 为 {model}。请使用 gaussian-mixture 或 poisson-mixture 等。',
  },
  'selection/missing-values': {
    en: 'The data have missing values, which {structures} cannot use. Ask for --structures VVV,VVI.',
    zh: '数据有缺失值，而 {structures} 无法使用。请使用 --structures VVV,VVI。',
  },
  'selection/no-structures': {
    en: 'Covariance structures belong to gaussian-mixture; {model} has none. Leave out --structures.',
    zh: '协方差结构仅适用于 gaussian-mixture；{model} 没有协方差结构。请去掉 --structures。',
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
  'mixture/not-binary': {
    en: 'Column {column} has the value {value} in row {row}, but a Bernoulli mixture needs 0 and 1. Add {binarize: {threshold: …}} to preprocess, or ignore the column.',
    zh: '列 {column} 第 {row} 行的值为 {value}，而伯努利混合模型要求取值为 0 或 1。请在预处理中加入 {binarize: {threshold: …}}，或忽略该列。',
  },
  'mixture/not-a-count': {
    en: 'Column {column} has the value {value} in row {row}, which is not a count (0, 1, 2, …). A Poisson mixture needs counts; use a Gaussian mixture or ignore the column.',
    zh: '列 {column} 第 {row} 行的值为 {value}，不是计数（0、1、2……）。泊松混合模型要求计数数据；请改用高斯混合模型或忽略该列。',
  },
  'mixture/not-a-code': {
    en: 'Column {column} has the value {value} in row {row}, which is not the code of a category (0, 1, 2, … below 1000). Recode it, or ignore the column.',
    zh: '列 {column} 第 {row} 行的值为 {value}，不是类别编码（小于 1000 的 0、1、2……）。请重新编码或忽略该列。',
  },
  'mixed/no-such-column': {
    en: 'The model names column {column}, but the features are {known}.',
    zh: '模型中指定了列 {column}，但特征列为 {known}。',
  },
  'mixed/two-families': {
    en: 'Column {column} is listed in two families. Leave it in one of real, count, binary and category.',
    zh: '列 {column} 被列入两个分布族。请只保留 real、count、binary、category 中的一个。',
  },
  'mixed/names-are-categories': {
    en: 'Column {column} holds names of categories, which cannot be {family}. Take it out of model.{family}.',
    zh: '列 {column} 是类别名称，不能作为 {family}。请将其从 model.{family} 中去掉。',
  },
  'mixed/unknown-category': {
    en: 'Column {column} of {dataset} has the category {category}, which the model has not seen. It knows {known}.',
    zh: '{dataset} 的列 {column} 含有模型未见过的类别 {category}。已知类别：{known}。',
  },
  'mixture/not-defined-in-the-limit': {
    en: 'k-means is the limit σ → 0, where densities and likelihoods are not defined. Ask for assignments, or give model.softness a value above 0.',
    zh: 'k-means 是 σ → 0 的极限，此时密度和似然没有定义。请改为查看分配结果，或将 model.softness 设为大于 0 的值。',
  },
  'em/variant-on-disk': {
    en: '{inference} holds all {rows} rows in memory, and these are too many. Use inference.kind em, which reads them anew at every pass, or raise LATENT_MEMORY_BUDGET_MB.',
    zh: '{inference} 需要将全部 {rows} 行数据放入内存，但数据过大。请使用 inference.kind em（每次遍历时重新读取数据），或增大 LATENT_MEMORY_BUDGET_MB。',
  },
  'em/trace-thinned': {
    en: 'The parameters of every {stride}th iteration were kept for replay, because all {iterations} of them would need {megabytes} MB.',
    zh: '为便于回放，仅保留了每隔 {stride} 次迭代的参数，因为保留全部 {iterations} 次需要 {megabytes} MB。',
  },
  'em/starts-from-sample': {
    en: 'The data are larger than the memory set aside for them and are read from disk in every pass. The fits began from a random sample of {rows} of {all} rows; every iteration used all rows.',
    zh: '数据超过为其预留的内存，每次遍历都从磁盘读取。拟合的初始值取自 {all} 行中随机抽取的 {rows} 行；每次迭代都使用全部数据。',
  },
  'em/missing-needs-memory': {
    en: 'Column {column} has missing values, and the data are larger than the {megabytes} MB set aside for them: such rows can only be fitted in memory. Raise LATENT_MEMORY_BUDGET_MB, or fill or drop those rows.',
    zh: '列 {column} 存在缺失值，而数据超过为其预留的 {megabytes} MB 内存：含缺失值的数据只能在内存中拟合。请增大 LATENT_MEMORY_BUDGET_MB，或填补、删除这些行。',
  },
  'em/identity-stride': {
    en: 'The bound identity was evaluated at every {stride}th iteration, because the data are large.',
    zh: '由于数据较大，每隔 {stride} 次迭代计算一次下界恒等式。',
  },
  'vae/not-a-number': {
    en: 'The loss became {value} at step {step} (epoch {epoch}). The first value that is not finite is in {tensor}, training rows {rows}. The step was not taken and the last good checkpoint was kept. Try half the learning rate, or clip the gradient.',
    zh: '第 {step} 步（第 {epoch} 轮）损失变为 {value}。最先出现非有限值的张量是 {tensor}，训练行 {rows}。该步未执行，已保留最近的有效检查点。请尝试将学习率减半或裁剪梯度。',
  },
  'vae/posterior-collapse': {
    en: 'Posterior collapse: {inactive} of {latent} latent dimensions carry no information (variance of the posterior mean below 0.01).',
    zh: '后验坍塌：{latent} 个隐变量维度中有 {inactive} 个不携带信息（后验均值的方差低于 0.01）。',
  },
  'vae/stopped-early': {
    en: 'Stopped after epoch {epoch}: validation ELBO had not risen for {patience} epochs. The best was epoch {best}.',
    zh: '在第 {epoch} 轮后提前停止：验证集证据下界已有 {patience} 轮没有提高。最优为第 {best} 轮。',
  },
  'vae/batch-larger-than-data': {
    en: 'batchSize {batchSize} is larger than the {rows} training rows; {rows} was used.',
    zh: '批大小 {batchSize} 大于训练数据的 {rows} 行；已改用 {rows}。',
  },
} as const satisfies Record<string, Message>
