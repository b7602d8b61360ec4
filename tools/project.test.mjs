import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { holds, root } from './project.mjs'

const packagesIn = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8')).packages
const wanted = packagesIn('package-lock.json')

it('what npm has just installed is what the lockfile asks for, so that no checkout installs it anew', () => {
  expect(holds(packagesIn('node_modules', '.package-lock.json'), wanted)).toBe(true)
})

it.each([
  ['another version', { 'node_modules/vite': { version: '0.0.1' } }],
  ['a missing package', { 'node_modules/vite': undefined }],
])('%s is not', (_, change) => {
  expect(holds({ ...wanted, ...change }, wanted)).toBe(false)
})
