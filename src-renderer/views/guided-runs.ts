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
