import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Linter } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'
import { importWalls, rooms, roomOf } from './import-walls.mjs'
import { root } from './project.mjs'

const linter = new Linter({ cwd: root })
const config = [
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { walls: importWalls },
    rules: { 'walls/import-walls': 'error' },
  },
]
const problems = (file, code) => linter.verify(code, config, { filename: join(root, file) }).map(({ message }) => message)

describe('the walls of the house', () => {
  it.each([
    ['src-shared/domain/run.ts', "import { readFileSync } from 'node:fs'"],
    ['src-shared/domain/run.ts', "import { createHost } from '../../src-main/host'"],
    ['src-shared/math/noise.ts', 'export const noise = Math.random()'],
    ['src-shared/domain/run.ts', 'export const now = () => Date.now()'],
    ['src-renderer/stores/runs.ts', "import * as echarts from 'echarts'"],
    ['src-renderer/stores/runs.ts', "import Curve from '../components/Curve.vue'"],
    ['src-renderer/charts/curve.ts', "import { useRuns } from '../stores/runs'"],
    ['src-renderer/views/RunView.ts', "import { client } from '../api/client'"],
    ['src-renderer/views/RunView.ts', "const reply = await fetch('/rpc')"],
    ['src-renderer/components/Curve.ts', "import { useRuns } from '../stores/runs'"],
    ['src-renderer/api/client.ts', "document.title = 'busy'"],
    ['src-main/services/runs.ts', "import Database from 'better-sqlite3'"],
    ['src-main/services/runs.ts', "import { createOnnxRuntime } from '../runtimes/onnx/runtime'"],
    ['src-main/services/runs.ts', "import { createServer } from '../rpc/http'"],
    ['src-main/services/runs.ts', "import { app } from 'electron'"],
    ['src-main/jobs/supervisor.ts', "import { fitMixture } from '../inference/em'"],
    ['src-main/jobs/supervisor.ts', "import Database from 'better-sqlite3'"],
    ['src-main/store/runs.ts', "import { readFileSync } from 'node:fs'"],
    ['src-main/store/runs.ts', 'setTimeout(() => {}, 10)'],
    ['src-main/graph/ops.ts', "import { readFileSync } from 'node:fs'"],
    ['src-main/graph/random.ts', 'export const key = Math.random()'],
    ['src-main/models/vae.ts', "import { InferenceSession } from 'onnxruntime-node'"],
    ['src-main/models/vae.ts', "import { compile } from '../runtimes/onnx/compile'"],
    ['src-main/models/vae.ts', "import { climb } from '../inference/gradient'"],
    ['src-main/graph/program.ts', "import { vae } from '../models/vae'"],
    ['src-main/inference/em.ts', 'export const started = Date.now()'],
    ['src-main/runtimes/onnx/compile.ts', "import { vae } from '../../models/vae'"],
    ['src-main/runtimes/runtime.ts', "import { InferenceSession } from 'onnxruntime-node'"],
    ['src-main/worker/train.ts', "import { openStore } from '../store/open'"],
    ['src-main/worker/train.ts', "import type { Runs } from '../services/runs'"],
    ['src-main/host.ts', "import { app } from 'electron'"],
    ['src-main/cli/run.ts', "import { openStore } from '../store/open'"],
  ])('%s may not say: %s', (file, code) => {
    expect(problems(file, code)).toHaveLength(1)
  })

  it.each(Object.entries(rooms))('%s is stopped at each name it never touches', (room, { never }) => {
    const caught = never.filter((name) => problems(`${room}/example.ts`, `export const value = ${name}`).length === 1)
    expect(caught).toEqual(never)
  })

  it.each(Object.entries(rooms))('%s may import its own list and no other room', (room, { rooms: allowed }) => {
    const up = '../'.repeat(room.split('/').length)
    const open = Object.keys(rooms).filter(
      (other) => problems(`${room}/example.ts`, `import { x } from '${up}${other}/example'`).length === 0,
    )
    expect(new Set(open)).toEqual(new Set([room, ...allowed]))
  })

  it('a message says what is allowed', () => {
    expect(problems('src-main/store/runs.ts', "import { app } from 'electron'")).toEqual([
      'src-main/store does not import the package electron: src-main/store may import src-shared, better-sqlite3, zod, node:path.',
    ])
  })

  it('sees re-exports, dynamic imports and types as imports', () => {
    const forms = [
      "export { x } from '../services/x'",
      "export * from '../services/x'",
      "void import('../services/x')",
      "type X = import('../services/x').X",
    ]
    expect(forms.map((code) => problems('src-main/store/runs.ts', code).length)).toEqual([1, 1, 1, 1])
  })

  it('leaves a local of a forbidden name alone', () => {
    expect(problems('src-main/graph/ops.ts', 'export const f = (location: number) => location + 1')).toEqual([])
  })

  it('lets tests import what they test with', () => {
    expect(problems('src-main/graph/ops.test.ts', "import { readFileSync } from 'node:fs'")).toEqual([])
  })

  it('puts every source folder there is into a room of its own', () => {
    const folders = ['src-main', 'src-renderer'].flatMap((top) =>
      readdirSync(join(root, top), { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() && entry.name !== 'public' ? [`${top}/${entry.name}`] : [],
      ),
    )
    expect(folders.length).toBeGreaterThan(10)
    expect(folders.map((folder) => roomOf(`${folder}/example.ts`))).toEqual(folders)
  })

  it('is drawn in docs/architecture.md, room by room', () => {
    const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8')
    const missing = Object.keys(rooms).filter((room) => !page.includes(room.split('/').at(-1)))
    expect(missing).toEqual([])
  })
})
