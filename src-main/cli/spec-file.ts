import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { AppError } from '@shared/rpc/errors'
import { WrongArguments } from './output'

/** A specification as it stands in a JSON or YAML file, or on stdin for '-'. JSON is YAML, so one parser reads both. */
export function readSpecFile(path: string): Record<string, unknown> {
  const name = path === '-' ? 'stdin' : path
  const value = parseYaml(readText(path), name)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new AppError('cli/spec-not-a-mapping', { path: name })
  return value as Record<string, unknown>
}

function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new AppError('cli/spec-missing', { path })
    throw new AppError('cli/spec-unreadable', { path, reason: message })
  }
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new AppError('cli/spec-syntax', { path, problem: (error as Error).message.split('\n')[0] ?? '' })
  }
}

/** `--set model.components=4`: the value is YAML, a number in the path is an index of a list. */
export function applySetting(spec: Record<string, unknown>, setting: string): void {
  const equals = setting.indexOf('=')
  const path = setting.slice(0, Math.max(0, equals)).trim().split('.')
  const last = path.pop()
  if (equals < 1 || !last || path.includes('')) throw new WrongArguments('cli/set-form', { setting })
  let value: unknown
  try {
    value = parse(setting.slice(equals + 1))
  } catch (error) {
    throw new WrongArguments('cli/set-value', { setting, problem: (error as Error).message.split('\n')[0] ?? '' })
  }
  let place = spec
  for (const key of path) {
    const inner = Object.hasOwn(place, key) ? place[key] : put(place, key, {})
    if (inner === null || typeof inner !== 'object') throw new WrongArguments('cli/set-inside-value', { setting, key })
    place = inner as Record<string, unknown>
  }
  put(place, last, value)
}

/** `--start FILE`: parameters where the file is JSON, responsibilities where it is a table; its text becomes part of the specification. */
export function applyStart(spec: Record<string, unknown>, path: string): void {
  const text = readText(path)
  const inference = spec['inference']
  const isGroup = inference !== null && typeof inference === 'object' && !Array.isArray(inference)
  put(spec, 'inference', { ...(isGroup ? inference : {}), initialization: text.trimStart().startsWith('{') ? 'parameters' : 'responsibilities', start: text })
}

/** As its own field, whatever its name is. */
function put(place: object, key: string, value: unknown): unknown {
  Object.defineProperty(place, key, { value, writable: true, enumerable: true, configurable: true })
  return value
}
