// What `npm run numbers` checks: figures that other programs gave, and how the command line is asked for them. Log-likelihoods in nats.
//
// A row: `spec` (defaults stand for what it leaves out), `read` (the figure of a finished run), `expected`, `tolerance`, and whether a higher
// or a lower figure is better: one that is better than expected is another optimum and no fault. Optima are the best known over hundreds of
// restarts of several programs, with every component on at least 1 % of the rows and no collapsed covariance.

const mclust = 'R 4.2, mclust 6.0, best of hundreds of restarts'
const numpy = 'plain NumPy, best of hundreds of restarts'
const sklearn = 'scikit-learn 1.2'

const total = (rows) => (metrics) => metrics['train/logLikelihood'] * rows
const mean = (metrics) => metrics['train/logLikelihood']
const nats = 1e-3

/** One row per number of components; null where no figure is known. */
const gaussian = (dataset, rows, covariance, code, figures, preprocess = []) =>
  figures.map((expected, index) => ({
    group: 'Gaussian mixtures',
    name: `${dataset}${preprocess.length > 0 ? ' standardized' : ''} ${code} K=${index + 1}`,
    spec: { dataset, preprocess, model: { kind: 'gaussian-mixture', components: index + 1, covariance } },
    read: total(rows),
    expected,
    tolerance: nats,
    better: 'higher',
    source: mclust,
  }))

const standardized = ['standardize']
const other = (row) => ({ group: 'Other EM models', better: 'higher', ...row })
const relative = (expected, share = 1e-4) => Math.abs(expected) * share

const kMeans = (dataset, components, expected, preprocess = []) =>
  other({
    name: `k-means, ${dataset}${preprocess.length > 0 ? ' standardized' : ''} K=${components}, inertia`,
    spec: { dataset, preprocess, model: { kind: 'k-means', components } },
    read: (metrics) => metrics['train/inertia'],
    expected,
    tolerance: relative(expected, 1e-6),
    better: 'lower',
    source: `${sklearn}, KMeans(n_init=hundreds)`,
  })
const poisson = (components, expected) =>
  other({
    name: `Poisson mixture, earthquakes K=${components}`,
    spec: { dataset: 'earthquakes', model: { kind: 'poisson-mixture', components } },
    read: total(107),
    expected,
    tolerance: relative(expected),
    source: numpy,
  })
const poissonHmm = (states, expected) =>
  other({
    name: `Poisson HMM, earthquakes K=${states}`,
    spec: { dataset: 'earthquakes', model: { kind: 'hmm', emissions: 'poisson', states } },
    read: total(107),
    expected,
    tolerance: relative(expected),
    source: numpy,
  })
const bernoulli = (components, expected) =>
  other({
    name: `Bernoulli mixture, digits ≥ 8, K=${components}`,
    spec: { dataset: 'digits', preprocess: [{ binarize: { threshold: 8 } }], model: { kind: 'bernoulli-mixture', components } },
    read: total(1797),
    expected,
    tolerance: 1,
    source: `${numpy}, θ in [1e-10, 1 − 1e-10]`,
  })
const studentT = (components, expected) =>
  other({
    name: `Student-t mixture, faithful K=${components}`,
    spec: { dataset: 'faithful', model: { kind: 'student-t-mixture', components } },
    read: total(272),
    expected,
    tolerance: nats,
    source: `${numpy}, ν in [.05, 200]`,
  })
const ppca = (dataset, latent, expected, preprocess = []) =>
  other({
    name: `PPCA, ${dataset}${preprocess.length > 0 ? ' standardized' : ''} q=${latent}, mean`,
    spec: { dataset, preprocess, model: { kind: 'ppca', latent } },
    read: mean,
    expected,
    tolerance: relative(expected),
    source: 'closed form in NumPy',
  })
const factors = (latent, expected) =>
  other({
    name: `factor analysis, wine standardized q=${latent}, mean`,
    spec: { dataset: 'wine', preprocess: standardized, model: { kind: 'factor-analysis', latent } },
    read: mean,
    expected,
    tolerance: relative(expected),
    source: `${sklearn}, FactorAnalysis`,
  })
const missing = (components, expected) =>
  other({
    name: `full mixture with missing entries, airquality K=${components}`,
    spec: { dataset: 'airquality', model: { kind: 'gaussian-mixture', components, covariance: 'full' } },
    read: total(153),
    expected,
    tolerance: nats,
    source: numpy,
  })

