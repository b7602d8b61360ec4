import type { RunSpec } from '@shared/domain/spec'
import { specYaml } from '../spec-yaml'

/** A shell command that repeats a run: its specification as a file, then the run. */
export function commandLine(spec: RunSpec): string {
  const yaml = specYaml(spec)
  let mark = 'SPEC'
  while (yaml.includes(mark)) mark += '_'
  return `cat > spec.yaml <<'${mark}'\n${yaml}${mark}\nlatent run spec.yaml\n`
}
