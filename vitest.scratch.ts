import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** All that tests leave in the folder for temporary files goes away with the last of them. */
export default function scratch(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'latent-tests-'))
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
