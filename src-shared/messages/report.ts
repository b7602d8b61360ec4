import type { Message } from './message'

export const reportMessages = {
  'export/ending': {
    en: '{path} has none of the endings that say what to write: {endings}. Choose one of them.',
    zh: '{path} 的扩展名无法说明要写入的格式，可用：{endings}。请选择其中之一。',
  },
  'export/is-folder': {
    en: '{path} is a folder, where a file is to be written. Give the name of a file in it.',
    zh: '{path} 是文件夹，而此处要写入文件。请给出其中的文件名。',
  },
  'export/exists': {
    en: '{path} is there already and is not overwritten. Remove it, or choose another place.',
    zh: '{path} 已存在，不会被覆盖。请将其删除，或选择其他位置。',
  },
  'export/fractional-steps': {
    en: 'This format counts steps in whole numbers, and {keys} has others. Export as csv, which keeps them.',
    zh: '该格式的步数只能为整数，而 {keys} 含有非整数步。请导出为 csv，它会保留原值。',
  },
  'report/one-seed': {
    en: 'All runs have the one seed {seed}: nothing tells how much chance has to do with the result. Run the experiment with at least five seeds.',
    zh: '所有运行都只用了种子 {seed}：无法得知偶然因素的影响。请用至少五个种子运行该实验。',
  },
  'report/no-test': {
    en: 'No test rows were held out in {runs}: the figures tell how well the training data were fitted, not how well new data would be. Give the split a test part.',
    zh: '{runs} 没有留出测试数据：指标只反映对训练数据的拟合，而不反映对新数据的表现。请在划分中设置测试部分。',
  },
  'report/unfinished': {
    en: 'These runs did not come to their end: {runs}. Their figures are those of the moment they stopped; resume them or leave them out.',
    zh: '以下运行没有完成：{runs}。其指标为停止时的值；请恢复运行或将其排除。',
  },
  'report/no-estimator': {
    en: 'Of {runs} the bound is known and log p(x) is not: the bound can be loose. Estimate the evidence of these runs first.',
    zh: '{runs} 只有下界而没有 log p(x)：下界可能并不紧。请先估计这些运行的证据。',
  },
  'report/data-changed': {
    en: 'The data of {runs} are gone or hold other numbers than when the runs were made. Import the same data again.',
    zh: '{runs} 的数据已被删除，或与运行时不同。请重新导入相同的数据。',
  },
  'report/no-pdf-engine': {
    en: 'A PDF needs a browser of the Chromium family, and none was found here. Write {html} instead and print it from any browser, or name one in LATENT_BROWSER.',
    zh: '生成 PDF 需要 Chromium 系列的浏览器，但未找到。请改为写入 {html} 并在任意浏览器中打印，或用 LATENT_BROWSER 指定浏览器。',
  },
  'report/pdf-failed': {
    en: '{browser} did not print the report: {reason}. Write a .html file and print it from a browser.',
    zh: '{browser} 未能打印报告：{reason}。请写入 .html 文件并在浏览器中打印。',
  },
  'report/no-manifest': {
    en: '{path} holds no manifest of a report. Give the .html file that `latent report` wrote, or the manifest.json beside it.',
    zh: '{path} 中没有报告清单。请给出 `latent report` 写入的 .html 文件，或其旁边的 manifest.json。',
  },
  'report/other-data': {
    en: 'The dataset {dataset} here holds other numbers than those of run {run}. Import the same data, then reproduce again.',
    zh: '此处的数据集 {dataset} 与运行 {run} 使用的数据不同。请导入相同的数据后再复现。',
  },
} as const satisfies Record<string, Message>
