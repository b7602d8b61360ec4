// npm run numbers [-- FILTER] [--seeds 1,2,3] [--slow]: every reference figure by the command line with default settings; prints a table, saves it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { accuracyWithFewLabels } from './numbers-labels.mjs'
import { isReference, needsMnist, writeReference } from './numbers-data.mjs'
import { rows } from './numbers-rows.mjs'
import { runToEnd } from './processes.mjs'
import { ensureBuilt, ensureInstalled, findNode, main, root, ToolError } from './project.mjs'

const say = (line) => console.error(line)
const minutes = 60

/** One command line with --json; throws with what it said where it failed. */
async function latent(home, ...args) {
  const command = [join(root, 'out', 'main', 'cli.js'), ...args, '--json', '--home', home]
  let stdout = ''
  const onStdout = (text) => (stdout += text)
  const { status } = await runToEnd(findNode(), command, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'], timeoutMs: minutes * 60_000, onStdout })
  const answer = JSON.parse(stdout || '{}')
  if (status !== 0) throw new ToolError(answer.error?.message ?? `latent ${args.join(' ')} ended with ${status}`)
  return answer
}

const added = new Set()
/** Data that do not come with the program, once. */
async function ensureData(home, { dataset }) {
  if (!isReference(dataset) || added.has(dataset)) return
  await latent(home, 'data', 'add', writeReference(dataset, home), '--name', dataset)
  added.add(dataset)
}

const finished = new Map()
/** A specification is run once with each seed, however many rows ask about it. */
function runOf(home, spec, seed) {
  const key = `${seed} ${JSON.stringify(spec)}`
  if (!finished.has(key)) finished.set(key, fit(home, spec, seed))
  return finished.get(key)
}
async function fit(home, spec, seed) {
  await ensureData(home, spec)
  const path = join(home, 'numbers-spec.json')
  writeFileSync(path, JSON.stringify(spec))
  return latent(home, 'run', path, '--seed', String(seed))
}

/** What a row reads: the metrics of its run, a whole curve, or the answer of another command about the run. */
async function answerOf(home, row, run) {
  if (row.curve) return (await latent(home, 'metrics', run.id, '--key', row.curve))[row.curve]
  if (row.ask) return latent(home, ...row.ask(run.id))
  if (!row.states) return run.metrics
  const parameters = join(home, 'numbers-parameters.json')
  writeFileSync(parameters, JSON.stringify(row.states))
  return latent(home, 'states', run.id, '--horizon', '0', '--params', parameters)
}

/** The figure of one seed, and how it came about. */
async function figure(home, row, seed) {
  if (row.fewLabels) return accuracyWithFewLabels((...args) => latent(home, ...args), { home, seed, spec: row.spec, ofEach: row.fewLabels })
  const run = await runOf(home, row.spec, seed)
  const value = row.read(await answerOf(home, row, run))
  const against = row.against && row.read(await answerOf(home, row, await runOf(home, row.against, seed)))
  return { value: against === undefined ? value : value - against, converged: run.converged, ms: run.durationMs, warnings: run.warnings.map(({ code }) => code) }
}

const signs = { higher: 1, lower: -1 }
/** How far a figure is on the better side of what is expected. */
const gain = ({ better, expected }, value) => signs[better] * (value - expected)

function judge(row, { value }) {
  if (!Number.isFinite(value)) return 'missing'
  const ahead = gain(row, value)
  if (ahead < -row.tolerance) return 'short'
  return ahead > row.tolerance ? 'better' : 'equal'
}

const digits = (value) => (Math.abs(value) < 100 ? value.toFixed(6) : value.toFixed(4))
const line = (row, found) => {
  const worst = found.reduce((least, one) => (gain(row, one.value) < gain(row, least.value) ? one : least))
  const verdicts = [...new Set(found.map((one) => judge(row, one)))]
  const mark = verdicts.includes('short') || verdicts.includes('missing') ? 'SHORT' : verdicts.join(', ')
  const difference = worst.value - row.expected
  const ms = found.reduce((sum, one) => sum + one.ms, 0) / found.length
  return { name: row.name, expected: digits(row.expected), got: digits(worst.value), difference: difference.toExponential(1), mark, seconds: (ms / 1000).toFixed(1) }
}
const text = ({ name, expected, got, difference, mark, seconds }) =>
  `${name.padEnd(58)} ${expected.padStart(16)} ${got.padStart(16)} ${difference.padStart(9)}  ${mark.padEnd(14)} ${seconds.padStart(6)} s`

await main(async () => {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { seeds: { type: 'string', default: '1,2,3' }, slow: { type: 'boolean', default: false } } })
  const seeds = values.seeds.split(',').map(Number)
  if (seeds.some((seed) => !Number.isInteger(seed) || seed < 0)) throw new ToolError('--seeds takes whole numbers separated by commas, e.g. 1,2,3')
  await ensureInstalled({ say, output: 2 })
  await ensureBuilt({ say, output: 2 })
  const home = mkdtempSync(join(tmpdir(), 'latent-numbers-'))
  const named = rows.filter(({ name }) => positionals.every((part) => name.includes(part)))
  const canRun = ({ spec, slow }) => (!slow || values.slow || positionals.length > 0) && (!needsMnist(spec.dataset) || process.env.LATENT_MNIST)
  const wanted = named.filter(canRun)
  const left = named.filter((row) => !canRun(row))
  const results = []
  try {
    for (const row of wanted) {
      const found = []
      for (const seed of seeds) {
        const one = await figure(home, row, seed).catch((error) => ({ value: NaN, ms: 0, warnings: [error.message] }))
        found.push({ seed, ...one, verdict: judge(row, one) })
      }
      const { read: _read, states: _states, ask: _ask, ...told } = row
      results.push({ ...told, found, shown: line(row, found) })
      console.log(text(results.at(-1).shown))
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  for (const { name, slow } of left) say(`left out: ${name} (${slow ? 'slow: ask for it by name or with --slow' : 'LATENT_MNIST names no folder'})`)
  const folder = join(root, 'bench-results')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `numbers-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`)
  writeFileSync(path, `${JSON.stringify({ date: new Date().toISOString(), node: process.version, seeds, rows: results }, null, 2)}\n`)
  const short = results.filter(({ shown }) => shown.mark === 'SHORT').length
  console.log(`${results.length - short} of ${results.length} rows reach the figure with every seed; saved to ${path}`)
  return short > 0 ? 1 : 0
})
