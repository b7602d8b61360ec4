import type { DisentanglingOptions } from '@shared/domain/disentangling'
import { followInquiry } from '../follow-inquiry'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { type Result, table } from '../output'
import type { Session } from '../session'

export async function disentangle(
  run: string,
  dataset: string | undefined,
  flags: Partial<DisentanglingOptions>,
  { session, interruptions }: { session: Session; interruptions: Interruptions },
): Promise<Result> {
  const question = { kind: 'disentangle' as const, ...(dataset === undefined ? {} : { dataset }), options: flags as DisentanglingOptions }
  const answer = await followInquiry({ run, question }, { client: session.client, interruptions })
  if (answer.kind !== 'disentangle') throw new Error('the answer is of another kind')
  const { disentangling: found } = answer
  const shown = (value: number | null): string => (value === null ? '–' : value.toFixed(4))
  const scores = [
    ['MIG', shown(found.mig)],
    ['SAP', shown(found.sap)],
    ['FactorVAE', shown(found.factorVae)],
    [say('DCI disentanglement', 'DCI 解耦性'), shown(found.disentanglement)],
    [say('DCI completeness', 'DCI 完备性'), shown(found.completeness)],
  ]
  const importances = found.importance.map((row, latent) => [`z${latent + 1}`, ...row.map((value) => Number(value.toFixed(4)))])
  const note =
    found.factors.length < 2
      ? [say('One factor alone: FactorVAE score and disentanglement would be 1 of any code.', '只有一个因子：任何编码的 FactorVAE 分数与解耦性都会是 1。')]
      : []
  const head = say(`${found.rows} rows, ${found.latents} latents`, `${found.rows} 行，${found.latents} 个隐维度`)
  const parts = [head, table([say('metric', '指标'), say('value', '值')], scores), table([say('importance', '重要性'), ...found.factors.map(({ name }) => name)], importances)]
  return { json: found, text: [...parts, ...note].join('\n\n') }
}
