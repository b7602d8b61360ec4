import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHost } from '../src-main/host'
import { testIds } from '../src-renderer/test-ids'
import { generatedRuns, generateStore, generateSweep } from './generated-store'
import { type Figure, figuresTable, memoryOfDescendants, percentile, scrollGaps, timeToPaint } from './scale-measures'
import { newHome, openWorkbench, removeHome, repository, target, type Workbench } from './workbench'
import { chartSays, see, textOf } from './journeys/steps'

/**
 * The table of runs and the comparison on a store of thousands of runs and metrics. `npm run bench:scale` holds the bars themselves, with 10,000 runs
 * of 2,000 metrics, on a quiet machine and with ten minutes of live runs; among the journeys a smaller store has to do, and since other work may go
 * on beside it, a time may be `slack` times its bar there.
 */
const isBench = process.env['LATENT_SCALE'] === 'bench'
const slack = isBench ? 1 : 20
const liveSeconds = isBench ? Number(process.env['LATENT_SCALE_LIVE_SECONDS'] ?? 600) : 6
const size = isBench
  ? { runs: 10_000, common: 30, rare: 1970, withPoints: 1000, metrics: 1, points: 1000, trials: 10_000 }
  : { runs: 2000, common: 30, rare: 370, withPoints: 250, metrics: 1, points: 1000, trials: 2000 }
const runs = generatedRuns(size)
const bigSweep = 's20260101-generated'
const inWords = (value: number): string => value.toLocaleString('en')
const figures: Figure[] = []
function told(name: string, value: number, unit: string, bar: number | null, higher = false): void {
  figures.push({ name, value, unit, bar, higher })
  if (bar !== null) expect.soft(higher ? -value : value, name).toBeLessThanOrEqual(higher ? -bar / slack : bar * slack)
}

afterAll(() => {
  console.info(`\n${figuresTable(figures)}\n`)
  if (!isBench) return
  mkdirSync(join(repository, 'bench-results'), { recursive: true })
  writeFileSync(join(repository, 'bench-results', `scale-${target}.json`), `${JSON.stringify(figures, null, 2)}\n`)
})

const rowsThere = `() => document.querySelectorAll('[role=row]').length > 10`
/** Milliseconds since the page began to load, when the rows are painted. */
const untilRows = `(async () => { while (!(${rowsThere})()) await new Promise((next) => requestAnimationFrame(next)); await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 0))); return performance.now() })()`

