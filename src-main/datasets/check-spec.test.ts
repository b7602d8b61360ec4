import { resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Column, Dataset } from '@shared/domain/dataset'
import { type RunSpec, runSpecSchema } from '@shared/domain/spec'
import { sentence } from '@shared/messages/messages'
import { checkSpecAgainstData } from './check-spec'
import { openGallery } from './gallery'
import { readData } from './read'
import { sampleDataset } from './sample-dataset'

const datasets: Record<string, Dataset> = {}

const column = (name: string, minimum: number, maximum: number): Column => ({
  name,
  type: 'real',
  role: 'feature',
  missing: 0,
  summary: { minimum, maximum, mean: (minimum + maximum) / 2, standardDeviation: (maximum - minimum) / 4, histogram: [] },
})

beforeAll(async () => {
  const gallery = openGallery(resolve('resources/datasets'))
  for (const entry of gallery.entries) datasets[entry.name] = sampleDataset(await gallery.read(entry), entry.name)
  datasets['holes'] = sampleDataset(await readData(resolve('src-main/datasets/fixture-airquality.csv'), { missing: 'keep' }), 'holes')
  const faithful = datasets['faithful']!
  datasets['constant'] = { ...faithful, name: 'constant', columns: [column('varies', 0, 1), column('stands', 7, 7)] }
  datasets['unit'] = { ...faithful, name: 'unit', columns: [column('a', 0, 1), column('b', 0.2, 0.8)] }
  datasets['featureless'] = { ...faithful, name: 'featureless', columns: [{ ...column('a', 0, 1), role: 'ignore' }] }
})

const mixture = { model: { kind: 'gaussian-mixture', components: 3 }, inference: { kind: 'em' } }
const vae = { model: { kind: 'vae' }, inference: { kind: 'gradient' } }
const categorical = { ...vae, model: { kind: 'vae', likelihood: { categorical: { levels: 17 } } } }
const mixedVae = { ...vae, model: { kind: 'vae', likelihood: { mixed: {} } } }
const gaussian = { ...vae, model: { kind: 'vae', likelihood: { gaussian: {} } } }

test.each<[string, string, object]>([
  ['a mixture on faithful', 'faithful', mixture],
  ['a mixture on standardized wine', 'wine', { ...mixture, preprocess: ['standardize'] }],
  ['a VAE on scaled digits', 'digits', { ...vae, preprocess: ['scale'] }],
  ['a VAE on binarized digits', 'digits', { ...vae, preprocess: ['scale', { binarize: 'stochastic' }] }],
  ['a VAE on thresholded digits', 'digits', { ...vae, preprocess: [{ binarize: { threshold: 8 } }] }],
  ['a Gaussian VAE on raw wine', 'wine', gaussian],
  ['levels of raw digits', 'digits', categorical],
  ['a Gaussian VAE on dequantized digits', 'digits', { ...gaussian, preprocess: ['dequantize', 'scale'] }],
  ['a Bernoulli VAE on dequantized, scaled digits', 'digits', { ...vae, preprocess: ['dequantize', 'scale'] }],
  ['a VAE of mixed columns', 'unit', mixedVae],
  ['a Gaussian VAE beside a constant column', 'constant', gaussian],
  [
    'early stopping with a validation part',
    'unit',
    { ...vae, split: { train: 0.9, validation: 0.1 }, inference: { kind: 'gradient', earlyStopping: 3 } },
  ],
  ['convolutions on digits', 'digits', { ...vae, preprocess: ['scale'], model: { kind: 'vae', encoder: { channels: [8, 16] } } }],
  ['as many components as rows', 'iris', { ...mixture, model: { kind: 'gaussian-mixture', components: 150 } }],
  ['a mixture of digits with pixels that never change', 'digits', mixture],
])('%s: nothing to object', (_what, dataset, spec) => {
  expect(issuesOf(dataset, spec)).toEqual([])
})

