import type { RunSpec } from '@shared/domain/spec'
import type { Reference } from './document'

const article = (key: string, author: string, title: string, journal: string, year: number, rest: Record<string, string> = {}): Reference => ({
  key,
  kind: 'article',
  fields: { author, title, journal, year: String(year), ...rest },
})
const paper = (key: string, author: string, title: string, booktitle: string, year: number): Reference => ({
  key,
  kind: 'inproceedings',
  fields: { author, title, booktitle, year: String(year) },
})

const works = {
  em: article('dempster1977', 'Dempster, A. P. and Laird, N. M. and Rubin, D. B.', 'Maximum Likelihood from Incomplete Data via the {EM} Algorithm', 'Journal of the Royal Statistical Society, Series B', 1977, { volume: '39', number: '1', pages: '1--38' }),
  plusPlus: paper('arthur2007', 'Arthur, David and Vassilvitskii, Sergei', 'k-means++: The Advantages of Careful Seeding', 'Proceedings of the 18th ACM-SIAM Symposium on Discrete Algorithms', 2007),
  bic: article('schwarz1978', 'Schwarz, Gideon', 'Estimating the Dimension of a Model', 'The Annals of Statistics', 1978, { volume: '6', number: '2', pages: '461--464' }),
  vae: paper('kingma2014', 'Kingma, Diederik P. and Welling, Max', 'Auto-Encoding Variational {Bayes}', 'International Conference on Learning Representations', 2014),
  rezende: paper('rezende2014', 'Rezende, Danilo Jimenez and Mohamed, Shakir and Wierstra, Daan', 'Stochastic Backpropagation and Approximate Inference in Deep Generative Models', 'International Conference on Machine Learning', 2014),
  adam: paper('kingma2015', 'Kingma, Diederik P. and Ba, Jimmy', 'Adam: A Method for Stochastic Optimization', 'International Conference on Learning Representations', 2015),
  adamw: paper('loshchilov2019', 'Loshchilov, Ilya and Hutter, Frank', 'Decoupled Weight Decay Regularization', 'International Conference on Learning Representations', 2019),
  iwae: paper('burda2016', 'Burda, Yuri and Grosse, Roger and Salakhutdinov, Ruslan', 'Importance Weighted Autoencoders', 'International Conference on Learning Representations', 2016),
  beta: paper('higgins2017', 'Higgins, Irina and Matthey, Loic and Pal, Arka and others', 'beta-{VAE}: Learning Basic Visual Concepts with a Constrained Variational Framework', 'International Conference on Learning Representations', 2017),
  vamp: paper('tomczak2018', 'Tomczak, Jakub M. and Welling, Max', '{VAE} with a {VampPrior}', 'International Conference on Artificial Intelligence and Statistics', 2018),
  ppca: article('tipping1999', 'Tipping, Michael E. and Bishop, Christopher M.', 'Probabilistic Principal Component Analysis', 'Journal of the Royal Statistical Society, Series B', 1999, { volume: '61', number: '3', pages: '611--622' }),
  hmm: article('rabiner1989', 'Rabiner, Lawrence R.', 'A Tutorial on Hidden {Markov} Models and Selected Applications in Speech Recognition', 'Proceedings of the IEEE', 1989, { volume: '77', number: '2', pages: '257--286' }),
  lda: article('blei2003', 'Blei, David M. and Ng, Andrew Y. and Jordan, Michael I.', 'Latent {Dirichlet} Allocation', 'Journal of Machine Learning Research', 2003, { volume: '3', pages: '993--1022' }),
  plsa: paper('hofmann1999', 'Hofmann, Thomas', 'Probabilistic Latent Semantic Analysis', 'Conference on Uncertainty in Artificial Intelligence', 1999),
  ep: paper('minka2001', 'Minka, Thomas P.', 'Expectation Propagation for Approximate {Bayesian} Inference', 'Conference on Uncertainty in Artificial Intelligence', 2001),
} as const

function worksOf({ model, inference }: RunSpec): Reference[] {
  const found: (Reference | false)[] = [
    inference.kind === 'em' && works.em,
    'initialization' in inference && inference.initialization === 'kmeans++' && works.plusPlus,
    model.kind.endsWith('mixture') && works.bic,
    model.kind === 'ppca' && works.ppca,
    model.kind === 'hmm' && works.hmm,
    model.kind === 'lda' && works.lda,
    model.kind === 'plsa' && works.plsa,
    inference.kind === 'expectation-propagation' && works.ep,
  ]
  if (model.kind === 'vae') found.push(works.vae, works.rezende, typeof model.prior === 'object' && 'vamp' in model.prior && works.vamp)
  if (inference.kind === 'gradient') {
    const { objective, optimizer } = inference
    found.push('elbo' in objective && objective.elbo.beta !== 1 && works.beta, 'iwae' in objective && works.iwae)
    found.push('adam' in optimizer && works.adam, 'adamw' in optimizer && works.adamw)
  }
  return found.filter((work) => work !== false)
}

/** What the runs rest on, each work once, in the order of the first author and year. */
export const referencesOf = (specs: readonly RunSpec[]): Reference[] =>
  [...new Map(specs.flatMap(worksOf).map((work) => [work.key, work])).values()].sort((left, right) => (left.key < right.key ? -1 : 1))

const plain = (text: string): string => text.replaceAll(/[{}]/g, '').replaceAll('--', '–')
export function citation({ fields }: Reference): string {
  const { author = '', title = '', year = '', journal, booktitle, volume, number, pages } = fields
  const where = [plain(journal ?? booktitle ?? ''), volume && `${volume}${number ? `(${number})` : ''}`, pages && plain(pages)].filter(Boolean).join(', ')
  return `${plain(author).replaceAll(' and ', '; ')} (${year}). ${plain(title)}. ${where}.`
}

export const bibtex = (references: readonly Reference[]): string =>
  references
    .map(({ key, kind, fields }) => `@${kind}{${key},\n${Object.entries(fields).map(([name, value]) => `  ${name} = {${value}}`).join(',\n')}\n}\n`)
    .join('\n')
