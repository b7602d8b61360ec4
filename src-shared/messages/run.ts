import type { Message } from './message'

export const runMessages = {
  'run/not-found': { en: 'There is no run {id}. `runs list` shows those there are.', zh: '没有编号为 {id} 的运行。可在“运行”中查看已有的运行。' },
  'run/crashed': {
    en: 'The training process ended unexpectedly (exit code {code}, signal {signal}). The application is not affected; the last checkpoint is kept.',
    zh: '训练进程意外结束（退出码 {code}，信号 {signal}）。应用程序不受影响；最近的检查点已保留。',
  },
  'run/stopped-answering': {
    en: 'The training process stopped answering for {seconds} s and was ended.',
    zh: '训练进程超过 {seconds} 秒没有响应，已被结束。',
  },
  'run/interrupted': {
    en: 'The application ended while this run was going on. Resume continues it from the last checkpoint.',
    zh: '运行期间应用程序已退出。点击“继续”可从最近的检查点恢复。',
  },
  'run/not-resumable': { en: 'Run {id} cannot be resumed: it is {status}.', zh: '运行 {id} 无法继续：其状态为 {status}。' },
  'run/no-checkpoint': {
    en: 'Run {id} has no fitted parameters yet (it is {status}).',
    zh: '运行 {id} 还没有拟合好的参数（状态为 {status}）。',
  },
  'run/active': { en: 'Run {id} is {status}. Stop it first.', zh: '运行 {id} 正处于 {status} 状态。请先停止它。' },
  'run/not-for-this-model': { en: '{operation} does not apply to a {model} run.', zh: '{operation} 不适用于 {model} 模型。' },
  'run/shape-mismatch': {
    en: 'Run {id} was fitted on rows of {expected} values, but {dataset} has rows of {got}.',
    zh: '运行 {id} 拟合的数据每行有 {expected} 个值，而 {dataset} 每行有 {got} 个。',
  },
  'run/latent-shape': { en: 'A latent vector of this run has {expected} numbers, not {got}.', zh: '该运行的隐变量有 {expected} 维，而不是 {got} 维。' },
  'run/row-out-of-range': { en: 'There is no row {row}: the dataset has {rows} rows.', zh: '没有第 {row} 行：数据集共 {rows} 行。' },
} as const satisfies Record<string, Message>
