import digitsPicture from '../theme/guided-digits.svg'
import geysersPicture from '../theme/guided-geysers.svg'

export interface GuidedRun {
  /** Name in the gallery of bundled data. */
  dataset: string
  title: string
  text: string
  picture: string
  spec: object
}

export const guidedRuns: readonly GuidedRun[] = [
  {
    dataset: 'faithful',
    title: 'home.guidedMixture',
    text: 'home.guidedMixtureText',
    picture: geysersPicture,
    spec: { model: { kind: 'gaussian-mixture', components: 3, covariance: 'full' }, inference: { kind: 'em', restarts: 20 }, seed: 1 },
  },
  {
    dataset: 'digits',
    title: 'home.guidedVae',
    text: 'home.guidedVaeText',
    picture: digitsPicture,
    spec: {
      split: { train: 0.8, test: 0.2 },
      preprocess: ['scale'],
      model: { kind: 'vae', latent: 8, encoder: { mlp: [128] }, decoder: { mlp: [128] }, likelihood: 'bernoulli' },
      inference: { kind: 'gradient', batchSize: 64, epochs: 120 },
      seed: 1,
    },
  },
]

export interface TryRun extends Omit<GuidedRun, 'picture'> {
  name: string
}

/** One small run for each further kind of model, all done within seconds. */
export const tryRuns: readonly TryRun[] = [
  {
    name: 'states',
    dataset: 'earthquakes',
    title: 'home.tryStates',
    text: 'home.tryStatesText',
    spec: { model: { kind: 'hmm', states: 3, emissions: 'poisson' }, inference: { kind: 'em' }, seed: 1 },
  },
  {
    name: 'dice',
    dataset: 'casino',
    title: 'home.tryDice',
    text: 'home.tryDiceText',
    spec: { model: { kind: 'hmm', states: 2, emissions: 'categorical' }, inference: { kind: 'em' }, seed: 1 },
  },
  {
    name: 'factors',
    dataset: 'wine',
    title: 'home.tryFactors',
    text: 'home.tryFactorsText',
    spec: { preprocess: ['standardize'], model: { kind: 'factor-analysis', latent: 2 }, inference: { kind: 'em', restarts: 5 }, seed: 1 },
  },
  {
    name: 'topics',
    dataset: 'digits',
    title: 'home.tryTopics',
    text: 'home.tryTopicsText',
    spec: { model: { kind: 'lda', topics: 10 }, inference: { kind: 'variational-bayes', restarts: 1, tolerance: 1e-3 }, seed: 1 },
  },
  {
    name: 'bayesian',
    dataset: 'faithful',
    title: 'home.tryBayesian',
    text: 'home.tryBayesianText',
    spec: { model: { kind: 'bayesian-gaussian-mixture', components: 8 }, inference: { kind: 'variational-bayes' }, seed: 1 },
  },
  {
    name: 'tails',
    dataset: 'iris',
    title: 'home.tryTails',
    text: 'home.tryTailsText',
    spec: { model: { kind: 'student-t-mixture', components: 3 }, inference: { kind: 'em', restarts: 5 }, seed: 1 },
  },
]
