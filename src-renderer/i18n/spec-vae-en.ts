import type { FieldText } from './spec-en'
import { under } from './under'

/* Words for networks, autoencoders and what is climbed by gradients. */

const network = <Name extends string>(name: Name, widths: string) =>
  under(name, {
    channels: {
      title: 'Filters',
      help: 'Filters of convolutional layers, from the picture inwards, separated by commas; empty for dense layers only. For pictures.',
    },
    kernel: { title: 'Kernel', help: 'Side of a filter, in pixels.' },
    stride: { title: 'Stride', help: 'How many pixels a filter moves from one place to the next.' },
    mlp: { title: 'Hidden layers', help: widths },
    activation: {
      title: 'Activation',
      help: 'Applied after every hidden layer.',
      options: {
        relu: 'ReLU',
        'leaky-relu': 'leaky ReLU (0.01)',
        elu: 'ELU',
        gelu: 'GELU',
        silu: 'SiLU (swish)',
        tanh: 'tanh',
        softplus: 'softplus',
        sigmoid: 'sigmoid',
        identity: 'none (linear)',
      },
    },
    norm: {
      title: 'Norm',
      help: 'Between each hidden layer and its activation. Batch: each channel over the batch. Layer: all values of a row.',
      options: { none: 'None', batch: 'Batch', layer: 'Layer' },
    },
    dropout: { title: 'Dropout', help: 'Probability that a hidden value is set to 0 in a training step.' },
    residualBlocks: { title: 'Residual blocks', help: 'Blocks h + f(h) of the same width after each hidden layer.' },
  })

const klSchedule: FieldText = {
  title: 'KL over time',
  help: 'How the weight of the KL changes over training. Starting low helps against posterior collapse.',
  options: { constant: 'Constant', warmup: 'Warm-up', cycles: 'Cycles' },
}
const klScheduleFields = <Name extends string>(name: Name) =>
  under(name, {
    'warmup.epochs': { title: 'Epochs', help: 'After so many epochs the KL has its whole weight.' },
    'warmup.from': { title: 'From', help: 'Fraction of the weight at the start.' },
    'cycles.epochs': { title: 'Epochs', help: 'Length of a cycle.' },
    'cycles.rising': { title: 'Rising', help: 'Part of a cycle in which the weight rises from 0; then it stays.' },
  })

const floor = 'No learned standard deviation falls below this.'
const scale = 'Shared: one for all outputs. Learned: one per output and z, from the decoder.'
const levels = 'Values are whole numbers from 0 to one less than this. Leave scaling out of the preprocessing.'

export const specVaeEn = {
  'model.encoder': { title: 'Encoder', help: 'The network x → q(z∣x).' },
  ...network('model.encoder', 'Widths from the input towards z, separated by commas.'),
  'model.decoder': { title: 'Decoder', help: 'The network z → p(x∣z).' },
  ...network('model.decoder', 'Widths from z towards the output, separated by commas.'),
  'model.likelihood': {
    title: 'Likelihood',
    help: 'Bernoulli for values in [0, 1] such as scaled pixels; Gaussian and Student t for real values; categorical and logistic for whole numbers from 0.',
    options: {
      bernoulli: 'Bernoulli',
      gaussian: 'Gaussian',
      studentT: 'Student t',
      categorical: 'Categorical',
      discretizedLogistic: 'Discretized logistic',
      mixed: 'Mixed columns',
    },
  },
  'model.likelihood.gaussian.variance': {
    title: 'Variance',
    help: 'Shared: one trained for all outputs. Learned: one per output and z, from the decoder. Or a fixed number.',
    options: { shared: 'Shared', learned: 'Learned', value: 'Fixed' },
  },
  'model.likelihood.gaussian.floor': { title: 'Floor', help: floor },
  'model.likelihood.studentT.degreesOfFreedom': {
    title: 'Degrees of freedom',
    help: 'Fewer mean heavier tails. Shared or learned ones stay above 2.',
    options: { shared: 'Shared', learned: 'Learned', value: 'Fixed' },
  },
  'model.likelihood.studentT.scale': { title: 'Scale', help: scale, options: { shared: 'Shared', learned: 'Learned' } },
  'model.likelihood.studentT.floor': { title: 'Floor', help: floor },
  'model.likelihood.categorical.levels': { title: 'Levels', help: levels },
  'model.likelihood.discretizedLogistic.levels': { title: 'Levels', help: levels },
  'model.likelihood.discretizedLogistic.scale': { title: 'Scale', help: scale, options: { shared: 'Shared', learned: 'Learned' } },
  'model.likelihood.discretizedLogistic.floor': { title: 'Floor', help: 'No scale falls below this, as a fraction of half the range of levels.' },
  ...under('model.likelihood.mixed', {
    real: { title: 'Real', help: 'Columns that are real numbers although they look like something else.' },
    count: { title: 'Counts', help: 'Columns that are counts although they look like something else.' },
    binary: { title: 'Binary', help: 'Columns of 0 and 1 that are not taken for such.' },
    category: { title: 'Categories', help: 'Columns whose numbers are codes of categories.' },
    floor: { title: 'Floor', help: 'No standard deviation of a real column falls below this, in units of the column’s own.' },
  }),
  'model.prior': {
    title: 'Prior',
    help: 'p(z). A mixture or VampPrior is trained with the networks.',
    options: { 'standard-normal': 'Standard normal', mixture: 'Gaussian mixture', vamp: 'VampPrior' },
  },
  'model.prior.mixture.components': { title: 'Components', help: 'Gaussians with diagonal covariances.' },
  'model.prior.vamp.components': { title: 'Pseudo-inputs', help: 'Trained rows whose posteriors, mixed equally, are the prior. Tomczak & Welling 2018.' },
  'inference.objective': { title: 'Objective', help: 'What is climbed.', options: { elbo: 'ELBO', iwae: 'IWAE' } },
  'inference.objective.elbo': { title: 'ELBO', help: 'Evidence lower bound: reconstruction − β · KL.' },
  'inference.objective.elbo.samples': { title: 'Samples per row', help: 'Draws z ~ q(z∣x) for each row and step.' },
  'inference.objective.elbo.beta': { title: 'β', help: 'Weight of the KL term in training. The reported ELBO always has weight 1.' },
  'inference.objective.elbo.klSchedule': klSchedule,
  ...klScheduleFields('inference.objective.elbo.klSchedule'),
  'inference.objective.elbo.freeBits': { title: 'Free bits', help: 'Nats of KL per dimension that cost nothing; keeps dimensions from collapsing.' },
  'inference.objective.iwae.samples': { title: 'Samples per row', help: 'K: the bound rises with it, and so does the time of a step.' },
} satisfies Record<string, FieldText>
