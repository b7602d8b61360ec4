import type { ReportManifest } from '@shared/domain/report'

/*
 * What a report is made of, before it is HTML, Markdown or LaTeX. Text is plain text here: each writer escapes it in its own way, so nothing
 * that a user typed is ever markup.
 */

export type Language = 'en' | 'zh'

export interface Cell {
  text: string
  /** The number as it is stored, with every digit. */
  value?: number
  bold?: boolean
}

export interface Curve {
  label: string
  step: number[]
  value: (number | null)[]
}
export interface Figure {
  /** Names files and anchors: letters, digits, dashes. */
  name: string
  title: string
  xLabel: string
  yLabel: string
  curves: Curve[]
}

export interface Picture {
  name: string
  width: number
  height: number
  png: Uint8Array
}

export interface Reference {
  key: string
  kind: 'article' | 'inproceedings' | 'book' | 'phdthesis'
  fields: Record<string, string>
}

export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'notices'; texts: string[] }
  | { kind: 'table'; caption: string; header: string[]; rows: Cell[][] }
  | { kind: 'figure'; figure: Figure; caption: string }
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
