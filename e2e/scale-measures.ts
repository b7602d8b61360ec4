import { readdirSync, readFileSync } from 'node:fs'
import type { Page } from 'playwright'

export interface Figure {
  name: string
  value: number
  unit: string
  bar: number | null
  /** Whether a larger value is the better one. */
  higher?: boolean
}

/**
 * Sets something off in the page and waits until what follows is there and painted: milliseconds. `act` and `done` are the sources of functions
 * of `given` that run in the page; painted means one frame later, with its tasks done.
 */
export const timeToPaint = (page: Page, act: string, done: string, given: unknown = null): Promise<number> =>
  page.evaluate(
    async ([actSource, doneSource, argument]) => {
      const [perform, isThere] = [actSource, doneSource].map((source) => new Function('given', `return (${source as string})(given)`) as (given: unknown) => unknown)
      const begun = performance.now()
      perform!(argument)
      while (!isThere!(argument)) {
        if (performance.now() - begun > 60_000) throw new Error(`not within a minute: ${doneSource as string}`)
        await new Promise((next) => requestAnimationFrame(next))
      }
      await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 0)))
      return performance.now() - begun
    },
    [act, done, given] as const,
  )

/** Gaps between frames while something scrolls, in ms: how often the picture could change. */
export const scrollGaps = (page: Page, testId: string, frames: number): Promise<number[]> =>
  page.evaluate(
    async ([id, count]) => {
      const element = document.querySelector(`[data-testid="${id}"]`)!
      const gaps: number[] = []
      let before = await new Promise<number>((next) => requestAnimationFrame(next))
      for (let frame = 0; frame < count; frame += 1) {
        element.scrollTop += 90
        element.scrollLeft += 40
        const now = await new Promise<number>((next) => requestAnimationFrame(next))
        gaps.push(now - before)
        before = now
      }
      return gaps
    },
    [testId, frames] as const,
  )

export const percentile = (values: readonly number[], part: number): number => values.toSorted((left, right) => left - right)[Math.min(values.length - 1, Math.floor(part * values.length))]!

/** Proportional set size of this process's descendants, in bytes: memory that is shared counts once. */
export function memoryOfDescendants(): number {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = readOrEmpty(`/proc/${entry}/stat`)
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    if (parent) parents.set(Number(entry), parent)
  }
  const isDescendant = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent !== undefined && (parent === process.pid || isDescendant(parent))
  }
  let bytes = 0
  for (const pid of parents.keys()) if (isDescendant(pid)) bytes += 1024 * Number(/^Pss:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
  return bytes
}
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

export function figuresTable(figures: readonly Figure[]): string {
  return figures
    .map(({ name, value, unit, bar, higher = false }) => `${name.padEnd(62)} ${value.toLocaleString('en', { maximumFractionDigits: 1 }).padStart(12)} ${unit}${bar === null ? '' : `   (bar ${higher ? '≥' : '≤'} ${bar.toLocaleString('en')})`}`)
    .join('\n')
}
