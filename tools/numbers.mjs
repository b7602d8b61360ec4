// npm run numbers [-- FILTER] [--seeds 1,2,3]: every reference figure by the command line with default settings; prints a table, saves it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { rows } from './numbers-rows.mjs'
import { runToEnd } from './processes.mjs'
import { ensureBuilt, ensureInstalled, findNode, main, root, ToolError } from './project.mjs'

const say = (line) => console.error(line)
const minutes = 20

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

/** The figure of one seed, and how it came about. */
async function figure(home, row, seed) {
  const path = join(home, 'numbers-spec.json')
  writeFileSync(path, JSON.stringify(row.spec))
  const run = await latent(home, 'run', path, '--seed', String(seed))
  if (!row.states) return { value: row.read(run.metrics), converged: run.converged, ms: run.durationMs, warnings: run.warnings.map(({ code }) => code) }
  const parameters = join(home, 'numbers-parameters.json')
  writeFileSync(parameters, JSON.stringify(row.states))
  return { value: row.read(await latent(home, 'states', run.id, '--horizon', '0', '--params', parameters)), ms: run.durationMs, warnings: [] }
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
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { seeds: { type: 'string', default: '1,2,3' } } })
  const seeds = values.seeds.split(',').map(Number)
  if (seeds.some((seed) => !Number.isInteger(seed) || seed < 0)) throw new ToolError('--seeds takes whole numbers separated by commas, e.g. 1,2,3')
  await ensureInstalled({ say, output: 2 })
  await ensureBuilt({ say, output: 2 })
  const home = mkdtempSync(join(tmpdir(), 'latent-numbers-'))
  const wanted = rows.filter(({ name }) => positionals.every((part) => name.includes(part)))
  const results = []
  try {
    for (const row of wanted) {
      const found = []
      for (const seed of seeds) {
        const one = await figure(home, row, seed).catch((error) => ({ value: NaN, ms: 0, warnings: [error.message] }))
        found.push({ seed, ...one, verdict: judge(row, one) })
      }
      const { read: _read, states: _states, ...told } = row
      results.push({ ...told, found, shown: line(row, found) })
      console.log(text(results.at(-1).shown))
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  const folder = join(root, 'bench-results')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `numbers-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`)
  writeFileSync(path, `${JSON.stringify({ date: new Date().toISOString(), node: process.version, seeds, rows: results }, null, 2)}\n`)
  const short = results.filter(({ shown }) => shown.mark === 'SHORT').length
  console.log(`${results.length - short} of ${results.length} rows reach the figure with every seed; saved to ${path}`)
  return short > 0 ? 1 : 0
})