/** Of the casino, the chain that made the rolls: figures without a fit. */
const casinoTruth = {
  initial: [2 / 3, 1 / 3],
  transitions: [[0.95, 0.05], [0.1, 0.9]],
  probabilities: [Array(6).fill(1 / 6), [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]],
}
const casino = { dataset: 'casino', model: { kind: 'hmm', emissions: 'categorical', states: 2 } }
const casinoRow = (name, read, expected, tolerance) =>
  other({ name: `categorical HMM, casino, ${name}`, spec: casino, states: casinoTruth, read, expected, tolerance, source: 'plain NumPy, from the true parameters' })

/**
 * Two standard errors of the difference between two test parts: the reference has another split and other binary pixels, and the mean over
 * 360 rows has a standard error of 0.18 in each.
 */
const betweenTestParts = 0.5
const digitsVae = (epochs, expected) => ({
  group: 'VAEs',
  name: `VAE, digits 64–128–8–128–64, test ELBO after ${epochs} epochs`,
  spec: {
    dataset: 'digits',
    split: { train: 0.8, test: 0.2 },
    preprocess: ['scale', { binarize: 'stochastic' }],
    model: { kind: 'vae', latent: 8, encoder: { mlp: [128] }, decoder: { mlp: [128] }, likelihood: 'bernoulli' },
    inference: { kind: 'gradient', batchSize: 64, epochs },
  },
  read: (metrics) => metrics['test/elbo'],
  expected,
  tolerance: betweenTestParts,
  better: 'higher',
  source: 'PyTorch 2.13, float32',
})

export const rows = [
  ...gaussian('faithful', 272, 'full', 'VVV', [-1289.7967, -1130.264, -1114.4399, -1106.0302]),
  ...gaussian('faithful', 272, 'tied', 'EEE', [-1289.7967, -1140.1868, -1126.3159, -1120.8281]),
  ...gaussian('faithful', 272, 'diagonal', 'VVI', [-1516.7058, -1147.8064, -1127.0075, -1112.8808]),
  ...gaussian('faithful', 272, 'spherical', 'VII', [-2003.952, -1709.5293, -1637.4344, -1569.4098]),
  ...gaussian('iris', 150, 'full', 'VVV', [-379.9146, -214.3547, -180.1855, -153.6821]),
  ...gaussian('iris', 150, 'diagonal', 'VVI', [-741.0175, -386.1853, -306.8605, -264.8476]),
  ...gaussian('wine', 178, 'full', 'VVV', [-2601.1982, -2248.8451, -2054.2198], standardized),
  ...gaussian('wine', 178, 'diagonal', 'VVI', [-3283.4238, -2853.6018, -2564.4104, -2461.0139], standardized),
  kMeans('iris', 3, 78.851441),
  kMeans('wine', 3, 1277.928489, standardized),
  kMeans('digits', 10, 1165116.48),
  ...[-391.9189, -360.369, -356.8489].map((expected, index) => poisson(index + 1, expected)),
  poissonHmm(2, -341.8787),
  poissonHmm(3, -328.5275),
  other({ name: 'categorical HMM, casino, Baum–Welch', spec: casino, read: total(1000), expected: -1752.81459, tolerance: relative(1752.81459), source: numpy }),
  casinoRow('forward', ({ logLikelihood }) => logLikelihood, -1761.497047, 1e-5),
  casinoRow('Viterbi path', ({ pathLogProbability }) => pathLogProbability, -1825.748459, 1e-5),
  bernoulli(2, -42766.206),
  bernoulli(5, -38246.486),
  bernoulli(10, -34495.832),
  studentT(2, -1129.960172),
  studentT(3, -1119.408819),
  ppca('iris', 1, -3.137796),
  ppca('iris', 2, -2.699752),
  ppca('wine', 2, -16.15526, standardized),
  ppca('digits', 10, -159.993731),
  factors(1, -16.259945),
  factors(2, -15.433658),
  other({
    name: 'variational mixture, iris, 6 components, relative bound',
    spec: { dataset: 'iris', model: { kind: 'bayesian-gaussian-mixture', components: 6, weightPrior: 'dirichlet-process', weightConcentration: 1e-3 } },
    read: (metrics) => metrics['train/relativeBound'],
    expected: 347.4088,
    tolerance: 1e-3,
    source: `${sklearn}, BayesianGaussianMixture, best of hundreds from k-means`,
  }),
  other({
    name: 'pLSA, digits as counts, 10 topics, per token',
    spec: { dataset: 'digits', model: { kind: 'plsa', topics: 10 } },
    read: (metrics) => metrics['train/logLikelihoodPerToken'],
    expected: -3.471,
    // The figure is an “about”: starts end between −3.472 and −3.469.
    tolerance: 2e-3,
    source: 'plain NumPy, several random starts',
  }),
  ...[-2326.697383, -2273.514601, -2240.452174].map((expected, index) => missing(index + 1, expected)),
  digitsVae(50, -23.6),
  digitsVae(100, -23.2),
  digitsVae(200, -22.9),
]
