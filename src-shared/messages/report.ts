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
  'report/runs-gone': {
    en: 'These runs of the report are not there any more: {runs}. What is shown is of the others; take them out, or import an archive that holds them.',
    zh: '报告中的以下运行已不存在：{runs}。此处仅显示其余运行；请将其去掉，或导入包含它们的归档。',
  },
  'report/imported': {
    en: 'These runs came from another program: {runs}. Their data and all of what was done are not known here; say it in the text.',
    zh: '以下运行来自其他程序：{runs}。此处不了解其数据和完整过程；请在文中说明。',
  },
  'report/answer-gone': {
    en: 'There is no answer of kind {kind} about run {run} to draw (asked: {inquiry}). Ask it on the screens of evidence, diagnosis or latents first, or take the figure out.',
    zh: '没有关于运行 {run} 的 {kind} 结果可供绘图（指定的结果：{inquiry}）。请先在证据、诊断或隐变量页面进行计算，或移除该图。',
  },
  'report/selection-gone': {
    en: 'Selection {selection} is not there any more, so there is nothing to draw. Take the figure out, or make the selection again.',
    zh: '模型选择 {selection} 已不存在，无法绘图。请移除该图，或重新进行模型选择。',
  },
  'report/sweep-gone': {
    en: 'Sweep {sweep} of the report is not there any more. Take its blocks out, or import an archive that holds it.',
    zh: '报告中的搜索 {sweep} 已不存在。请去掉相关内容块，或导入包含它的归档。',
  },
  'report/sweep-unfinished': {
    en: 'Sweep {sweep} is {status}: its best trial may not be the last word. Resume it, or say so.',
    zh: '搜索 {sweep} 的状态为 {status}：其最优试验未必是最终结果。请继续搜索，或在文中说明。',
  },
  'report/groups-one-seed': {
    en: 'With one seed only: {groups}. Nothing tells how much chance has to do with their results. Run each with at least five seeds.',
    zh: '以下运行只有一个种子：{groups}。无法得知偶然因素对其结果的影响。请各用至少五个种子运行。',
  },
  'report/run-gone': {
    en: 'Run {run} is not there: it was removed since, or never was. Take it out of the report, or import an archive that holds it.',
    zh: '运行 {run} 不存在：可能已被删除，或从未存在。请将其从报告中去掉，或导入包含它的归档。',
  },
  'report/no-runs': {
    en: 'None of the runs of this report is there any more: {runs}. Choose others, or import an archive that holds them.',
    zh: '该报告的运行均已不存在：{runs}。请选择其他运行，或导入包含它们的归档。',
  },
  'report/no-figure-data': {
    en: 'There is nothing to draw for the figure “{figure}”: the runs of this report hold no such numbers. Choose another figure, or runs that have them.',
    zh: '图“{figure}”没有可绘制的数据：该报告的运行不含这些数值。请选择其他图，或选择含有这些数值的运行。',
  },
  'report/no-metric': {
    en: 'None of the runs has the metric {metric}. Choose one that they have.',
    zh: '所有运行都没有指标 {metric}。请选择它们具有的指标。',
  },
  'report/no-evidence': {
    en: 'log p(x) of these runs was not estimated yet. Estimate it first (Evidence), or take this block out.',
    zh: '尚未估计这些运行的 log p(x)。请先进行估计（证据），或去掉此内容块。',
  },
  'report/no-sweep': {
    en: 'This block shows a sweep, and the report has none. Choose a sweep for the report, or take this block out.',
    zh: '此内容块显示搜索，而报告没有选择搜索。请为报告选择搜索，或去掉此内容块。',
  },
  'report/no-pictures': {
    en: 'Rows of the data of run {run} are no pictures: there is nothing to decode into an image. Take this block out.',
    zh: '运行 {run} 的数据行不是图像：无法解码为图像。请去掉此内容块。',
  },
  'report/figure-unsafe': {
    en: 'The picture of the chart “{figure}” holds more than shapes and letters, so it is not put into a report. Add the chart again from its screen.',
    zh: '图“{figure}”的图像包含形状与文字以外的内容，因此未放入报告。请从其页面重新添加该图。',
  },
  'report/nothing': {
    en: 'A report needs runs or a sweep, and none was named. Name at least one.',
    zh: '报告需要运行或搜索，但未指定。请至少指定一个。',
  },
  'report/not-found': {
    en: 'There is no report {id}. The reports there are stand in the list of reports.',
    zh: '不存在报告 {id}。请在报告列表中查看现有报告。',
  },
  'report/no-file': {
    en: 'There is no file {path}. Give the .html file of a report, a manifest.json, or a run.',
    zh: '文件 {path} 不存在。请给出报告的 .html 文件、manifest.json 或运行。',
  },
  'figure/too-large': {
    en: 'The picture would be {pixels} pixels wide, where at most {most} are drawn. Choose fewer dots per inch, or a smaller width.',
    zh: '图像宽度将达 {pixels} 像素，而最多可绘制 {most} 像素。请减小 dpi 或宽度。',
  },
  'figure/none': {
    en: 'This block draws no figure in this format. Figures and charts are written as SVG, PNG, PDF or CSV, grids of images as PNG.',
    zh: '此内容块不能以该格式输出图。图表可写为 SVG、PNG、PDF 或 CSV，图像网格可写为 PNG。',
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
