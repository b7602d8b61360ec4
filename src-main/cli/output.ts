import { type Notice } from '@shared/domain/run'
import { sentence } from '@shared/messages/messages'
import { AppError, RemoteError, toNotice } from '@shared/rpc/errors'
import { language, say } from './language'

export const exitStatus = { done: 0, failed: 1, wrongArguments: 2, cancelled: 130 } as const

/** What a command hands back: a value for --json, the same for people, and the exit status. */
export interface Result {
  json: unknown
  text: string
  status?: number
}

/** Ends a command on the user's wish. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

/** Arguments that make no sense: exit status 2. */
export class WrongArguments extends AppError {}

/** Typed arrays become lists and what JSON can't say (NaN, ±Infinity) becomes null; numbers keep every digit. */
export function plain(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, plain)
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, plain(item)]])))
}

export const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(plain(value))}\n`)
export const printText = (text: string): void => {
  if (text) process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}
export const tell = (line: string): void => void process.stderr.write(`${line}\n`)

export const inWords = ({ code, details, message }: Notice): string => sentence(code, details, language, message)

const noticeOf = (error: unknown): Notice => (error instanceof RemoteError ? error.toJSON() : toNotice(error))

/** Says what went wrong: one sentence for people, one object for programs. */
export function printError(error: unknown, json: boolean): number {
  if (error instanceof Cancelled) {
    if (json) printJson({ error: { code: 'cli/cancelled', message: 'Cancelled.', details: {} } })
    else tell(say('Cancelled.', '已取消。'))
    return exitStatus.cancelled
  }
  const notice = noticeOf(error)
  if (json) printJson({ error: notice })
  else tell(inWords(notice))
  if (notice.code === 'system/internal' && error instanceof Error) tell(error.stack ?? '')
  return error instanceof WrongArguments ? exitStatus.wrongArguments : exitStatus.failed
}

const isWide = (character: string): boolean =>
  /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(character)
const widthOf = (text: string): number => [...text].reduce((width, character) => width + (isWide(character) ? 2 : 1), 0)
const pad = (text: string, width: number, right: boolean): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? space + text : text + space
}

/** Columns side by side; numbers stand to the right. */
export function table(header: string[], rows: (string | number | null)[][]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell))))
  const widths = header.map((title, column) => Math.max(widthOf(title), ...cells.map((row) => widthOf(row[column] ?? ''))))
  const numeric = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || row[column] === null))
  const line = (row: string[]): string =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, numeric[column] ?? false))
      .join('  ')
      .trimEnd()
  return [line(header), ...cells.map(line)].join('\n')
}

/** `label: value` lines, aligned. */
export function fields(entries: [string, string | number | null | undefined][]): string {
  const shown = entries.filter(([, value]) => value !== null && value !== undefined && value !== '')
  const width = Math.max(...shown.map(([label]) => widthOf(label)))
  return shown.map(([label, value]) => `${pad(label, width, false)}  ${value}`).join('\n')
}

/** Six significant digits for people. */
export const shortNumber = (value: number | null | undefined): string | null =>
  value === null || value === undefined || Number.isNaN(value) ? null : String(Number(value.toPrecision(6)))

export function duration(ms: number | null): string | null {
  if (ms === null) return null
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${(ms / 1000).toFixed(1)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
