// The steps that `npm run check` and `npm test` are made of. Each says what it counted; none can hang.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { runToEnd } from './processes.mjs'
import { findNode, root, ToolError } from './project.mjs'

const minutes = (count) => count * 60_000
const script = (...path) => join(root, 'node_modules', ...path)

async function runStep(...command) {
  const result = await runToEnd(...command)
  if (result.stopped) throw new ToolError('Stopped.')
  return result
}

/** A tool that says nothing but whether it found something: one check. */
async function check(name, args, timeoutMs) {
  const started = Date.now()
  console.log(`\n── ${name}`)
  const { status, timedOut } = await runStep(findNode(), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], timeoutMs })
  if (timedOut) console.log(`${name}: ended after ${timeoutMs / 60_000} minutes`)
  console.log(`${name}: ${status === 0 ? 'passed' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  return status === 0 ? { name, passed: 1, failed: 0, skipped: 0 } : { name, passed: 0, failed: 1, skipped: 0 }
}

export const build = () => check('build', [join(root, 'tools', 'build.mjs')], minutes(5))
export const typecheck = () => check('types', [join(root, 'tools', 'typecheck.mjs')], minutes(5))
export const lint = () => check('lint', [script('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'], minutes(5))

/** What failed, for the end of the output, where a reader of the last lines finds it: each test with the first lines of its message. */
function failuresOf({ testResults = [] }) {
  const lines = (message) => stripVTControlCharacters(message ?? '').split('\n').slice(0, 6).map((line) => `    ${line}`)
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (status === 'failed' && !failed.length) return [file, ...lines(message)]
    return failed.flatMap((test) => [`${file}: ${test.fullName}`, ...lines(test.failureMessages.join('\n'))])
  })
}

/** A vitest run, counted test by test; a file that could not be loaded, or a run that ended early, counts as failed. */
async function vitest(name, args, { env = {}, timeoutMs }) {
  const started = Date.now()
  console.log(`\n── ${name}`)
  const folder = join(root, 'test-results')
  const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`)
  mkdirSync(folder, { recursive: true })
  rmSync(file, { force: true })
  const { status, timedOut } = await runStep(
    findNode(),
    [script('vitest', 'vitest.mjs'), 'run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env }, timeoutMs },
  )
  if (timedOut) console.log(`${name}: ended after ${timeoutMs / 60_000} minutes`)
  const counted = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 }
  const result = { name, passed: counted.numPassedTests, failed: counted.numFailedTests, skipped: counted.numPendingTests, failures: failuresOf(counted) }
  // A file that could not be loaded has no tests to count.
  if (status !== 0 && result.failed === 0) result.failed = 1
  console.log(`${name}: ${result.passed} passed, ${result.failed} failed (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  return result
}

export const unitTests = () => vitest('unit tests', [], { timeoutMs: minutes(15) })
const journeysConfig = ['--config', join('e2e', 'vitest.config.ts')]
export const journeys = (name, env, timeout = 15) => vitest(name, journeysConfig, { env, timeoutMs: minutes(timeout) })
export const takeScreenshots = (env) =>
  vitest('screenshots', journeysConfig, { env: { ...env, LATENT_SCREENSHOTS: '1' }, timeoutMs: minutes(10) })

/** Says what was counted, as the last line, and gives the exit status. */
export function report(results) {
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0)
  const failed = total('failed')
  console.log('')
  for (const line of results.flatMap(({ name, failures = [] }) => (failures.length ? [`── failed in ${name}`, ...failures, ''] : []))) console.log(line)
  for (const result of results) {
    const { name, passed, failed: bad, skipped, reason } = result
    console.log(
      `${bad ? '✗' : skipped && !passed ? '–' : '✓'} ${name}: ${passed} passed, ${bad} failed${skipped ? `, ${skipped} skipped` : ''}${reason ? ` (${reason})` : ''}`,
    )
  }
  console.log(`${total('passed')} passed, ${failed} failed${total('skipped') ? `, ${total('skipped')} skipped` : ''}`)
  return failed ? 1 : 0
}
