// What M2 makes of a few labels, beside classifiers that are told these labels and nothing else.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFewLabels } from './numbers-data.mjs'
import { runToEnd } from './processes.mjs'
import { root, ToolError } from './project.mjs'

const python = process.env.LATENT_BENCH_PYTHON ?? 'python3'

/** Test accuracy by name of the classifier. */
async function ofClassifiers(paths) {
  let stdout = ''
  const { status } = await runToEnd(python, [join(root, 'tools', 'peers', 'few_labels.py'), paths.train, paths.test], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeoutMs: 10 * 60_000,
    onStdout: (text) => (stdout += text),
  })
  if (status !== 0) throw new ToolError('the classifiers need a Python with scikit-learn: LATENT_BENCH_PYTHON names it')
  return JSON.parse(stdout)
}

/** The test accuracy of a run less that of the best classifier on the labels alone; both on all test rows. */
export async function accuracyWithFewLabels(latent, { home, seed, spec, ofEach }) {
  const paths = writeFewLabels(home, { seed, ofEach })
  const [dataset, test] = [`few-labels-${seed}`, `mnist-test-${seed}`]
  for (const [path, name] of [[paths.train, dataset], [paths.test, test]]) {
    await latent('data', 'add', path, '--member', 'images', '--labels', 'labels', '--name', name)
  }
  const path = join(home, 'numbers-spec.json')
  writeFileSync(path, JSON.stringify({ ...spec, dataset }))
  const run = await latent('run', path, '--seed', String(seed))
  const assigned = (await latent('apply', run.id, test, '--output', 'assignments')).flat()
  const accuracy = assigned.filter((value, row) => value === paths.truth[row]).length / paths.truth.length
  const classifiers = await ofClassifiers(paths)
  const told = { accuracy, classifiers, ms: run.durationMs, warnings: run.warnings.map(({ code }) => code) }
  return { value: accuracy - Math.max(...Object.values(classifiers)), ...told }
}
