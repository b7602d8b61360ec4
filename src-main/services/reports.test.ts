import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ReportBlock, type ReportPlan, reportManifestSchema, reportPlanSchema } from '@shared/domain/report'
import { openDataFolder } from '../files/data-folder'
import { sampleRun } from '../store/sample-run'
import { openStore, type Store } from '../store/store'
import { createReportMethods } from './reports'

let home: string
let store: Store
const nasty = '</script><script>alert(1)</script> <img src=x onerror=alert(2)> $x_1$ \\input{secret} | `a` 高斯'

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'latent-report-'))
  const folder = openDataFolder(home)
  store = openStore(folder.database, folder.home)
  for (const seed of [1, 2, 3]) {
    const run = sampleRun(`r${seed}`, { name: nasty, status: seed === 3 ? 'cancelled' : 'completed' })
    store.runs.insert({ ...run, spec: { ...run.spec, seed } })
    const points = [0, 1, 2].map((step) => ({ key: 'train/logLikelihood', step, value: -4 - Math.PI / (step + seed) }))
    store.metrics.append(run.id, [...points, { key: 'train/bic', step: 2, value: -2300.123456789012 - seed }])
  }
})
afterEach(() => {
  store.close()
  rmSync(home, { recursive: true })
})

const noInside = new Proxy({} as never, { get: () => () => Promise.reject(new Error('nothing is looked inside here')) })
const methods = () => createReportMethods({ store, folder: openDataFolder(home), version: '9.9', resourcesFolder: resolve('resources'), inspect: noInside, sweeps: noInside, publish: () => {} })
const all = ['r1', 'r2', 'r3']
const html = async (language: 'en' | 'zh' = 'en'): Promise<string> => (await methods()['reports.preview']({ runs: all, language, sweep: null })).html

