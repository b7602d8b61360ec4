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

const hierarchyFields = <Name extends string>(name: Name) =>
  under(name, {
    above: { title: 'Dimensions above', help: 'Of z₂, z₃, …, separated by commas. Those of z₁ are the latent dimensions.' },
    between: { title: 'Between the layers', help: 'The networks from each layer to the next, up and down.' },
    'between.mlp': { title: 'Hidden layers', help: 'Widths, separated by commas.' },
    'between.activation': network('between', '')['between.activation'],
    'between.norm': network('between', '')['between.norm'],
    'between.dropout': network('between', '')['between.dropout'],
    'between.residualBlocks': network('between', '')['between.residualBlocks'],
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

const samples: FieldText = { title: 'Samples per row', help: 'Draws z ~ q(z∣x) for each row and step.' }

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
  'model.posterior': {
    title: 'Posterior',
    help: 'The family that q(z∣x) is chosen from. Flows bend a Gaussian; the KL is then estimated from the samples.',
    options: { diagonal: 'Diagonal Gaussian', planar: 'Planar flow', inverseAutoregressive: 'Inverse autoregressive flow' },
  },
  'model.posterior.planar': { title: 'Planar flow', help: 'Steps z + u·tanh(w·z + b) that the encoder chooses. Rezende & Mohamed 2015.' },
  'model.posterior.planar.flows': { title: 'Steps', help: 'How many times the Gaussian is bent.' },
  'model.posterior.inverseAutoregressive': { title: 'Inverse autoregressive flow', help: 'Each dimension is shifted and scaled by those before it. Kingma et al. 2016.' },
  ...under('model.posterior.inverseAutoregressive', {
    flows: { title: 'Steps', help: 'The order of the dimensions turns round from step to step.' },
    hidden: { title: 'Hidden units', help: 'Of the network of each step.' },
    context: { title: 'Context', help: 'Numbers that the encoder tells every step of the row.' },
  }),
  'model.hierarchy': {
    title: 'Stochastic layers',
    help: 'One, or further ones above it: p(z₁∣z₂), p(z₂∣z₃), … The KL is told for each layer.',
    options: { none: 'One', bottomUp: 'Several, q upwards', ladder: 'Several, ladder' },
  },
  'model.hierarchy.bottomUp': { title: 'Bottom-up', help: 'q(z₁∣x), then q(z₂∣z₁), … Rezende et al. 2014.' },
  'model.hierarchy.ladder': { title: 'Ladder', help: 'q comes down beside p, and adds to it what the data say. Sønderby et al. 2016.' },
  ...hierarchyFields('model.hierarchy.bottomUp'),
  ...hierarchyFields('model.hierarchy.ladder'),
  'model.condition': {
    title: 'Condition',
    help: 'What both networks are told beside the row: its class, or columns that are then no part of x. Samples are drawn for any of them.',
    options: { none: 'None', labels: 'The class', columns: 'Columns' },
  },
  'model.condition.columns': { title: 'Columns', help: 'Columns that are told and not modelled, separated by commas. Categories become 0 and 1.' },
  'model.below': {
    title: 'Below',
    help: 'A VAE (M1) that is trained first and turns rows into codes, which M2 then models in their place.',
    options: { none: 'None (M2)', vae: 'A VAE (M1 + M2)' },
  },
  'model.below.vae': { title: 'M1', help: 'Trained first; then it stands still.' },
  'model.below.vae.latent': { title: 'Latent dimensions of M1', help: 'Length of the codes that M2 models.' },
  'model.below.vae.epochs': { title: 'Epochs of M1', help: 'Those that are left of all epochs are M2’s.' },
  'model.below.vae.encoder': { title: 'Encoder of M1', help: 'From rows to codes.' },
  'model.below.vae.decoder': { title: 'Decoder of M1', help: 'From codes to rows.' },
  ...network('model.below.vae.encoder', 'Widths from the data inwards, separated by commas.'),
  ...network('model.below.vae.decoder', 'Widths from the code outwards, separated by commas.'),
  'model.missing': {
    title: 'Missing entries',
    help: 'Refuse data that lack entries, or learn from those that are there: the bound is that of the observed part. With IWAE this is MIWAE.',
    options: { refuse: 'Refuse', observed: 'Learn from the observed' },
  },
  'model.missing.observed': { title: 'Observed entries', help: 'The encoder is told which entries are there. Mattei & Frellsen 2019.' },
  'model.missing.observed.hide': { title: 'Hide besides', help: 'Share of the entries that each step hides at random, so that any of them can be filled in later; 0.5 for completing half pictures.' },
  'inference.mode': {
    title: 'Inference of q',
    help: 'Amortized: an encoder tells q(z∣x). SVI: each row’s own bound is climbed, without an encoder. Semi-amortized: climbed from what the encoder tells.',
    options: { amortized: 'Amortized', svi: 'SVI', 'semi-amortized': 'Semi-amortized' },
  },
  'inference.inner': { title: 'Ascent of each row', help: 'For SVI and semi-amortized inference.' },
  'inference.inner.steps': { title: 'Steps', help: 'More take longer: each one is a pass through the decoder and back.' },
  'inference.inner.rate': { title: 'Rate', help: 'How far a step goes along the natural gradient; 1 jumps to the optimum of a quadratic bound.' },
  'inference.objective': { title: 'Objective', help: 'What is climbed.', options: {
      elbo: 'ELBO',
      iwae: 'IWAE',
      capacity: 'Capacity',
      totalCorrelation: 'β-TCVAE',
      factor: 'FactorVAE',
      dip: 'DIP-VAE',
      mmd: 'InfoVAE (MMD)',
    } },
  'inference.objective.elbo': { title: 'ELBO', help: 'Evidence lower bound: reconstruction − β · KL.' },
  'inference.objective.elbo.samples': { title: 'Samples per row', help: 'Draws z ~ q(z∣x) for each row and step.' },
  'inference.objective.elbo.beta': { title: 'β', help: 'Weight of the KL term in training. The reported ELBO always has weight 1.' },
  'inference.objective.elbo.klSchedule': klSchedule,
  ...klScheduleFields('inference.objective.elbo.klSchedule'),
  'inference.objective.elbo.freeBits': { title: 'Free bits', help: 'Nats of KL per dimension that cost nothing; keeps dimensions from collapsing.' },
  'inference.objective.iwae.samples': { title: 'Samples per row', help: 'K: the bound rises with it, and so does the time of a step.' },
  'inference.objective.iwae': { title: 'IWAE', help: 'Importance-weighted bound: log of the mean weight of K samples.' },
  'inference.objective.capacity': { title: 'Capacity', help: 'reconstruction − γ·∣KL − C∣, with a capacity C that rises.' },
  ...under('inference.objective.capacity', {
    samples,
    weight: { title: 'γ', help: 'How strictly the KL is held at the capacity.' },
    from: { title: 'From', help: 'Capacity at the start, nats.' },
    to: { title: 'To', help: 'Capacity at the end, nats.' },
    epochs: { title: 'Epochs', help: 'Over which it rises.' },
  }),
  'inference.objective.totalCorrelation': { title: 'β-TCVAE', help: 'The KL in three parts, each with its weight. Chen et al. 2018.' },
  ...under('inference.objective.totalCorrelation', {
    samples,
    beta: { title: 'Total correlation', help: 'Weight of how much the dimensions depend on each other.' },
    mutualInformation: { title: 'Mutual information', help: 'Weight of what z tells of x.' },
    dimensions: { title: 'Dimensions', help: 'Weight of each dimension’s own KL.' },
  }),
  'inference.objective.totalCorrelation.klSchedule': klSchedule,
  ...klScheduleFields('inference.objective.totalCorrelation.klSchedule'),
  'inference.objective.factor': { title: 'FactorVAE', help: 'ELBO − γ · total correlation, which a discriminator tells. Kim & Mnih 2018.' },
  ...under('inference.objective.factor', {
    samples,
    weight: { title: 'γ', help: 'Weight of the total correlation.' },
    mlp: { title: 'Discriminator', help: 'Widths of its hidden layers, separated by commas.' },
  }),
  'inference.objective.dip': { title: 'DIP-VAE', help: 'ELBO − what the covariance of the latents differs from the identity. Kumar et al. 2018.' },
  ...under('inference.objective.dip', {
    samples,
    kind: { title: 'Kind', help: 'I: covariance of the posterior means. II: with their mean variances.', options: { I: 'I', II: 'II' } },
    offDiagonal: { title: 'Off the diagonal', help: 'Weight of squared covariances.' },
    diagonal: { title: 'On the diagonal', help: 'Weight of squared differences of variances from 1.' },
  }),
  'inference.objective.mmd': { title: 'InfoVAE', help: 'Draws of q(z) are compared with draws of p(z) by a kernel. Zhao et al. 2019.' },
  ...under('inference.objective.mmd', {
    samples,
    klWeight: { title: 'KL weight', help: '1 − α of the paper; 0 leaves the aggregate alone to be matched.' },
    weight: { title: 'Discrepancy weight', help: 'Weight of the squared mean discrepancy.' },
    bandwidth: { title: 'Bandwidth', help: 'Width of the kernel, in units of √(latent dimensions).' },
  }),
} satisfies Record<string, FieldText>
