import { notice } from '../rpc/errors'
import { withExecutorObject } from './executor'
import type { Notice } from './run'
import { inferenceKindsOf, type ModelKind, modelKinds, type RunSpec, runSpecSchema } from './spec'
import { explainIssue } from './spec-issues'

/** What is wrong with a specification, and at which field: names joined by dots, e.g. `model.components` or `preprocess.0`. */
export type SpecNotice = Notice & { path: string }

export interface ResolvedSpec {
  /** With all defaults; null while it cannot be parsed. */
  spec: RunSpec | null
  issues: SpecNotice[]
}

/** Fills in every default and explains in words what does not fit the schema. */
export function resolveSpec(input: unknown): ResolvedSpec {
  if (isGroup(input) && 'sweep' in input) return { spec: null, issues: [{ path: 'sweep', ...notice('sweep/in-a-run') }] }
  const complete = withInference(isGroup(input) ? withExecutorObject(input) : input)
  const parsed = runSpecSchema.safeParse(complete)
  if (!parsed.success) return { spec: null, issues: parsed.error.issues.flatMap((issue) => explainIssue(issue, complete)) }
  const { model, inference } = parsed.data
  const expected: readonly string[] = inferenceKindsOf[model.kind]
  if (expected.includes(inference.kind)) return { spec: parsed.data, issues: [] }
  const details = { model: model.kind, expected, inference: inference.kind }
  return { spec: null, issues: [{ path: 'inference.kind', ...notice('spec/inference-mismatch', details) }] }
}

/** A specification without inference, or one that names no kind, is fitted by what is usual for its model. */
function withInference(input: unknown): unknown {
  if (!isGroup(input) || !isGroup(input['model'])) return input
  const kind = input['model']['kind'] as ModelKind
  if (!modelKinds.includes(kind)) return input
  const inference = input['inference'] ?? {}
  if (!isGroup(inference) || 'kind' in inference) return input
  return { ...input, inference: { kind: inferenceKindsOf[kind][0], ...inference } }
}

const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
