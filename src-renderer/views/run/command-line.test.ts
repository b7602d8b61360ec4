import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { runSpecSchema } from '@shared/domain/spec'
import { commandLine } from './command-line'

test.skipIf(process.platform === 'win32')('a shell that runs the command writes the very specification and then runs it, whatever the name holds', () => {
  const spec = runSpecSchema.parse({
    name: `it's "quoted" $HOME \`x\` SPEC`,
    dataset: 'faithful',
    model: { kind: 'gaussian-mixture' },
    inference: { kind: 'em', tolerance: 1e-10 },
  })
  const folder = mkdtempSync(join(tmpdir(), 'command-line-'))
  try {
    writeFileSync(join(folder, 'latent'), '#!/bin/sh\necho "$@" > called\n', { mode: 0o755 })
    execFileSync('/bin/sh', ['-c', commandLine(spec)], { cwd: folder, env: { PATH: `${folder}:/usr/bin:/bin` } })
    expect(runSpecSchema.parse(parse(readFileSync(join(folder, 'spec.yaml'), 'utf8')))).toEqual(spec)
    expect(readFileSync(join(folder, 'called'), 'utf8')).toBe('run spec.yaml\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