describe(`${inWords(size.runs)} runs of ${inWords(size.common + size.rare)} metrics, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench | undefined
  let ingestPerSecond = 0
  beforeAll(async () => {
    ingestPerSecond = generateStore(home, size).ingestPerSecond!
    generateSweep(home, { id: bigSweep, trials: size.trials })
    workbench = await openWorkbench(home)
  }, 300_000)
  afterAll(async () => {
    await workbench?.close()
    removeHome(home)
  })

  it('open from cold, sort by a metric, filter by a typed query, painted at once', async () => {
    const { page } = workbench!
    told('ingest through the one writer', ingestPerSecond, 'points/s', 100_000, true)
    await page.getByTestId(testIds.rail.runs).click()
    // the page before has a table of runs too
    await see(page, testIds.runsHeader)
    await page.reload()
    const cold = await page.evaluate(untilRows)
    told(`${inWords(size.runs)} runs: page loaded and table painted`, cold as number, 'ms', 1000)
    expect(await textOf(page, testIds.runsHeader)).toContain(`${inWords(size.runs)} runs`)

    await page.getByTestId(testIds.runsColumns).click()
    await page.getByTestId(testIds.runsColumnSearch).fill('made')
    await page.getByTestId(testIds.runsColumnsAll).click()
    await page.getByTestId(testIds.runsColumns).click()
    await expect.poll(() => textOf(page, testIds.runsHeader), { timeout: 20_000 }).toMatch(/1 columns hidden, as they are the same/)
    expect(await page.getByTestId(testIds.runsTable).getAttribute('aria-colcount')).toBe(String(8 + size.common + size.rare + 2))
    expect(await page.locator('[role=gridcell]').count()).toBeLessThan(600)

    const click = `(id) => document.querySelector('[data-testid="' + id + '"]').click()`
    const sorts = []
    for (const column of ['figure', 'created', 'duration', 'figure', 'created', 'duration']) {
      const id = testIds.runsColumn(column)
      sorts.push(await timeToPaint(page, click, `(id) => document.querySelector('[data-testid="' + id + '"]').getAttribute('aria-sort') !== 'none'`, id))
    }
    told('sort by a column, painted (slowest of 6)', Math.max(...sorts), 'ms', 100)
    await page.getByTestId(testIds.runsTable).evaluate((node) => (node.scrollLeft = 1200))
    const byMetric = testIds.runsColumn('metric:made/metric3')
    await see(page, byMetric)
    told('sort by a metric, painted', await timeToPaint(page, click, `(id) => document.querySelector('[data-testid="' + id + '"]').getAttribute('aria-sort') === 'descending'`, byMetric), 'ms', 100)

    const type = `({ id, text }) => { const field = document.querySelector('[data-testid="' + id + '"]'); field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })) }`
    const says = `({ header, count }) => document.querySelector('[data-testid="' + header + '"]').textContent.startsWith(count)`
    const filters = []
    const isVae = ({ spec }: (typeof runs)[number]): boolean => spec.model.kind === 'vae'
    const queries = [
      ['model.kind = vae', isVae],
      ['model.kind = vae and made/metric3 > 50', (run) => isVae(run) && run.metrics['made/metric3']! > 50],
      ['status = failed or tag:kept', ({ status, tags }) => status === 'failed' || tags.includes('kept')],
      ['', () => true],
    ] satisfies [string, (run: (typeof runs)[number]) => boolean][]
    for (const [text, matches] of queries) {
      const count = `${inWords(runs.filter(matches).length)} `
      filters.push(await timeToPaint(page, type, says, { id: testIds.runsQuery, text, header: testIds.runsHeader, count }))
    }
    told('filter by a query, painted (slowest of 4)', Math.max(...filters), 'ms', 100)
    const gaps = await scrollGaps(page, testIds.runsTable, 90)
    told('scrolling both ways, gap between frames (95 %)', percentile(gaps, 0.95), 'ms', null)
  })

  it('groups count every run there is, whatever is on the screen', async () => {
    const { page } = workbench!
    await page.getByTestId(testIds.runsGroupBy).selectOption('all-except-seed')
    await expect.poll(() => textOf(page, testIds.runsHeader), { timeout: 20_000 }).toContain(`${inWords(size.runs / 5)} groups of ${inWords(size.runs)} runs`)
    await page.getByTestId(testIds.runsGroupBy).selectOption('none')
  })

  it('archive, trash and undo move many runs at once', async () => {
    const { page } = workbench!
    await page.getByTestId(testIds.runsQuery).fill('tag:kept')
    const long = { timeout: 20_000 }
    await expect.poll(() => textOf(page, testIds.runsHeader), long).toContain(`${inWords(size.runs / 20)} of ${inWords(size.runs)}`)
    await page.getByTestId(testIds.runsTable).locator('[role=columnheader] input').check()
    await page.getByTestId(testIds.runsArchive).click()
    await expect.poll(() => textOf(page, testIds.undoBar), long).toContain(`${inWords(size.runs / 20)} runs put into the archive`)
    await page.getByTestId(testIds.runsQuery).fill('')
    await expect.poll(() => textOf(page, testIds.runsHeader), long).toContain(`${inWords(0.95 * size.runs)} runs · ${inWords(size.runs / 20)} in the archive`)
    await page.getByTestId(testIds.undo).click()
    await expect.poll(() => textOf(page, testIds.runsHeader), long).toMatch(new RegExp(`^${inWords(size.runs)} runs`))
  })

  it('a hundred curves, and groups of many more, are painted from a click', async () => {
    const { page } = workbench!
    const ids = runs.slice(-size.withPoints).map(({ id }) => id).toReversed()
    const open = `({ hash }) => { location.hash = hash }`
    const ticks = page.getByTestId(testIds.runsTable).locator('[role=row] input')
    for (const index of [1, 2]) await ticks.nth(index).check()
    await page.waitForTimeout(1000)
    const drawn = `({ count }) => { const chart = document.querySelector('[data-testid="chart-compare-curves"]'); return chart !== null && chart.getAttribute('aria-label').includes(count + ' curves') && chart.querySelector('canvas') !== null }`
    for (const [count, bar] of [[100, 250], [size.withPoints, 800]] as const) {
      const hash = `#/compare?metric=${encodeURIComponent('made/metric0')}&runs=${ids.slice(0, count).join(',')}`
      told(`${count} curves of 1,000 points, painted`, await timeToPaint(page, open, drawn, { hash, count }), 'ms', bar)
      await see(page, testIds.compareMeans)
      await page.getByTestId(testIds.rail.runs).click()
      await see(page, testIds.runsHeader)
    }
    told('memory of all processes after that (proportional set size)', memoryOfDescendants() / 1e6, 'MB', null)
  })

  it('a sweep of thousands of trials opens with all its charts, and its best share follows the slider', async () => {
    const { page } = workbench!
    await page.getByTestId(testIds.rail.sweeps).click()
    await see(page, testIds.sweepList)
    const click = `() => { window.leftAt = performance.now(); [...document.querySelectorAll('a')].find((link) => link.getAttribute('href')?.includes('${bigSweep}')).click() }`
    const charts = ['history', 'parallel', 'slice', 'contour', 'timeline'].map((name) => `chart-sweep-${name}`)
    const drawn = `({ charts, best }) => { if (document.querySelector('[data-testid="' + best + '"]')) window.openAfter ??= performance.now() - window.leftAt; return charts.every((id) => document.querySelector('[data-testid="' + id + '"] canvas')) }`
    const painted = await timeToPaint(page, click, drawn, { charts, best: testIds.sweepBest })
    told(`a sweep of ${inWords(size.trials)} trials: page with its best trial`, (await page.evaluate('window.openAfter')) as number, 'ms', 500)
    told(`a sweep of ${inWords(size.trials)} trials, all charts painted`, painted, 'ms', 800)
    expect(await chartSays(page, 'sweep-history')).toContain(`${size.trials} trials`)
    expect(await chartSays(page, 'sweep-parallel')).toContain(`${size.trials} trials`)
  })
})

