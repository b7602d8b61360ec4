import type { Message } from './message'

export const cliMessages = {
  'cli/no-generator': {
    en: 'There is no generator called {kind}. There are: {kinds}.',
    zh: '没有名为 {kind} 的生成器。可用的有：{kinds}。',
  },
  'cli/generator-field': {
    en: 'The field {field} of {kind} is not right: {problem}. Its fields are: {fields}.',
    zh: '{kind} 的字段 {field} 不正确：{problem}。可用字段：{fields}。',
  },
  'cli/arguments': { en: '{problem}. `latent --help` lists the commands.', zh: '{problem}。用 `latent --help` 查看命令列表。' },
  'cli/spec-missing': {
    en: 'There is no specification file at {path}. Check the path, or give `-` to read it from stdin.',
    zh: '{path} 处没有实验规格文件。请检查路径，或用 `-` 从标准输入读取。',
  },
  'cli/spec-unreadable': { en: 'The specification {path} cannot be read: {reason}.', zh: '无法读取实验规格 {path}：{reason}。' },
  'cli/spec-syntax': {
    en: 'The specification {path} is neither JSON nor YAML: {problem} Correct that place.',
    zh: '实验规格 {path} 既不是 JSON 也不是 YAML：{problem} 请更正该处。',
  },
  'cli/spec-not-a-mapping': {
    en: 'The specification {path} must hold fields such as dataset and model, and holds none. See docs/cli.md for an example.',
    zh: '实验规格 {path} 应包含 dataset、model 等字段，但没有找到。示例见 docs/cli.md。',
  },
  'cli/set-form': {
    en: '--set {setting} is not of the form path=value, e.g. --set model.components=4.',
    zh: '--set {setting} 不符合“路径=值”的形式，例如 --set model.components=4。',
  },
  'cli/set-value': { en: '--set {setting}: the value is not valid YAML: {problem}', zh: '--set {setting}：值不是有效的 YAML：{problem}' },
  'cli/set-inside-value': {
    en: '--set {setting}: {key} is a single value and has no fields. Set {key} as a whole.',
    zh: '--set {setting}：{key} 是单个值，没有子字段。请整体设置 {key}。',
  },
  'cli/not-components': {
    en: '--components takes a range such as 1..9 or a list such as 2,3,5, not {got}.',
    zh: '--components 应为范围（如 1..9）或列表（如 2,3,5），而不是 {got}。',
  },
  'cli/not-a-structure': {
    en: '--structures takes all, none or codes separated by commas; {got} is none of {known}.',
    zh: '--structures 应为 all、none 或以逗号分隔的代码；{got} 不在 {known} 之中。',
  },
  'cli/not-json': {
    en: '{option} must be a JSON list of lists of numbers, e.g. "[[0, 0]]" ({problem}).',
    zh: '{option} 应为由数字列表组成的 JSON 列表，例如 "[[0, 0]]"（{problem}）。',
  },
  'cli/out-format': { en: '--out {path} must end in .csv or .npy.', zh: '--out {path} 必须以 .csv 或 .npy 结尾。' },
  'cli/out-unwritable': {
    en: '{path} cannot be written: {reason}. Choose another place with --out.',
    zh: '无法写入 {path}：{reason}。请用 --out 选择其他位置。',
  },
  'cli/host-not-joinable': {
    en: 'The data folder {home} is open in another program (process {pid}) that cannot be joined. Close it, or choose another folder with --home.',
    zh: '数据文件夹 {home} 已被另一个程序（进程 {pid}）打开，且无法加入。请关闭该程序，或用 --home 选择其他文件夹。',
  },
  'cli/only-conditional': {
    en: '--given and --target belong to --output conditional, not to {output}.',
    zh: '--given 和 --target 仅用于 --output conditional，不适用于 {output}。',
  },
  'cli/no-units': {
    en: '--units file is for what has the units of the data: means, covariances, loadings, draws, reconstructions. This has none. Leave --units out.',
    zh: '--units file 只适用于带有数据单位的结果：均值、协方差、载荷、样本、重构。此结果没有单位，请去掉 --units。',
  },
  'cli/other-rows': {
    en: 'The two runs show other rows ({rows} and {others}). Take two runs of the same dataset.',
    zh: '两个实验的数据行不同（{rows} 与 {others}）。请选择同一数据集上的两个实验。',
  },
  'cli/too-many-clusters': {
    en: 'The run has {components} components, so there are no {clusters} clusters. Ask for at most {components}.',
    zh: '该运行有 {components} 个分量，无法得到 {clusters} 个簇。请给出不超过 {components} 的数。',
  },
} as const satisfies Record<string, Message>
