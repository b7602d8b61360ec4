import { AppError } from '@shared/rpc/errors'
import { readContents, type SourceFile } from '../source'

const longestLine = 1 << 26

/** The lines of a UTF-8 text with their numbers, in pieces. A byte order mark is left out. */
export async function* readLines(source: SourceFile): AsyncGenerator<{ line: number; text: string }[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch {
      throw new AppError('dataset/encoding-broken', { path: source.path, encoding: 'UTF-8' })
    }
  }
  let rest = ''
  let line = 0
  for await (const piece of readContents(source)) {
    const parts = (rest + decode(piece)).split(/\r\n|\n/)
    rest = parts.pop()!
    if (rest.length > longestLine) throw new AppError('dataset/record-too-long', { path: source.path, line: line + 1, megabytes: longestLine >> 20 })
    yield parts.map((text) => ({ line: ++line, text }))
  }
  rest += decode()
  if (rest !== '') yield [{ line: line + 1, text: rest }]
}
