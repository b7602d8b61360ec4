import type { Message } from './message'

export const compareMessages = {
  'compare/one-run': { en: 'A comparison needs at least two different runs; these arguments name {count}.', zh: '比较至少需要两个不同的运行；这些参数只指定了 {count} 个。' },
  'compare/no-such-metric': {
    en: 'None of these runs reports {metric}. The nearest name is {nearest}.',
    zh: '这些运行都没有报告指标 {metric}。最接近的名称是 {nearest}。',
  },
  'compare/no-pictures': {
    en: 'None of these {runs} runs has pictures: only models of images make some, at epochs that they choose themselves.',
    zh: '这 {runs} 个运行都没有图片：只有图像模型会在自行选定的轮次生成图片。',
  },
  'compare/no-common-step': {
    en: 'The {runs} runs that have pictures have none at the same epoch. Compare runs with the same number of epochs.',
    zh: '这 {runs} 个有图片的运行没有共同的轮次。请比较轮数相同的运行。',
  },
  'compare/not-a-common-step': {
    en: 'At epoch {step} not all of these runs have pictures. They all have some at {steps}.',
    zh: '并非所有运行在第 {step} 轮都有图片。它们共同拥有图片的轮次：{steps}。',
  },
  'compare/one-seed': {
    en: 'No test: a side has {n} finished seed(s), and at least 2 are needed. Run it again with other seeds.',
    zh: '未作检验：一侧仅有 {n} 个已完成的种子，至少需要 2 个。请用其他种子再次运行。',
  },
  'compare/few-pairs': {
    en: 'Only {n} shared seeds: this test cannot give a p-value below {smallest}, so little can be concluded. Six or more are advised.',
    zh: '共享种子仅 {n} 个：该检验的 p 值不可能小于 {smallest}，难以得出结论。建议至少 6 个。',
  },
  'compare/few-seeds': { en: 'Only {n} seeds on a side: the test has little power. Five or more are advised.', zh: '一侧仅有 {n} 个种子：检验功效很低。建议至少 5 个。' },
  'compare/unshared-seeds': {
    en: 'Paired on the {shared} seeds that both have; the sides have {first} and {second}.',
    zh: '按双方共有的 {shared} 个种子配对；两侧各有 {first} 和 {second} 个种子。',
  },
  'compare/no-difference': { en: 'The figures are the same on both sides; there is nothing to test.', zh: '两侧数值完全相同，无需检验。' },
  'compare/unfinished': {
    en: '{count} run(s) did not come to their end and are left out of the statistics: {runs}.',
    zh: '{count} 个运行未完成，未计入统计：{runs}。',
  },
  'compare/untested-pairs': {
    en: '{count} pairs in which a side has one seed only are not listed; they cannot be tested.',
    zh: '有 {count} 对组合因一侧仅有一个种子而无法检验，未列出。',
  },
  'compare/other-data': {
    en: 'The runs saw different data ({datasets}); their figures do not measure the same thing.',
    zh: '这些运行使用了不同的数据（{datasets}），其指标衡量的并非同一对象。',
  },
  'compare/other-units': {
    en: 'The data were preprocessed differently: densities are then in different units, and likelihoods do not compare.',
    zh: '数据的预处理方式不同：密度的单位因而不同，似然不可比较。',
  },
  'compare/other-split': {
    en: 'The data were split differently: held-out figures are of different rows.',
    zh: '数据的划分方式不同：留出集指标对应的是不同的行。',
  },
  'compare/other-estimators': {
    en: '{metric} was estimated in different ways: bounds beside exact figures, or bounds of another K, do not tell which model is better. Estimate all of them with latent evidence.',
    zh: '{metric} 的估计方式不同：下界与精确值、或 K 不同的下界之间不能比较模型优劣。请用 latent evidence 统一估计。',
  },
} as const satisfies Record<string, Message>
