import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHost } from '../src-main/host'
import { testIds } from '../src-renderer/test-ids'
import { generateStore } from './generated-store'
import { type Figure, figuresTable, memoryOfDescendants, percentile, scrollGaps, timeToPaint } from './scale-measures'
import { newHome, openWorkbench, removeHome, repository, target, type Workbench } from './workbench'
import { see, textOf } from './journeys/steps'

/**
 * The table of runs and the comparison on a store of 10,000 runs and 2,000 metrics. `npm run bench:scale` holds the bars themselves, on a quiet
 * machine and with ten minutes of live runs; with LATENT_SCALE=short, where other work may go on beside it, a time may be `slack` times its bar.
 */
const isBench = process.env['LATENT_SCALE'] === 'bench'
const slack = isBench ? 1 : 20
const liveSeconds = isBench ? Number(process.env['LATENT_SCALE_LIVE_SECONDS'] ?? 600) : 20
const size = { runs: 10_000, common: 30, rare: 1970, withPoints: isBench ? 1000 : 300, metrics: isBench ? 10 : 1, points: 1000 }
const figures: Figure[] = []
function told(name: string, value: number, unit: string, bar: number | null, higher = false): void {
  figures.push({ name, value, unit, bar, higher })
  if (bar !== null) expect.soft(higher ? -value : value, name).toBeLessThanOrEqual(higher ? -bar / slack : bar * slack)
}

const rowsThere = `() => document.querySelectorAll('[role=row]').length > 10`

describe(`ten thousand runs, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench | undefined
  let ingestPerSecond = 0
  beforeAll(async () => {
    ingestPerSecond = generateStore(home, size).ingestPerSecond!
    workbench = await openWorkbench(home)
  }, 300_000)
  afterAll(async () => {
    console.info(`\n${figuresTable(figures)}\n`)
    if (isBench) {
      mkdirSync(join(repository, 'bench-results'), { recursive: true })
      writeFileSync(join(repository, 'bench-results', `scale-${target}.json`), `${JSON.stringify(figures, null, 2)}\n`)
    }
    await workbench?.close()
    removeHome(home)
  })

  it('open from cold, sort by a metric, filter by a typed query, painted at once', async () => {
    const { page } = workbench!
    told('ingest through the one writer', ingestPerSecond, 'points/s', 100_000, true)
    await page.getByTestId(testIds.rail.runs).click()
    await see(page, testIds.runsTable)
    await page.reload()
    const cold = await page.evaluate(`(async () => { while (!(${rowsThere})()) await new Promise((next) => requestAnimationFrame(next)); await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 0))); return performance.now() })()`)
    told('10,000 runs: page loaded and table painted', cold as number, 'ms', 1000)
    expect(await textOf(page, testIds.runsHeader)).toMatch(/10,000 runs/)

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
    for (const [text, count] of [['model.kind = vae', '5,000'], ['model.kind = vae and made/metric3 > 50', '2,'], ['status = failed or tag:kept', '700'], ['', '10,000']]) {
      filters.push(await timeToPaint(page, type, says, { id: testIds.runsQuery, text, header: testIds.runsHeader, count }))
    }
    told('filter by a query, painted (slowest of 4)', Math.max(...filters), 'ms', 100)
    const gaps = await scrollGaps(page, testIds.runsTable, 90)
    told('scrolling both ways, gap between frames (95 %)', percentile(gaps, 0.95), 'ms', null)
  })

  it('groups count every run there is, whatever is on the screen', async () => {
    const { page } = workbench!
    await page.getByTestId(testIds.runsGroupBy).selectOption('all-except-seed')
    await expect.poll(() => textOf(page, testIds.runsHeader), { timeout: 20_000 }).toMatch(/2,000 groups of 10,000 runs/)
    await page.getByTestId(testIds.runsGroupBy).selectOption('none')
  })

  it('archive, trash and undo move many runs at once', async () => {
    const { page } = workbench!
    await page.getByTestId(testIds.runsQuery).fill('tag:kept')
    const long = { timeout: 20_000 }
    await expect.poll(() => textOf(page, testIds.runsHeader), long).toMatch(/500 of 10,000/)
    await page.getByTestId(testIds.runsTable).locator('[role=columnheader] input').check()
    await page.getByTestId(testIds.runsArchive).click()
    await expect.poll(() => textOf(page, testIds.undoBar), long).toMatch(/500 runs put into the archive/)
    await page.getByTestId(testIds.runsQuery).fill('')
    await expect.poll(() => textOf(page, testIds.runsHeader), long).toMatch(/9,500 runs · 500 in the archive/)
    await page.getByTestId(testIds.undo).click()
    await expect.poll(() => textOf(page, testIds.runsHeader), long).toMatch(/^10,000 runs/)
  })

  it('a hundred curves and a thousand are painted from a click, and memory stays within its bar', async () => {
    const { page } = workbench!
    const ids = Array.from({ length: size.withPoints }, (_, back) => `20260101-${(size.runs - 1 - back).toString(36).padStart(6, '0')}`)
    const open = `({ hash }) => { location.hash = hash }`
    const drawn = `({ count }) => { const chart = document.querySelector('[data-testid="chart-compare-curves"]'); return chart !== null && chart.getAttribute('aria-label').includes(count + ' curves') && chart.querySelector('canvas') !== null }`
    for (const [count, bar] of [[100, 250], [size.withPoints, 800]] as const) {
      const hash = `#/compare?metric=${encodeURIComponent('made/metric0')}&runs=${ids.slice(0, count).join(',')}`
      told(`${count} curves of 1,000 points, painted`, await timeToPaint(page, open, drawn, { hash, count }), 'ms', bar)
      await see(page, testIds.compareMeans)
      await page.getByTestId(testIds.rail.runs).click()
      await see(page, testIds.runsTable)
    }
    told('memory of all processes (proportional set size)', memoryOfDescendants() / 1e6, 'MB', isBench ? 600 : null)
  })
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
      console.info(`\n${figuresTable(figures)}\n`)
      await browser.close()
      await host.close()
      removeHome(home)
    }
  }, (liveSeconds + 120) * 1000)
})
