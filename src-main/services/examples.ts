import { parse } from 'yaml'
import { type Example, exampleFileSchema } from '@shared/domain/example'
import type { MethodsOf } from '@shared/rpc/handlers'
import { readExampleFiles } from '../files/example-files'

/** Files that come with the program and are checked by a test: one that is not right is a bug, and is told as one. */
export function readExamples(resourcesFolder: string): Example[] {
  const examples = readExampleFiles(resourcesFolder).map(({ name, text }) => ({ name, ...exampleFileSchema.parse(parse(text, { merge: true })) }))
  return examples.sort((a, b) => a.subject.localeCompare(b.subject) || a.order - b.order)
}

export function createExampleMethods(resourcesFolder: string): MethodsOf<'examples'> {
  let read: Example[] | null = null
  return { 'examples.list': () => (read ??= readExamples(resourcesFolder)) }
}
