import type { FieldText } from './spec-en'
import { under } from './under'

/* Words for discrete codes and the estimators of their gradients. */

const samples: FieldText = { title: 'Draws per row', help: 'Codes z ~ q(z∣x) drawn for each row and step.' }

export const specDiscreteEn = {
  'model.entries': { title: 'Entries', help: 'Vectors in the codebook that all parts of a code share.' },
  'model.width': { title: 'Numbers of an entry', help: 'Length of the vectors of the codebook.' },
  'model.codebook': {
    title: 'Codebook',
    help: 'How its entries are learned: as means of the vectors that chose them lately, or by gradients.',
    options: { movingAverage: 'Moving averages', gradient: 'Gradients' },
  },
  'model.codebook.movingAverage': { title: 'Moving averages', help: 'Of counts and sums of the vectors that chose each entry.' },
  'model.codebook.movingAverage.decay': { title: 'Memory', help: 'What stays of the averages from one step to the next.' },
  'model.codebook.movingAverage.revive': { title: 'Revive below', help: 'An entry used less than this part of an even share begins anew at a vector of the batch; 0: never.' },
  'model.codebook.gradient': { title: 'Gradients', help: 'Entries are pulled towards the vectors that choose them.' },
  'model.commitment': { title: 'Commitment', help: 'Weight of the squared distance of the encoder’s vectors from their entries.' },
  'model.variables': { title: 'Variables', help: 'Parts of a code; each takes one of the categories.' },
  'model.categories': { title: 'Categories', help: 'Values that each part of a code can take.' },
  'model.codePrior': {
    title: 'Prior of the categories',
    help: 'All alike, or with probabilities that are trained with the networks.',
    options: { uniform: 'Uniform', trained: 'Trained' },
  },
  'model.labelled': { title: 'Labelled rows', help: 'Training rows whose class is told, drawn from the seed, as many of each class. 0: none.' },
  'model.classes': { title: 'Classes', help: 'Values of y where no labels are told; 0: as many as the dataset has classes.' },
  'model.labelWeight': { title: 'Weight of the labels', help: 'How much log q(y∣x) of the labelled rows counts beside the bound.' },
  'model.estimator': {
    title: 'Gradient estimator',
    help: 'How the gradient of the mean over codes is estimated.',
    options: {
      enumeration: 'Enumeration (exact)',
      reinforce: 'REINFORCE',
      leaveOneOut: 'Leave-one-out',
      vimco: 'VIMCO',
      gumbelSoftmax: 'Gumbel-softmax (biased)',
      straightThrough: 'Straight-through (biased)',
    },
  },
  'model.estimator.reinforce': { title: 'REINFORCE', help: 'Score function, less a baseline. Unbiased. Williams 1992.' },
  'model.estimator.leaveOneOut': { title: 'Leave-one-out', help: 'Each draw’s baseline is the mean of the others. Unbiased.' },
  'model.estimator.vimco': { title: 'VIMCO', help: 'Leave-one-out for the importance-weighted bound, which is then climbed. Unbiased. Mnih & Rezende 2016.' },
  'model.estimator.gumbelSoftmax': { title: 'Gumbel-softmax', help: 'Codes are softened so that gradients flow. Biased, with little variance.' },
  'model.estimator.straightThrough': { title: 'Straight-through', help: 'Codes forwards, probabilities backwards. Biased.' },
  ...under('model.estimator', {
    'reinforce.baseline': {
      title: 'Baseline',
      help: 'None, a running mean, or that and a network’s guess from the row (NVIL).',
      options: { none: 'None', running: 'Running mean', learned: 'Learned' },
    },
    'reinforce.samples': samples,
    'leaveOneOut.samples': samples,
    'vimco.samples': samples,
    'gumbelSoftmax.temperature': { title: 'Temperature', help: 'Lower: less bias, more variance.' },
    'gumbelSoftmax.samples': samples,
    'straightThrough.samples': samples,
  }),
} satisfies Record<string, FieldText>
