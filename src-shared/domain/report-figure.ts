import { z } from 'zod'

/* What a figure of a report shows: its layers with every number, and the question whose answer they are. */

export const reportCurveSchema = z.object({
  label: z.string(),
  /** Position along the horizontal axis and the height there; null where there is none, which breaks a line. */
  step: z.array(z.number()),
  value: z.array(z.number().nullable()),
  /** How it is drawn; without a word, a line. Bars lie: `step` is their length, `value` counts the names of the vertical axis. */
  kind: z.enum(['line', 'points', 'bars', 'boxes']).optional(),
  /** Of boxes, which begin at (step, value): the corner opposite, how strongly each is filled (0 to 1), and what stands in it. */
  stepTo: z.array(z.number()).optional(),
  valueTo: z.array(z.number()).optional(),
  shade: z.array(z.number()).optional(),
  texts: z.array(z.string()).optional(),
  /** Place in the palette and kind of dashes; without one, its place in the figure. */
  colour: z.int().min(0).optional(),
  dash: z.int().min(0).optional(),
})
export type ReportCurve = z.infer<typeof reportCurveSchema>

export const reportFigureSchema = z.object({
  /** Names files and anchors: letters, digits, dashes. */
  name: z.string().regex(/^[\w-]+$/),
  title: z.string(),
  xLabel: z.string(),
  yLabel: z.string(),
  curves: z.array(reportCurveSchema),
  /** Of the vertical axis where it counts names: 0 is the first. */
  names: z.array(z.string()).optional(),
  logX: z.boolean().optional(),
  logY: z.boolean().optional(),
  /** Both axes in the same units. */
  square: z.boolean().optional(),
})
export type ReportFigure = z.infer<typeof reportFigureSchema>

/** A chart of a screen as it was when it was taken: the picture and its numbers, and where it stood. */
export const pinnedChartSchema = z.object({
  chart: z.string(),
  title: z.string().max(1000),
  summary: z.string().max(10_000),
  /** Address of the screen within the workbench. */
  path: z.string().max(10_000),
  svg: z.string().max(8_000_000),
  table: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.union([z.number(), z.string(), z.null()]))).max(200_000) }),
})
export type PinnedChart = z.infer<typeof pinnedChartSchema>
