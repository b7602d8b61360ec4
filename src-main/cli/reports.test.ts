import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBrowser } from '../jobs/print-pdf'
import { buildOnce, latent } from './fixture-command'

const home = mkdtempSync(join(tmpdir(), 'latent-reports-'))
const other = mkdtempSync(join(tmpdir(), 'latent-reports-'))
const json = async <T>(args: string[], { at = home, input = '' } = {}): Promise<T> => {
  const { status, stdout, stderr } = await latent(['--json', ...args], { home: at, input })
  if (status !== 0) throw new Error(`latent ${args.join(' ')}: ${stdout} ${stderr}`)
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as T
}

const mixtures = `name: geysers
dataset: faithful
split: {train: 0.8, test: 0.2}
model: {kind: gaussian-mixture, components: 2}
inference: {kind: em, restarts: 2}
sweep: {parameters: {model.components: {values: [2, 3]}}, sampler: grid, trials: 2, seeds: [1, 2], objective: {metric: train/bic}}
`
const autoencoders = `name: eights
dataset: digits
split: {train: 0.8, test: 0.2}
preprocess: [scale]
model: {kind: vae, latent: 2, encoder: {mlp: [16]}, decoder: {mlp: [16]}, likelihood: bernoulli}
inference: {kind: gradient, batchSize: 256, epochs: 2, objective: {elbo: {beta: 1}}}
sweep: {parameters: {inference.objective.elbo.beta: {values: [1, 4]}}, sampler: grid, trials: 2, seeds: [1, 2, 3, 4, 5], objective: {metric: test/elbo}}
`
interface SweepJson {
  id: string
  trials: { runs: (string | { id: string })[] }[]
}
const runsOf = ({ trials }: SweepJson): string[] => trials.flatMap(({ runs }) => runs.map((run) => (typeof run === 'string' ? run : run.id)))

let em: string[]
let vae: string[]
let sweep: string
const reports: Record<'em' | 'vae' | 'sweep', string[]> = { em: [], vae: [], sweep: [] }
const out = (name: string): string => join(home, name)

beforeAll(async () => {
  buildOnce()
  em = runsOf(await json<SweepJson>(['sweep', '-'], { input: mixtures }))
  const searched = await json<SweepJson>(['sweep', '-'], { input: autoencoders })
  ;[vae, sweep] = [runsOf(searched), searched.id]
  Object.assign(reports, { em: [...em, '--template', 'em'], vae: [...vae, '--template', 'vae'], sweep: ['--sweep', sweep] })
  for (const [name, args] of Object.entries(reports)) await json(['report', ...args, '--language', 'en', '--out', out(`${name}.html`)])
}, 180_000)
afterAll(() => {
  for (const path of [home, other]) rmSync(path, { recursive: true })
})

/** Every number a command tells of the store, however deep. */
function numbersIn(value: unknown, found: Set<number>): Set<number> {
  if (typeof value === 'number') found.add(value)
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) numbersIn(inner, found)
  return found
}