test.each<[string, string, object, string, string, string[]]>([
  [
    'more components than rows',
    'iris',
    { ...mixture, model: { kind: 'gaussian-mixture', components: 151 } },
    'model.components',
    'spec/too-few-rows',
    ['150', '151'],
  ],
  [
    'more components than training rows',
    'iris',
    { model: { kind: 'gaussian-mixture', components: 100 }, inference: { kind: 'em' }, split: { train: 0.6, test: 0.4 } },
    'model.components',
    'spec/too-few-rows',
    ['90'],
  ],
  ['no training row', 'iris', { ...mixture, split: { train: 0, test: 1 } }, 'split.train', 'spec/no-rows', ['150']],
  ['missing values', 'holes', { ...mixture, model: { kind: 'gaussian-mixture', covariance: 'tied' } }, 'dataset', 'spec/missing-values', ['Ozone', '37']],
  ['no feature', 'featureless', mixture, 'dataset', 'spec/no-features', ['featureless']],
  ['a mixture on a constant column', 'constant', mixture, 'dataset', 'spec/constant-column', ['stands', '7']],
  [
    'standardizing a constant column',
    'constant',
    { ...gaussian, preprocess: ['standardize'] },
    'preprocess',
    'spec/constant-column',
    ['stands'],
  ],
  [
    'convolutions on a table',
    'unit',
    { ...vae, model: { kind: 'vae', encoder: { channels: [4] } } },
    'model.encoder.channels',
    'spec/convolution-needs-images',
    ['model.encoder.channels', 'unit'],
  ],
  [
    'a kernel larger than the picture of its layer',
    'digits',
    { ...vae, preprocess: ['scale'], model: { kind: 'vae', decoder: { channels: [4, 4, 4], kernel: 3 } } },
    'model.decoder.channels',
    'spec/kernel-too-large',
    ['3', '2'],
  ],
  ['levels of pixels that were scaled', 'digits', { ...categorical, preprocess: ['scale'] }, 'preprocess', 'vae/levels-scaled', []],
  ['more levels than there are', 'digits', { ...vae, model: { kind: 'vae', likelihood: { categorical: { levels: 16 } } } }, 'model.likelihood', 'vae/not-levels', ['15', '17']],
  ['levels of real numbers', 'unit', categorical, 'model.likelihood', 'vae/not-levels', ['unit']],
  ['mixed columns of pictures', 'digits', { ...vae, model: { kind: 'vae', likelihood: { mixed: {} } } }, 'model.likelihood', 'vae/mixed-needs-table', ['digits']],
  ['mixed columns that were standardized', 'unit', { ...mixedVae, preprocess: ['standardize'] }, 'preprocess', 'vae/mixed-preprocessed', []],
  ['counts that are real numbers', 'unit', { ...vae, model: { kind: 'vae', likelihood: { mixed: { count: ['b'] } } } }, 'model.likelihood.mixed.count', 'vae/not-of-family', ['b']],
  ['a column that is not there', 'unit', { ...vae, model: { kind: 'vae', likelihood: { mixed: { count: ['c'] } } } }, 'model.likelihood.mixed.count', 'mixed/no-such-column', ['c']],
  ['dequantizing after scaling', 'digits', { ...gaussian, preprocess: ['scale', 'dequantize'] }, 'preprocess', 'spec/dequantize-not-first', []],
  ['an autoencoder that climbs a bound', 'digits', { preprocess: ['scale'], model: { kind: 'autoencoder' }, inference: { kind: 'gradient', objective: { iwae: {} } } }, 'inference.objective', 'vae/objective-without-prior', ['iwae']],
  ['dequantizing real numbers', 'unit', { ...gaussian, preprocess: ['dequantize'] }, 'preprocess', 'spec/dequantize-needs-levels', ['a']],
  ['dequantizing for a mixture', 'digits', { ...mixture, preprocess: ['dequantize'] }, 'preprocess', 'spec/dequantize-needs-batches', ['gaussian-mixture']],
  ['a Bernoulli VAE on raw pixels', 'digits', vae, 'model.likelihood', 'spec/pixels-out-of-range', ['digits', '0', '16']],
  [
    'a Bernoulli VAE on standardized columns',
    'unit',
    { ...vae, preprocess: ['standardize'] },
    'model.likelihood',
    'spec/pixels-out-of-range',
    ['-2', '2'],
  ],
  [
    'a Bernoulli VAE on columns scaled to [−1, 1]',
    'unit',
    { ...vae, preprocess: [{ scale: { to: [-1, 1] } }] },
    'model.likelihood',
    'spec/pixels-out-of-range',
    ['-1', '1'],
  ],
  [
    'binarizing what is no probability',
    'digits',
    { ...vae, preprocess: [{ binarize: 'stochastic' }] },
    'preprocess',
    'spec/binarize-out-of-range',
    ['16'],
  ],
  [
    'a step after stochastic binarization',
    'unit',
    { ...vae, preprocess: [{ binarize: 'stochastic' }, 'scale'] },
    'preprocess',
    'spec/binarize-not-last',
    [],
  ],
  [
    'stochastic binarization for EM',
    'unit',
    { ...mixture, preprocess: [{ binarize: 'stochastic' }] },
    'preprocess',
    'spec/binarize-needs-batches',
    ['gaussian-mixture'],
  ],
  ['an empty range', 'unit', { ...vae, preprocess: [{ scale: { to: [2, 2] } }] }, 'preprocess', 'spec/scale-range-empty', ['2']],
  [
    'early stopping without validation',
    'unit',
    { ...vae, inference: { kind: 'gradient', earlyStopping: 3 } },
    'inference.earlyStopping',
    'spec/early-stopping-without-validation',
    [],
  ],
])('%s is told, with the field and a sentence in both languages', (_what, dataset, spec, path, code, names) => {
  const issue = issuesOf(dataset, spec).find((candidate) => candidate.error.code === code)
  expect(issue?.path).toBe(path)
  for (const language of ['en', 'zh'] as const) {
    const text = sentence(code, issue!.error.details, language)
    expect(text).not.toMatch(/\{\w+\}/)
    for (const name of names) expect(text).toContain(name)
  }
})

function issuesOf(dataset: string, spec: object): ReturnType<typeof checkSpecAgainstData> {
  const parsed: RunSpec = runSpecSchema.parse({ dataset, ...spec })
  return checkSpecAgainstData(parsed, datasets[dataset]!)
}