/** Ten million points, in a store of their own. */
describe.runIf(isBench)(`1,000 runs of 10 metrics of 1,000 points, in ${target}`, () => {
  it('open within a second and 600 MB in all processes, the browser among them', async () => {
    const home = newHome()
    const { ingestPerSecond } = generateStore(home, { runs: 1000, common: 10, rare: 0, withPoints: 1000, metrics: 10, points: 1000 })
    told('ingest of ten million points', ingestPerSecond!, 'points/s', 100_000, true)
    const { page, close } = await openWorkbench(home)
    try {
      await page.getByTestId(testIds.rail.runs).click()
      await see(page, testIds.runsHeader)
      await page.reload()
      told('1,000 runs with ten million points: table painted', (await page.evaluate(untilRows)) as number, 'ms', 1000)
      await page.waitForTimeout(2000)
      told('memory of all processes (proportional set size)', memoryOfDescendants() / 1e6, 'MB', 600)
    } finally {
      await close()
      removeHome(home)
    }
  }, 300_000)
})

/** Eight processes report through the real host into a window; an Electron window starts its own host, so this half is walked in the browser. */
describe.skipIf(target === 'electron')(`eight live runs of twenty metrics, ten times a second, for ${liveSeconds} s`, () => {
  it('make no long task, fetch no history again and leave no memory behind', async () => {
    const home = newHome()
    const host = createHost({ home, resourcesFolder: resolve('resources'), workerPath: resolve('e2e/live-worker.mjs'), hostKind: 'server', version: '0.0.0', parallelRuns: 8 })
    const browser = await chromium.launch({ ...(process.env['LATENT_BROWSER'] ? { executablePath: process.env['LATENT_BROWSER'] } : {}), args: ['--no-sandbox', '--disable-gpu', '--enable-precise-memory-info'] })
    try {
      const { url } = await host.listen({ rendererFolder: resolve('out/renderer') })
      const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
      const asked: string[] = []
      page.on('request', (request) => request.url().endsWith('/rpc') && asked.push((JSON.parse(request.postData() ?? '{}') as { method: string }).method))
      await page.goto(url)
      const begun = performance.now()
      const ids: string[] = []
      for (let index = 0; index < 8; index += 1) {
        const reply = await host.dispatch('runs.start', { spec: { name: `live ${index} ${liveSeconds}`, dataset: 'faithful', model: { kind: 'gaussian-mixture', components: 2 }, inference: { kind: 'em' } } })
        if (!reply.ok) throw new Error(reply.error.message)
        ids.push((reply.value as { id: string }).id)
      }
      await page.evaluate((id) => (location.hash = `#/runs/${id}`), ids[0])
      await page.getByTestId(testIds.runTab('curves')).click()
      await expect.poll(() => page.locator('canvas').count(), { timeout: 20_000 }).toBeGreaterThan(2)
      const session = await page.context().newCDPSession(page)
      const heap = async (): Promise<number> => {
        await session.send('HeapProfiler.collectGarbage')
        return page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize)
      }
      await page.waitForTimeout(3000)
      const first = await heap()
      await page.evaluate(() => {
        const tasks: number[] = []
        Object.assign(window, { longTasks: tasks })
        new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ['longtask'] })
      })
      const before = asked.length
      const half = (liveSeconds * 1000 - (performance.now() - begun)) / 2
      await page.waitForTimeout(half)
      await page.evaluate(() => (location.hash = '#/runs'))
      await page.waitForTimeout(half - 2000)
      const long = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks)
      const seconds = (performance.now() - begun) / 1000
      told('live: tasks over 50 ms', long.length, `in ${Math.round(seconds)} s, longest ${Math.round(Math.max(0, ...long))} ms`, isBench ? 0 : null)
      told('live: growth of the heap beyond the points', ((await heap()) - first) / 1e6, 'MB', 20)
      expect(asked.slice(before).filter((method) => method === 'runs.open' || method === 'runs.metrics' || method === 'table.summaries')).toEqual([])
      await expect.poll(async () => {
        const reply = await host.dispatch('runs.list', {})
        return reply.ok ? (reply.value as { runs: { status: string }[] }).runs.map(({ status }) => status) : []
      }, { timeout: 30_000 }).toEqual(Array(8).fill('completed'))
      for (const id of ids) {
        const reply = await host.dispatch('runs.metrics', { id, key: 'train/live7' })
        expect(reply.ok && (reply.value as Record<string, { step: number[] }>)['train/live7']!.step.length).toBe(liveSeconds * 10)
      }
    } finally {
      await browser.close()
      await host.close()
      removeHome(home)
    }
  }, (liveSeconds + 120) * 1000)
})
