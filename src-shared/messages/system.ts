import type { Message } from './message'

export const systemMessages = {
  'system/internal': {
    en: 'Something went wrong inside the program: {problem}. This is a bug; the log has the details.',
    zh: '程序内部出错：{problem}。这是一个程序缺陷；详情见日志。',
  },
  'system/bad-memory-budget': {
    en: 'The environment variable {variable} is {value}, which is not a number of megabytes. Set it to e.g. 2048, or unset it.',
    zh: '环境变量 {variable} 的值为 {value}，不是以 MB 为单位的数值。请将其设为例如 2048，或取消设置。',
  },
  'system/unknown-method': { en: 'There is no method called {method}.', zh: '没有名为 {method} 的方法。' },
  'system/bad-request': { en: 'The request to {method} is not valid: {problem}', zh: '对 {method} 的请求无效：{problem}' },
  'system/home-newer': {
    en: 'The data folder {home} was written by a newer version (schema {found}, this version knows {known}). Update the program or choose another folder with --home.',
    zh: '数据文件夹 {home} 由更新的版本写入（结构版本 {found}，本版本支持到 {known}）。请更新程序，或用 --home 选择其他文件夹。',
  },
  'system/home-in-use': {
    en: 'The data folder {home} is already open in another window or server (process {pid}). Use that one, or choose another folder with --home.',
    zh: '数据文件夹 {home} 已被另一个窗口或服务器（进程 {pid}）打开。请使用它，或用 --home 选择其他文件夹。',
  },
  'system/home-unwritable': {
    en: 'The data folder {home} cannot be written: {reason}. Choose another one with --home.',
    zh: '无法写入数据文件夹 {home}：{reason}。请用 --home 选择其他文件夹。',
  },
  'system/disk-full': {
    en: 'The disk that holds the data folder {home} is full. Free some space, or choose another folder with --home.',
    zh: '数据文件夹 {home} 所在的磁盘已满。请释放空间，或用 --home 选择其他文件夹。',
  },
  'system/home-damaged': {
    en: '{path} is not a database of this program or is damaged ({reason}). Put it aside or choose another folder with --home.',
    zh: '{path} 不是本程序的数据库或已损坏（{reason}）。请将其移走，或用 --home 选择其他文件夹。',
  },
  'system/bad-name': {
    en: '{name} cannot be used as a name here: letters, digits, dots, dashes and underscores only.',
    zh: '{name} 不能用作此处的名称：只允许字母、数字、点、短横线和下划线。',
  },
  'system/unauthorized': {
    en: 'This address needs the token that the workbench printed when it started. Open the whole URL it printed.',
    zh: '访问此地址需要工作台启动时输出的令牌。请打开启动时输出的完整网址。',
  },
  'system/foreign-origin': {
    en: 'The request came from {origin}, not from the workbench itself, and was refused.',
    zh: '请求来自 {origin} 而非工作台本身，已被拒绝。',
  },
  'system/request-too-large': {
    en: 'The request is larger than {limit} MB. Upload files instead of sending them in a request.',
    zh: '请求超过 {limit} MB。请上传文件，而不要放在请求中发送。',
  },
  'system/upload-broken': {
    en: 'The upload of {name} ended early: {reason}. Try again.',
    zh: '{name} 的上传提前结束：{reason}。请重试。',
  },
  'system/port-refused': {
    en: 'Port {port} cannot be used here: {reason}. Choose another one with --port, or leave it out for a free one.',
    zh: '此处无法使用端口 {port}：{reason}。请用 --port 选择其他端口，或省略该选项以自动选择。',
  },
  'system/port-in-use': {
    en: 'Port {port} is in use by another program. Choose another one with --port, or leave it out for a free one.',
    zh: '端口 {port} 已被其他程序占用。请用 --port 选择其他端口，或省略该选项以自动选择。',
  },
  'system/unreachable': {
    en: 'The workbench does not answer. It may have been closed; start it again.',
    zh: '工作台没有响应。它可能已关闭，请重新启动。',
  },
} as const satisfies Record<string, Message>
