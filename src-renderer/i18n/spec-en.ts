export interface FieldText {
  title: string
  help: string
  options?: Record<string, string>
}

/** A title and a sentence for every field of the specification, by its path. */
export const specEn = {
  name: { title: 'Name', help: 'Free text. Left empty, the run is named after its model and dataset.' },
  dataset: { title: 'Dataset', help: 'The data to fit, from the Data page.' },
  split: { title: 'Split', help: 'Fractions of the rows used to fit, to watch and to judge. They add up to 1.' },
  'split.train': { title: 'Train', help: 'Fraction of rows the model is fitted on.' },
  'split.validation': { title: 'Validation', help: 'Fraction watched while fitting; early stopping needs it.' },
  'split.test': { title: 'Test', help: 'Fraction kept apart. Left empty: the dataset’s own test part where it has one, else none.' },
  'split.seed': { title: 'Split seed', help: 'The same seed always gives the same rows to each part.' },
  preprocess: {
    title: 'Preprocessing',
    help: 'Steps in order, fitted on the training rows only.',
    options: { standardize: 'Standardize', scale: 'Scale to a range', binarize: 'Binarize' },
  },
  'preprocess.scale.to': { title: 'Range', help: 'Smallest and largest value after scaling.' },
  'preprocess.binarize': {
    title: 'How',
    help: 'Stochastic draws each pixel anew with its grey value as the probability.',
    options: { stochastic: 'Stochastic', threshold: 'By threshold' },
  },
  'preprocess.binarize.threshold': { title: 'Threshold', help: 'Values above it become 1, the others 0.' },
  model: { title: 'Model', help: 'What is assumed to have made the data.' },
  'model.kind': {
    title: 'Model',
    help: 'The family of models.',
    options: {
      'gaussian-mixture': 'Gaussian mixture',
      ppca: 'Probabilistic PCA',
      'factor-analysis': 'Factor analysis',
      vae: 'Variational autoencoder',
    },
  },
  'model.components': { title: 'Components', help: 'Number of Gaussians in the mixture.' },
  'model.covariance': {
    title: 'Covariance',
    help: 'Full: any ellipsoid each. Tied: one shared. Diagonal: along the axes. Spherical: one variance each.',
    options: { full: 'Full', tied: 'Tied', diagonal: 'Diagonal', spherical: 'Spherical' },
  },
  'model.regularization': {
    title: 'Regularization',
    help: 'Added to the diagonals of the covariances, as a fraction of the columns’ mean variance. 0 is plain maximum likelihood.',
  },
  'model.latent': { title: 'Latent dimensions', help: 'Length of the latent vector z.' },
  'model.noiseFloor': {
    title: 'Least noise',
    help: 'No column’s noise variance falls below this fraction of its variance.',
  },
  'model.encoder': { title: 'Encoder', help: 'The network x → q(z∣x).' },
  'model.encoder.mlp': { title: 'Hidden layers', help: 'Widths from the input towards z, separated by commas.' },
  'model.encoder.activation': {
    title: 'Activation',
    help: 'Applied after every hidden layer.',
    options: { relu: 'ReLU', tanh: 'tanh', softplus: 'softplus', sigmoid: 'sigmoid', identity: 'none (linear)' },
  },
  'model.decoder': { title: 'Decoder', help: 'The network z → p(x∣z).' },
  'model.decoder.mlp': { title: 'Hidden layers', help: 'Widths from z towards the output, separated by commas.' },
  'model.decoder.activation': {
    title: 'Activation',
    help: 'Applied after every hidden layer.',
    options: { relu: 'ReLU', tanh: 'tanh', softplus: 'softplus', sigmoid: 'sigmoid', identity: 'none (linear)' },
  },
  'model.likelihood': {
    title: 'Likelihood',
    help: 'Bernoulli for values in [0, 1] such as scaled pixels; Gaussian for real values.',
    options: { bernoulli: 'Bernoulli', gaussian: 'Gaussian' },
  },
  'model.likelihood.gaussian.variance': {
    title: 'Variance',
    help: 'Shared: one trained for all outputs. Learned: one per output and z, from the decoder. Or a fixed number.',
    options: { shared: 'Shared', learned: 'Learned', value: 'Fixed' },
  },
  inference: { title: 'Inference', help: 'How the model is fitted.' },
  'inference.kind': {
    title: 'Method',
    help: 'Follows from the model.',
    options: { em: 'Expectation–maximization', 'closed-form': 'Closed form', gradient: 'Stochastic gradient' },
  },
  'inference.restarts': { title: 'Restarts', help: 'Independent starts; the best proper optimum is kept.' },
  'inference.initialization': {
    title: 'Starting point',
    help: 'k-means++ spreads the first means over the data.',
    options: { 'kmeans++': 'k-means++', random: 'Random rows' },
  },
  'inference.tolerance': { title: 'Tolerance', help: 'Stop when less than this is left to gain (Aitken’s estimate), in nats per row.' },
  'inference.maxIterations': { title: 'Most iterations', help: 'A restart ends here even when it has not converged.' },
  'inference.objective': { title: 'Objective', help: 'What is climbed.' },
  'inference.objective.elbo': { title: 'ELBO', help: 'Evidence lower bound: reconstruction − β · KL.' },
  'inference.objective.elbo.samples': { title: 'Samples per row', help: 'Draws z ~ q(z∣x) for each row and step.' },
  'inference.objective.elbo.beta': { title: 'β', help: 'Weight of the KL term in training. The reported ELBO always has weight 1.' },
  'inference.optimizer': { title: 'Optimizer', help: 'How a gradient becomes a step.' },
  'inference.optimizer.adam': { title: 'Adam', help: 'Kingma & Ba 2015.' },
  'inference.optimizer.adam.learningRate': { title: 'Learning rate', help: 'Size of a step. Halve it when the loss becomes NaN.' },
  'inference.optimizer.adam.beta1': { title: 'β₁', help: 'Decay of the running mean of gradients.' },
  'inference.optimizer.adam.beta2': { title: 'β₂', help: 'Decay of the running mean of squared gradients.' },
  'inference.optimizer.adam.epsilon': { title: 'ε', help: 'Keeps the division by the root of the second moment safe.' },
  'inference.batchSize': { title: 'Batch size', help: 'Rows per step.' },
  'inference.epochs': { title: 'Epochs', help: 'Passes over the training rows.' },
  'inference.earlyStopping': {
    title: 'Early stopping',
    help: 'Stop when the validation ELBO has not risen for this many epochs. 0 is never.',
  },
  seed: { title: 'Seed', help: 'The same seed gives the same run, number for number.' },
  device: {
    title: 'Device',
    help: 'Auto takes the fastest that is there.',
    options: { auto: 'Auto', cpu: 'CPU', webgpu: 'WebGPU', cuda: 'CUDA' },
  },
  runtime: {
    title: 'Runtime',
    help: 'The library that computes.',
    options: { auto: 'Auto', onnx: 'ONNX Runtime', tensorflow: 'TensorFlow' },
  },
  threads: { title: 'Threads', help: 'Threads of this run; 0 leaves the choice to the program.' },
} satisfies Record<string, FieldText>
