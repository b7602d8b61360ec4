import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildOnce, latent } from './fixture-command'

const home = mkdtempSync(join(tmpdir(), 'latent-cli-'))
const gaussian = { dataset: 'faithful', model: { kind: 'gaussian-mixture', components: 2 }, inference: { kind: 'em', restarts: 1 } }
const spec = (change: object): string => JSON.stringify({ ...gaussian, ...change })

beforeAll(async () => {
  buildOnce()
  writeFileSync(join(home, 'empty.csv'), '')
  writeFileSync(join(home, 'ragged.csv'), 'x,y\n1,2\n3,4\n5\n')
  writeFileSync(join(home, 'text.csv'), `x,y\n${Array.from({ length: 40 }, (_, row) => `${row},${row * 2}`).join('\n')}\n40,forty\n`)
  writeFileSync(join(home, 'tiny.csv'), 'x,y\n1,2\n3,4\n2,9\n')
  writeFileSync(join(home, 'constant.csv'), `x,y\n${Array.from({ length: 20 }, (_, row) => `${row},7`).join('\n')}\n`)
  writeFileSync(join(home, 'broken.yaml'), 'model: {kind: [\n')
  for (const path of ['tiny.csv', 'constant.csv', 'digits'])
    expect(await latent(['data', 'add', path], { home })).toMatchObject({ status: 0 })
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Case {
  args: string[]
  input?: string
  code: string | RegExp
  says: RegExp
}
const vae = { dataset: 'digits', model: { kind: 'vae' }, inference: { kind: 'gradient', epochs: 1 } }

const failures: [string, Case][] = [
  ['a missing file', { args: ['data', 'add', 'nowhere.csv'], code: 'dataset/file-missing', says: /nowhere\.csv/ }],
  ['an empty file', { args: ['data', 'add', 'empty.csv'], code: 'dataset/file-empty', says: /empty\.csv is empty/ }],
  ['a ragged row', { args: ['data', 'add', 'ragged.csv'], code: /^dataset\//, says: /(row|line) \d/i }],
  ['text in a number column', { args: ['data', 'add', 'text.csv'], code: /^dataset\//, says: /y\b.*forty|forty.*\by\b/s }],
  ['an unknown dataset', { args: ['data', 'show', 'nothing'], code: 'dataset/not-found', says: /nothing/ }],
  ['a dataset to remove that is not there', { args: ['data', 'remove', 'nothing'], code: 'dataset/not-found', says: /nothing/ }],
  ['a missing specification', { args: ['run', 'nowhere.yaml'], code: 'cli/spec-missing', says: /nowhere\.yaml/ }],
  ['a specification with a syntax error', { args: ['run', 'broken.yaml'], code: 'cli/spec-syntax', says: /broken\.yaml/ }],
  [
    'a specification of an unknown dataset',
    { args: ['run', '-'], input: spec({ dataset: 'nothing' }), code: /^(spec|dataset)\//, says: /nothing/ },
  ],
  [
    'an unknown key',
    { args: ['run', '-'], input: spec({ model: { kind: 'gaussian-mixture', componets: 2 } }), code: /^spec\//, says: /componets/ },
  ],
  [
    'a wrong type',
    { args: ['run', '-', '--set', 'model.components=many'], input: spec({}), code: /^spec\//, says: /model\.components.*number/s },
  ],
  [
    'inference that does not fit the model',
    { args: ['run', '-', '--set', 'inference={kind: gradient}'], input: spec({}), code: /^spec\//, says: /gradient/ },
  ],
  [
    'fewer rows than components',
    {
      args: ['run', '-', '--set', 'model.components=4'],
      input: spec({ dataset: 'tiny' }),
      code: 'spec/too-few-rows',
      says: /3 rows.*4 components/,
    },
  ],
  ['a constant column', { args: ['run', '-'], input: spec({ dataset: 'constant' }), code: 'spec/constant-column', says: /Column y/ }],
  ['pixels outside [0, 1]', { args: ['run', '-'], input: JSON.stringify(vae), code: 'spec/pixels-out-of-range', says: /0 to 16.*scale/ }],
  ['an unknown run', { args: ['runs', 'show', 'nothing'], code: 'run/not-found', says: /nothing/ }],
  ['metrics of an unknown run', { args: ['metrics', 'nothing'], code: 'run/not-found', says: /nothing/ }],
  ['parameters of an unknown run', { args: ['params', 'nothing'], code: 'run/not-found', says: /nothing/ }],
]

const wrongArguments: [string, string[]][] = [
  ['no command', []],
  ['an unknown command', ['fit']],
  ['an unknown option', ['doctor', '--fast']],
  ['a missing argument', ['run']],
  ['too many arguments', ['doctor', 'now']],
  ['a seed that is no number', ['run', 'x.yaml', '--seed', 'one']],
  ['a device that does not exist', ['run', 'x.yaml', '--device', 'abacus']],
  ['an output that does not exist', ['apply', 'r', 'd', '--output', 'magic']],
  ['a setting without a value', ['run', '-', '--set', 'model.components']],
  ['latent vectors that are no JSON', ['decode', 'r', '--latent', '[[0, 0]']],
  ['a port out of range', ['serve', '--port', '99999']],
  ['a file ending that names no format', ['sample', 'r', '--count', '3', '--out', 'rows.txt']],
]

describe('bad input on the command line', () => {
  it.each(failures)('%s: one sentence with its place, exit status 1, one JSON error', async (_, { args, input = '', code, says }) => {
    const forPrograms = await latent([...args, '--json'], { home, input })
    const { error } = JSON.parse(forPrograms.stdout) as { error: { code: string; message: string; details: object } }
    expect(forPrograms.status).toBe(1)
    expect(error.code).toMatch(code)
    expect(error.message).toMatch(says)
    const forPeople = await latent(args, { home, input })
    expect(forPeople).toMatchObject({ status: 1, stdout: '' })
    expect(forPeople.stderr.trim()).toBe(error.message)
  })

  it.each(wrongArguments)('%s: exit status 2, nothing done', async (_, args) => {
    const { status, stdout } = await latent([...args, '--json'], { home, input: spec({}) })
    expect(status).toBe(2)
    if (args.length > 0) expect(Object.keys((JSON.parse(stdout) as { error: object }).error)).toEqual(['code', 'message', 'details'])
  })

  it('nothing of it is half-written', async () => {
    const { stdout } = await latent(['data', 'list', '--json'], { home })
    const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
    expect(names.sort()).toEqual(['constant', 'digits', 'tiny'])
    expect(JSON.parse((await latent(['runs', 'list', '--json'], { home })).stdout)).toEqual([])
  })

  it('speaks Chinese where the terminal does', async () => {
    const { stderr } = await latent(['runs', 'show', 'nothing'], { home, environment: { LC_ALL: 'zh_CN.UTF-8' } })
    expect(stderr).toContain('没有编号为 nothing 的运行')
  })
})