describe('the HTML of a report', () => {
  it('every number in its tables is one of the store or the mean of such', async () => {
    const values = [...(await html()).matchAll(/data-value="([^"]+)"/g)].map(([, text]) => Number(text))
    const stored = all.flatMap((id) => {
      const { metrics, spec } = store.runs.get(id)!
      return [...Object.values(metrics), spec.seed]
    })
    const mean = (key: string): number => (store.runs.get('r1')!.metrics[key]! + store.runs.get('r2')!.metrics[key]!) / 2
    const allowed = new Set([...stored, mean('train/logLikelihood'), mean('train/bic')])
    expect(values.length).toBeGreaterThan(8)
    expect(values.filter((value) => !allowed.has(value))).toEqual([])
    for (const key of ['train/logLikelihood', 'train/bic']) for (const id of all) expect(values).toContain(store.runs.get(id)!.metrics[key])
  })
  it('names no address outside itself and has no script that a browser would run', async () => {
    const text = await html()
    // letters and pictures inside are base64, which has slashes too
    expect(text.replaceAll(/url\(data:font\/ttf;base64,[A-Za-z0-9+/=]*\)/g, '')).not.toMatch(/(https?:)?\/\/[a-z]/i)
    expect(text).not.toMatch(/<(link|iframe|object|embed|base)\b|\bon\w+\s*=\s*["']/i)
    expect([...text.matchAll(/<script\b[^>]*>/g)].every(([tag]) => tag.includes('type="application/json"'))).toBe(true)
    expect(text).toContain('&lt;script&gt;alert(1)')
    expect(text).not.toContain('<img src=x')
  })
  it('its manifest gives back specification, data and figures of every run', async () => {
    const json = /<script type="application\/json" id="latent-manifest">(.*?)<\/script>/s.exec(await html())![1]!
    const manifest = reportManifestSchema.parse(JSON.parse(json))
    expect(manifest.runs.map(({ id }) => id)).toEqual(all)
    expect(manifest.runs[0]).toMatchObject({ name: nasty, spec: store.runs.get('r1')!.spec, metrics: store.runs.get('r1')!.metrics })
    expect(manifest.runs[0]!.seriesSha256).toBe((await methods()['reports.manifest']({ runs: ['r1'] })).runs[0]!.seriesSha256)
    expect(manifest.runs[0]!.seriesSha256).not.toBe(manifest.runs[1]!.seriesSha256)
  })
  it('draws every metric with more than one point, with its data', async () => {
    const text = await html()
    // before it, its mean over the seeds
    expect(text.match(/<svg\b/g)).toHaveLength(2)
    const { curves } = JSON.parse(/id="data-figure-2">(.*?)<\/script>/s.exec(text)![1]!) as { curves: { step: number[]; value: number[] }[] }
    expect(curves.map(({ value }) => value)).toEqual(all.map((id) => store.metrics.read(id)['train/logLikelihood']!.value))
  })
  it('speaks Chinese where asked to', async () => {
    const text = await html('zh')
    expect(text).toContain('lang="zh-CN"')
    for (const words of ['方法', '高斯混合模型', '期望最大化', '参考文献', '没有留出测试数据']) expect(text).toContain(words)
  })
})

describe('preflight', () => {
  it('names unfinished runs, data that are gone and the lack of a test part', async () => {
    const { notices } = await methods()['reports.preview']({ runs: all, language: 'en', sweep: null })
    expect(notices.map(({ code }) => code)).toEqual(['report/no-test', 'report/unfinished', 'report/data-changed'])
    expect(notices[1]!.details).toEqual({ runs: ['r3'] })
  })
  it('names a single seed', async () => {
    const { notices } = await methods()['reports.preview']({ runs: ['r1'], language: 'en', sweep: null })
    expect(notices.map(({ code }) => code)).toContain('report/one-seed')
  })
})

describe('files', () => {
  const write = (name: string) => methods()['reports.write']({ runs: all, language: 'en', sweep: null, out: join(home, name) })
  it('LaTeX takes nothing that was typed for a command, and brings its references', async () => {
    await write('r.tex')
    const text = readFileSync(join(home, 'r.tex'), 'utf8')
    expect(text).not.toContain('\\input{')
    expect(text).toContain(String.raw`\textbackslash{}input\{secret\}`)
    expect(text).toContain('\\addplot')
    expect(readFileSync(join(home, 'refs.bib'), 'utf8')).toContain('@article{dempster1977,')
  })
  it('Markdown names pictures that lie beside it', async () => {
    await write('r.md')
    const text = readFileSync(join(home, 'r.md'), 'utf8')
    expect(text).not.toMatch(/<(script|img)/)
    for (const [, path] of text.matchAll(/\]\(<([^>]+)>\)/g)) expect(readFileSync(join(home, path!), 'utf8')).toContain('<svg')
  })
  it('a PDF where no browser prints says what to do: the HTML, or a browser by its name', async () => {
    const before = process.env['LATENT_BROWSER']
    process.env['LATENT_BROWSER'] = join(home, 'no-browser')
    try {
      const failure = await Promise.resolve(write('r.pdf')).then(() => null, (error: unknown) => error)
      expect(failure).toMatchObject({ code: 'report/no-pdf-engine' })
      expect((failure as Error).message).toMatch(/\.html.*LATENT_BROWSER|LATENT_BROWSER.*\.html/s)
    } finally {
      if (before === undefined) delete process.env['LATENT_BROWSER']
      else process.env['LATENT_BROWSER'] = before
    }
  })
  it('a grid of models that is gone is named in the place of its figure', async () => {
    const plan = { title: '', language: 'en' as const, runs: all, sweep: null, blocks: [{ kind: 'figure' as const, figure: { kind: 'selection' as const, selection: 'gone' } }] }
    const { blocks } = await methods()['reports.compose']({ plan: reportPlanSchema.parse(plan) })
    expect(blocks[0]!.problem).toMatchObject({ code: 'report/selection-gone', details: { selection: 'gone' } })
  })
  it('refuses an ending it cannot write, and a folder in the place of a file', async () => {
    await expect(write('r.docx')).rejects.toMatchObject({ code: 'export/ending' })
    openDataFolder(join(home, 'x.html'))
    await expect(write('x.html')).rejects.toMatchObject({ code: 'export/is-folder' })
  })
})

describe('a figure by itself', () => {
  const figure = (name: string, look = {}) =>
    methods()['reports.writeFigure']({ runs: all, sweep: null, language: 'en', figure: { kind: 'metric', metric: 'train/logLikelihood' }, look: { widthMm: 85, dpi: 300, ...look }, out: join(home, name) })
  it('is an SVG as wide as a column of a journal, and a PNG of just as many dots that says how many there are to the inch', async () => {
    await figure('f.svg')
    expect(readFileSync(join(home, 'f.svg'), 'utf8')).toMatch(/^<svg width="321" height="231" xmlns=/)
    await figure('f.png')
    const png = readFileSync(join(home, 'f.png'))
    expect([png.readUInt32BE(16), png.readUInt32BE(16 + 4)]).toEqual([1004, expect.any(Number)])
    const density = png.indexOf('pHYs')
    expect(Math.abs(png.readUInt32BE(density + 4) * 0.0254 - 300)).toBeLessThan(0.1)
  })
  it('its CSV holds every point of the store with every digit', async () => {
    await figure('f.csv')
    const lines = readFileSync(join(home, 'f.csv'), 'utf8').trim().split('\n').slice(1)
    const stored = all.flatMap((id) => store.metrics.read(id)['train/logLikelihood']!.value)
    expect(lines.map((line) => Number(line.split(',').at(-1)))).toEqual(stored)
  })
  it.each([
    ['f.jpg', {}, 'export/ending'],
    ['f.png', { dpi: 2400, widthMm: 1000 }, 'figure/too-large'],
  ])('%s %o is refused: %s', async (name, look, code) => {
    await expect(figure(name, look)).rejects.toMatchObject({ code })
  })
  it('without data says so', async () => {
    const nothing = methods()['reports.writeFigure']({ runs: all, sweep: null, language: 'en', figure: { kind: 'metric', metric: 'train/loss' }, look: { widthMm: 85, dpi: 300 }, out: join(home, 'f.svg') })
    await expect(nothing).rejects.toMatchObject({ code: 'report/no-figure-data', details: { figure: 'train/loss' } })
  })
})

describe('what can go wrong, in both languages', () => {
  const blocks: [string, ReportBlock, string][] = [
    ['a figure without data', { kind: 'figure', figure: { kind: 'evidence' }, frozen: null }, 'report/no-figure-data'],
    ['a metric that no run has', { kind: 'statistics', metric: 'test/x' }, 'report/no-metric'],
    ['a run that is not of the report', { kind: 'em-steps', run: 'gone', x: 0, y: 1 }, 'report/run-gone'],
    ['evidence that nobody estimated', { kind: 'evidence' }, 'report/no-evidence'],
    ['a sweep where there is none', { kind: 'sweep', trials: 10 }, 'report/no-sweep'],
    ['a picture with a script', { kind: 'pinned', at: '2026-11-20', pinned: { chart: 'c', title: 't', summary: '', path: '/', svg: '<svg><script>1</script></svg>', table: { columns: [], rows: [] } } }, 'report/figure-unsafe'],
  ]
  it.each(blocks)('%s stands as a sentence where the block would be', async (_, block, code) => {
    store.runs.insert({ ...sampleRun('other', { status: 'completed' }), spec: { ...sampleRun('x').spec, seed: 9, preprocess: ['standardize'] } })
    const template = await methods()['reports.template']({ runs: [...all, 'other'], language: 'en', sweep: null })
    for (const language of ['en', 'zh'] as const) {
      const { blocks: made } = await methods()['reports.compose']({ plan: { ...template, language, blocks: [{ kind: 'card' }, block] } })
      expect(made[1]!.problem).toMatchObject({ code })
      expect(made[1]!.html).toMatch(language === 'zh' ? /class="notices"><li>[^<]*\p{Script=Han}/u : /class="notices"><li>[A-Za-z]/)
      expect(made[0]!.html).toContain('<table>')
    }
  })
  it('a run that was deleted since is named, and the rest is there; where all are gone, it says so', async () => {
    const plan = await methods()['reports.template']({ runs: all, language: 'en', sweep: null })
    store.runs.remove('r2')
    const { notices, blocks: made } = await methods()['reports.compose']({ plan })
    expect(notices).toContainEqual(expect.objectContaining({ code: 'report/runs-gone', details: { runs: ['r2'] } }))
    expect(made.map(({ html }) => html).join('')).not.toContain('>r2<')
    for (const id of ['r1', 'r3']) store.runs.remove(id)
    await expect(methods()['reports.compose']({ plan })).rejects.toMatchObject({ code: 'report/no-runs' })
  })
  it('a title with slashes becomes the name of one file', async () => {
    const plan = { ...(await methods()['reports.template']({ runs: ['r1'], language: 'en', sweep: null })), title: '../../etc/passwd: "高斯"\n' }
    expect((await methods()['reports.render']({ plan, format: 'html' })).name).toBe('etc-passwd- -高斯.html')
    const { name } = await methods()['reports.render']({ plan, format: 'md' })
    expect(name).toBe('etc-passwd- -高斯.zip')
  })
  it('a place that cannot be written is named', async () => {
    const out = join(home, 'latent.db', 'r.html')
    await expect(methods()['reports.write']({ runs: all, language: 'en', sweep: null, out })).rejects.toMatchObject({ code: 'cli/out-unwritable', details: { path: out } })
  })
  it('formulas and HTML in texts are text in every format', async () => {
    const plan = { ...(await methods()['reports.template']({ runs: ['r1'], language: 'en', sweep: null })), title: 'x', blocks: [{ kind: 'text' as const, text: '<script>alert(1)</script> $\\input{secret}$ $x_1^2$ \\write18 & 100 %' }] }
    const unpack = async (format: 'html' | 'md' | 'tex'): Promise<string> => {
      const { name, bytes } = await methods()['reports.render']({ plan, format })
      const { unzipSync } = await import('fflate')
      return new TextDecoder().decode(name.endsWith('.zip') ? unzipSync(bytes)[`x.${format}`] : bytes)
    }
    expect(await unpack('html')).toMatch(/&lt;script&gt;alert\(1\)&lt;\/script&gt; \$\\input\{secret\}\$ <math/)
    expect(await unpack('md')).not.toMatch(/<script/)
    expect(await unpack('tex')).toContain(String.raw`\textbackslash{}input\{secret\}\$ $x_1^2$ \textbackslash{}write18 \& 100 \%`)
  })
})

describe('a report that is built', () => {
  const planOf = async (...blocks: ReportBlock[]): Promise<ReportPlan> => ({ ...(await methods()['reports.template']({ runs: all, language: 'en', sweep: null })), blocks })
  const figure: ReportBlock = { kind: 'figure', figure: { kind: 'metric', metric: 'train/logLikelihood' }, frozen: null }

  it('is saved, listed, opened and removed', async () => {
    const plan = await planOf({ kind: 'text', text: 'hello' })
    const { id } = await methods()['reports.save']({ plan })
    await methods()['reports.save']({ id, plan: { ...plan, title: 'second' } })
    expect(await methods()['reports.list']({})).toMatchObject([{ id, title: 'second', runs: 3, language: 'en' }])
    expect((await methods()['reports.get']({ id })).plan).toEqual({ ...plan, title: 'second' })
    await methods()['reports.remove']({ id })
    expect(() => methods()['reports.get']({ id })).toThrow('There is no report')
  })
  it('a frozen figure keeps its numbers when the run goes on, a live one follows', async () => {
    const plan = await planOf(figure)
    const frozen = await methods()['reports.freeze']({ plan, index: 0 })
    store.metrics.append('r1', [{ key: 'train/logLikelihood', step: 3, value: -1.25 }])
    const html = async (block: ReportBlock): Promise<string> => (await methods()['reports.compose']({ plan: { ...plan, blocks: [block] } })).blocks[0]!.html
    expect(await html(figure)).toContain('-1.25')
    expect(await html(frozen)).not.toContain('-1.25')
    expect(await html(frozen)).toContain('As it was on')
  })
})
