import type { ReportLanguage, ReportManifest } from '@shared/domain/report'
import type { ReportCurve, ReportFigure } from '@shared/domain/report-figure'
import type { RichBlock } from './rich-text'

/*
 * What a report is made of, before it is HTML, Markdown or LaTeX. Text is plain text here: each writer escapes it in its own way, so nothing
 * that a user typed is ever markup; what they wrote as Markdown was parsed into `RichBlock`s before.
 */

export type Language = ReportLanguage

export interface Cell {
  text: string
  /** The number as it is stored, with every digit. */
  value?: number
  bold?: boolean
}

export type Curve = ReportCurve
export type Figure = ReportFigure

export interface Picture {
  name: string
  width: number
  height: number
  png: Uint8Array
}

export interface ChartNumbers {
  columns: string[]
  rows: (number | string | null)[][]
}

export interface Reference {
  key: string
  kind: 'article' | 'inproceedings' | 'book' | 'phdthesis' | 'misc'
  fields: Record<string, string>
}

export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'rich'; blocks: RichBlock[] }
  | { kind: 'notices'; texts: string[] }
  | { kind: 'table'; caption: string; header: string[]; rows: Cell[][] }
  /** One figure, or several side by side; `about` goes with the numbers: the question, the data, when it was frozen. */
  | { kind: 'figure'; figures: Figure[]; caption: string; about: Record<string, unknown> }
  /** A chart of a screen: a picture that was checked, with its numbers; LaTeX shows the PNG. */
  | { kind: 'chart'; name: string; title: string; svg: string; png: Uint8Array; data: ChartNumbers & Record<string, unknown>; caption: string }
  | { kind: 'picture'; picture: Picture; caption: string }
  | { kind: 'references'; references: Reference[] }

export interface ReportDocument {
  title: string
  subtitle: string
  language: Language
  blocks: Block[]
  manifest: ReportManifest
}

/** Six significant digits; the stored number stands beside it where the format has room. */
export const shown = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '—' : String(Number(value.toPrecision(6)))
export const numberCell = (value: number | null | undefined): Cell =>
  value === null || value === undefined ? { text: '—' } : { text: shown(value), value }
export const textCell = (text: string): Cell => ({ text })
