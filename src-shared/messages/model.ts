import type { Message } from './message'

/** What fits report in words, as warnings or errors. */
export const modelMessages = {
  'em/component-collapsed': {
    en: 'Component {component} collapsed in every restart: its covariance is not positive definite. Raise the regularization, use fewer components, or standardize the data.',
    zh: '分量 {component} 在每次重启中都退化：其协方差矩阵不是正定的。请增大正则化、减少分量数或将数据标准化。',
  },
  'em/spurious-excluded': {
    en: '{count} of {restarts} restarts ended with a component on too few rows to tell its shape or a collapsed covariance; they were left out when the best was chosen.',
    zh: '{restarts} 次重启中有 {count} 次出现行数过少而无法确定形状的分量或退化的协方差，选择最优结果时已将其排除。',
  },
  'em/best-is-spurious': {
    en: 'Every one of {restarts} restarts ended with a component on too few rows to tell its shape or a collapsed covariance, so the likelihood is not to be trusted. Use fewer components, a simpler covariance or more regularization.',
    zh: '{restarts} 次重启全部出现行数过少而无法确定形状的分量或退化的协方差，该似然值不可信。请减少分量数、采用更简单的协方差结构或增大正则化。',
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
    en: 'The log-likelihood fell by {amount} nats per row at iteration {iteration}. Regularization can do that, because it is added after the M-step, and so can a collapsed component.',
    zh: '第 {iteration} 次迭代时对数似然每行下降了 {amount} 奈特。正则化是在 M 步之后加入的，可能造成这种情况；退化的分量也会如此。',
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
  'selection/computed-here': {
    en: 'The fits of a selection are computed on this machine; executor {executor} is for runs and sweeps. Leave `executor` out.',
    zh: '模型选择的拟合在本机计算；executor {executor} 用于实验和搜索。请去掉 executor。',
  },
  'selection/no-size': {
    en: 'A grid chooses how many components, states or dimensions a model has by its likelihood, but {model} has nothing of the kind. Use one of {known}.',
    zh: '网格按似然选择分量数、状态数或维数，而 {model} 没有这样的参数。请使用 {known} 之一。',
  },
  'selection/no-structures': {
    en: 'Covariance structures belong to gaussian-mixture; {model} has none. Leave out the structures.',
    zh: '协方差结构仅适用于 gaussian-mixture；{model} 没有协方差结构。请不要选择结构。',
  },
  'selection/no-folds': {
    en: 'The rows of a sequence cannot be held out one by one, so an {model} has no cross-validation here. Leave out the folds.',
    zh: '序列中的行不能逐一留出，因此 {model} 不支持交叉验证。请去掉折数。',
  },
  'selection/not-a-mixture': {
    en: 'The bootstrap of this kind needs a mixture with a likelihood, but model.kind is {model}. Use e.g. gaussian-mixture or poisson-mixture.',
    zh: '此类自助法需要具有似然的混合模型，而 model.kind 为 {model}。请使用 gaussian-mixture 或 poisson-mixture 等。',
  },
  'selection/not-em': {
    en: 'Bootstrapped fits go on by EM from the parameters of the run, but the run was fitted by {inference}. Fit it with inference.kind em.',
    zh: '自助法从运行的参数出发用 EM 拟合，而该运行使用的是 {inference}。请以 inference.kind 为 em 拟合。',
  },
  'selection/weights': {
    en: 'Rows with weights cannot be drawn again: it is not said whether a weight is a number of rows or a precision. Leave out model.weights.',
    zh: '带权重的行无法重新抽样：不知道权重表示行数还是精度。请去掉 model.weights。',
  },
  'selection/all-collapsed': {
    en: 'Every start collapsed: a component came to sit on fewer rows than its covariance has directions. Use fewer components, a simpler structure or more regularization.',
    zh: '所有起点都退化：某个分量所占的行数少于其协方差的维数。请减少分量数、采用更简单的结构或增大正则化。',
  },
  'selection/nothing-fitted': {
    en: 'None of the {cells} cells could be fitted. {reason}',
    zh: '{cells} 个单元都无法拟合。{reason}',
  },
  'selection/not-found': {
    en: 'There is no selection {id}. `latent selections list` shows those there are.',
    zh: '没有编号为 {id} 的模型选择。可用 `latent selections list` 查看。',
  },
  'selection/active': {
    en: 'Selection {id} is {status}. Cancel it before it is removed.',
    zh: '模型选择 {id} 的状态为 {status}。请先取消，再删除。',
  },
  'selection/ended': {
    en: 'Selection {id} is {status}, so there is nothing to cancel.',
    zh: '模型选择 {id} 的状态为 {status}，没有可取消的内容。',
  },
  'selection/not-resumable': {
    en: 'Selection {id} is {status}. Only one that was cancelled, failed or interrupted can go on.',
    zh: '模型选择 {id} 的状态为 {status}。只有已取消、失败或中断的才能继续。',
  },
  'selection/interrupted': {
    en: 'The workbench ended while this selection went on. What was fitted is kept; resume it to fit the rest.',
    zh: '工作台在模型选择进行时结束。已拟合的部分已保留；继续即可完成其余部分。',
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
    en: 'The loss became {value} at step {step} (epoch {epoch}). The first value that is not finite is in {tensor}, training rows {rows}. The step was not taken and the last good checkpoint was kept. Resume with half the learning rate and clipping.',
    zh: '第 {step} 步（第 {epoch} 轮）损失变为 {value}。最先出现非有限值的张量是 {tensor}，训练行 {rows}。该步未执行，已保留最近的有效检查点。请将学习率减半并裁剪梯度后继续。',
  },
  'vae/gradient-not-a-number': {
    en: 'The length of the gradient became {value} at step {step} (epoch {epoch}), though the loss was finite. The first value that is not finite is in {tensor}, training rows {rows}. The step was not taken and the last good checkpoint was kept. Resume with half the learning rate and clipping.',
    zh: '第 {step} 步（第 {epoch} 轮）损失有限，但梯度长度变为 {value}。最先出现非有限值的张量是 {tensor}，训练行 {rows}。该步未执行，已保留最近的有效检查点。请将学习率减半并裁剪梯度后继续。',
  },
  'run/resumed-calmer': {
    en: 'From epoch {epoch} on with learning rate {rate} (before: {rateBefore}) and gradients clipped at length {clip} (before: {clipBefore}). The specification is that of now; with it alone the run cannot be repeated from its beginning.',
    zh: '自第 {epoch} 轮起学习率为 {rate}（此前 {rateBefore}），梯度裁剪长度为 {clip}（此前 {clipBefore}）。实验规格为当前设置；仅凭它无法从头复现该运行。',
  },
  'run/no-calmer': {
    en: 'Run {id} is not trained by gradients: there is no learning rate to halve. Resume it as it is.',
    zh: '运行 {id} 不是用梯度训练的：没有可减半的学习率。请按原设置继续。',
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
