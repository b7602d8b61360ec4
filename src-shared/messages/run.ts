import type { Message } from './message'

export const runMessages = {
  'run/not-found': { en: 'There is no run {id}. `runs list` shows those there are.', zh: '没有编号为 {id} 的运行。可在“运行”中查看已有的运行。' },
  'run/crashed': {
    en: 'The training process ended unexpectedly (exit code {code}, signal {signal}). The application is not affected; the last checkpoint is kept.',
    zh: '训练进程意外结束（退出码 {code}，信号 {signal}）。应用程序不受影响；最近的检查点已保留。',
  },
  'run/stopped-answering': {
    en: 'The training process stopped answering for {seconds} s and was ended. If single steps take so long, make them smaller: fewer rows in a batch, fewer samples of each.',
    zh: '训练进程超过 {seconds} 秒没有响应，已被结束。若单步就需要这么久，请减小批大小或减少每行的样本数。',
  },
  'run/ended-hard': {
    en: 'The training process did not stop within {seconds} s of being asked and was ended; what it did after its last checkpoint is lost.',
    zh: '训练进程在收到停止请求后 {seconds} 秒内没有停止，已被强制结束；最近检查点之后的工作已丢失。',
  },
  'run/killed': {
    en: 'The training process was ended at once, as asked; what it did after its last checkpoint is lost.',
    zh: '已按要求立即结束训练进程；最近检查点之后的工作已丢失。',
  },
  'run/worker-missing': {
    en: 'The training process could not be started with {path}: {reason}. Install the program again, or set LATENT_NODE to a Node.js of version 22.14 or later.',
    zh: '无法用 {path} 启动训练进程：{reason}。请重新安装程序，或将 LATENT_NODE 设为 22.14 或更高版本的 Node.js。',
  },
  'run/not-going-on': {
    en: 'Run {id} is {status}: only one that is running can be paused.',
    zh: '运行 {id} 的状态为 {status}：只有正在运行时才能暂停。',
  },
  'run/ended': { en: 'Run {id} has already ended: it is {status}.', zh: '运行 {id} 已经结束：其状态为 {status}。' },
  'run/ambiguous': {
    en: '{id} is the beginning of several runs: {candidates}. Give more of it.',
    zh: '有多个运行的编号以 {id} 开头：{candidates}。请输入更多字符。',
  },
  'run/superseded': { en: 'A newer request took the place of this one.', zh: '该请求已被更新的请求取代。' },
  'run/inspector-crashed': {
    en: 'The process that looks inside runs ended unexpectedly (exit code {code}, signal {signal}). Try again; a fresh one is started.',
    zh: '用于查看运行内部的进程意外结束（退出码 {code}，信号 {signal}）。请重试，系统会启动新的进程。',
  },
  'run/artifact-missing': {
    en: 'Run {id} has no pictures of step {step}. `runs show {id}` lists what it has.',
    zh: '运行 {id} 没有第 {step} 步的图片。可在运行页面查看已有的图片。',
  },
  'run/interrupted': {
    en: 'The application ended while this run was going on. Resume continues it from the last checkpoint.',
    zh: '运行期间应用程序已退出。点击“继续”可从最近的检查点恢复。',
  },
  'run/not-resumable': { en: 'Run {id} cannot be resumed: it is {status}.', zh: '运行 {id} 无法继续：其状态为 {status}。' },
  'run/no-checkpoint': {
    en: 'Run {id} has no fitted parameters yet (it is {status}). Let it finish, resume it, or start it again.',
    zh: '运行 {id} 还没有拟合好的参数（状态为 {status}）。请等待其完成、继续运行，或重新开始。',
  },
  'run/no-iterations': {
    en: 'No iterations of run {id} were kept: it was fitted in another way, or by an earlier version. Fit it again by EM or variational Bayes.',
    zh: '运行 {id} 没有保留各次迭代：它不是用迭代方法拟合的，或由较早的版本拟合。请重新用 EM 或变分贝叶斯拟合。',
  },
  'run/active': { en: 'Run {id} is {status}. Stop it first.', zh: '运行 {id} 正处于 {status} 状态。请先停止它。' },
  'run/not-for-this-model': { en: '{operation} does not apply to a {model} run.', zh: '{operation} 不适用于 {model} 模型。' },
  'run/no-way-back': {
    en: 'Preprocessing by {because} does not turn back into the units of the file here: what it did to means and covariances, or to values that it forgot, cannot be undone. Ask without the units of the file: then all is as the model saw it.',
    zh: '此处无法由预处理 {because} 还原到文件中的单位：其对均值和协方差的改变，或已丢弃的取值，无法逆转。请不要求文件单位，此时结果为模型所见的值。',
  },
  'run/shape-mismatch': {
    en: 'Run {id} was fitted on rows of {expected} values, but {dataset} has rows of {got}.',
    zh: '运行 {id} 拟合的数据每行有 {expected} 个值，而 {dataset} 每行有 {got} 个。',
  },
  'run/other-features': {
    en: 'Run {id} was fitted to {expected} features and run {other} to {got}; components compare only between fits to the same features.',
    zh: '运行 {id} 拟合了 {expected} 个特征，运行 {other} 拟合了 {got} 个；只有特征相同的拟合才能比较分量。',
  },
  'conditional/no-such-column': {
    en: 'There is no feature {column}. The model has {known}.',
    zh: '没有名为 {column} 的特征。模型的特征为 {known}。',
  },
  'conditional/both': {
    en: 'Column {column} cannot be given and asked about at once. Take it out of --given or --target.',
    zh: '列 {column} 不能既是已知列又是目标列。请将其从 --given 或 --target 中去掉。',
  },
  'conditional/nothing-left': {
    en: 'Every column is given, so none is left to ask about. Give fewer columns.',
    zh: '所有列都已给定，没有可询问的列。请减少给定的列。',
  },
  'mixture/no-restarts-kept': {
    en: 'Run {id} keeps the end of no restart but the chosen one. Fit it with inference.restarts above 1.',
    zh: '运行 {id} 除所选结果外没有保留其他重启的终点。请将 inference.restarts 设为大于 1 的值。',
  },
  'run/latent-shape': { en: 'A latent vector of this run has {expected} numbers, not {got}.', zh: '该运行的隐变量有 {expected} 维，而不是 {got} 维。' },
  'run/feature-out-of-range': {
    en: 'There is no feature {feature}: the data have {features}, counted from 0.',
    zh: '没有第 {feature} 个特征：数据共有 {features} 个特征，从 0 开始编号。',
  },
  'run/row-out-of-range': { en: 'There is no row {row}: the dataset has {rows} rows.', zh: '没有第 {row} 行：数据集共 {rows} 行。' },
} as const satisfies Record<string, Message>