describe('a mixture study, a VAE comparison with five seeds, and a sweep', () => {
  it.each(['em', 'vae', 'sweep'] as const)('every number in the tables of the %s report is one that the store tells', async (name) => {
    const html = readFileSync(out(`${name}.html`), 'utf8')
    const values = [...html.matchAll(/data-value="([^"]+)"/g)].map(([, text]) => Number(text))
    const manifest = JSON.parse(/id="latent-manifest">(.*?)<\/script>/s.exec(html)![1]!) as { runs: { id: string }[] }
    const ids = manifest.runs.map(({ id }) => id)
    const known = numbersIn(await json(['compare', ...ids]), new Set<number>())
    for (const id of ids) {
      const run = await json<{ durationMs: number }>(['runs', 'show', id])
      numbersIn(run, known).add(run.durationMs / 1000)
    }
    if (name === 'sweep') numbersIn(await json(['sweeps', 'show', sweep]), known)
    expect(values.length).toBeGreaterThan(20)
    // counts of trials by their end are counted over what `sweeps show` lists
    const counted = new Set([0, 1, 2])
    expect(values.filter((value) => !known.has(value) && !(name === 'sweep' && counted.has(value)))).toEqual([])
  }, 120_000)

  it('each is one file under 5 MB that names no outside address', () => {
    for (const name of ['em', 'vae', 'sweep']) {
      const html = readFileSync(out(`${name}.html`), 'utf8')
      expect(statSync(out(`${name}.html`)).size).toBeLessThan(5e6)
      // pictures and fonts are inside, in letters among which there may be two slashes
      expect(html.replaceAll(/src="data:image\/png;base64,[^"]*"|url\(data:font\/ttf;base64,[A-Za-z0-9+/=]*\)/g, '')).not.toMatch(/(https?:)?\/\/[a-z]|(src|href)=/i)
      expect(html.match(/<(svg|img)\b/g)!.length).toBeGreaterThan(2)
      expect(html).not.toContain('class="notices"><li>There is nothing to draw')
    }
  })

  it('opens from disk in Chromium with the network disabled, asks for nothing, and complains of nothing', async ({ skip }) => {
    const browserPath = findBrowser(process.env)
    if (browserPath === null) return skip('no browser of the Chromium family was found')
    const { chromium } = await import('playwright')
    const browser = await chromium.launch({ executablePath: browserPath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
    try {
      const context = await browser.newContext({ offline: true })
      for (const name of ['em', 'vae', 'sweep']) {
        const page = await context.newPage()
        const asked: string[] = []
        const said: string[] = []
        page.on('request', (request) => void (/^(file|data):/.test(request.url()) || asked.push(request.url())))
        page.on('console', (message) => void said.push(message.text()))
        page.on('pageerror', (error) => void said.push(error.message))
        await page.goto(pathToFileURL(out(`${name}.html`)).href)
        expect(await page.locator('h2').count()).toBeGreaterThan(4)
        expect([asked, said]).toEqual([[], []])
        await page.close()
      }
    } finally {
      await browser.close()
    }
  }, 60_000)

  it.each([
    ['en', 'pdflatex'],
    ['zh', 'xelatex'],
  ] as const)('the LaTeX of a report in %s compiles by %s, with its references', async (language, engine) => {
    if (spawnSync(engine, ['--version'], { stdio: 'ignore' }).status !== 0) return console.log(`skipped: ${engine} is not installed (Debian: texlive-xetex texlive-pictures texlive-latex-recommended texlive-lang-chinese)`)
    const folder = join(home, `tex-${language}`)
    await json(['report', ...reports.em, '--language', language, '--out', join(folder, 'r.tex')])
    const compile = (): string => spawnSync(engine, ['-interaction=nonstopmode', '-halt-on-error', 'r.tex'], { cwd: folder, encoding: 'utf8', timeout: 60_000 }).stdout
    expect(compile()).toMatch(/Output written on r\.pdf/)
    execFileSync('bibtex', ['r'], { cwd: folder, stdio: 'ignore' })
    expect(readFileSync(join(folder, 'r.bbl'), 'utf8')).toContain('Dempster')
    return undefined
  }, 150_000)

  it('the PDF has real text in English and Chinese', async ({ skip }) => {
    if (findBrowser(process.env) === null) return skip('no browser of the Chromium family was found')
    if (spawnSync('pdftotext', ['-v'], { stdio: 'ignore' }).status !== 0) return skip('pdftotext (Debian: poppler-utils) is not installed')
    for (const [language, words] of [['en', ['Methods', 'Wilcoxon', 'Gaussian mixture']], ['zh', ['方法', '高斯混合模型', '参考文献']]] as const) {
      await json(['report', ...reports.em, '--language', language, '--out', out(`${language}.pdf`)])
      const text = execFileSync('pdftotext', ['-layout', out(`${language}.pdf`), '-'], { encoding: 'utf8' }).normalize('NFKC')
      for (const word of words) expect(text).toContain(word)
    }
    return undefined
  }, 90_000)
})

describe('a live figure by its name', () => {
  it('holds the numbers that the command of its question tells', async () => {
    await json(['figure', 'merging', em[0]!, '--out', out('merging.csv')])
    const { entropies } = await json<{ entropies: number[] }>(['merge', em[0]!])
    const lines = readFileSync(out('merging.csv'), 'utf8').trim().split('\n').slice(1).map((line) => line.split(','))
    expect(lines.filter(([label]) => !label!.startsWith('bend')).map((cells) => Number(cells.at(-1)))).toEqual(entropies)
  }, 60_000)
  it('takes fields as a specification does, and names one that it has not', async () => {
    const path = out('conditional.svg')
    await json(['figure', 'conditional', em[0]!, '--set', 'target=[eruptions]', '--set', 'given=[{column: waiting, value: 60}]', '--out', path])
    expect(readFileSync(path, 'utf8')).toContain('given what is known')
    const { status, stdout } = await latent(['--json', 'figure', 'conditional', em[0]!, '--set', 'target=[eruptions]', '--set', 'colour=red', '--out', path], { home })
    expect([status, stdout]).toEqual([1, expect.stringContaining('colour')])
  }, 60_000)
})

describe('again', () => {
  it('a report of an EM run and a VAE run, run again from its file, is bit-exact', async () => {
    const path = out('two.html')
    await json(['report', em[0]!, vae[0]!, '--out', path])
    const again = await json<{ bitExact: boolean; runs: { bitExact: boolean; largestRelativeDifference: number }[] }>(['reproduce', path])
    expect(again.runs.map(({ bitExact, largestRelativeDifference }) => [bitExact, largestRelativeDifference])).toEqual([[true, 0], [true, 0]])
    expect(again.bitExact).toBe(true)
  }, 90_000)
  it('what holds no manifest, and what is not there, is refused with a sentence', async () => {
    writeFileSync(out('plain.html'), '<p>no report</p>')
    for (const [target, code] of [[out('plain.html'), 'report/no-manifest'], [out('nowhere.html'), 'report/no-file']] as const) {
      const { status, stdout } = await latent(['--json', 'reproduce', target], { home })
      expect([status, (JSON.parse(stdout) as { error: { code: string } }).error.code]).toEqual([1, code])
    }
  }, 60_000)
  it('an archive taken into an empty home shows the same runs, points, parameters and sweep', async () => {
    const file = out('all.zip')
    const made = await json<{ contents: { runs: number; sweeps: number } }>(['archive', 'create', file])
    expect(made.contents).toMatchObject({ sweeps: 2 })
    const taken = await json<{ added: { runs: number } }>(['archive', 'import', file], { at: other })
    expect(taken.added.runs).toBe(made.contents.runs)
    for (const args of [['runs', 'show', em[0]!], ['metrics', em[0]!], ['params', em[0]!], ['runs', 'show', vae[3]!], ['metrics', vae[3]!], ['decode', vae[3]!, '--latent', '[[0.5, -1]]'], ['sweeps', 'show', sweep]]) {
      expect(await json(args, { at: other })).toEqual(await json(args))
    }
    expect(readdirSync(join(other, 'temporary'))).toEqual([])
  }, 120_000)
})
