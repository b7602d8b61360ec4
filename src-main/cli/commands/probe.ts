import type { ProbeOptions } from '@shared/domain/probing'
import { followInquiry } from '../follow-inquiry'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { type Result, table } from '../output'
import type { Session } from '../session'

export async function probe(run: string, flags: Partial<ProbeOptions>, { session, interruptions }: { session: Session; interruptions: Interruptions }): Promise<Result> {
  const answer = await followInquiry({ run, question: { kind: 'probe', options: flags as ProbeOptions } }, { client: session.client, interruptions })
  if (answer.kind !== 'probe') throw new Error('the answer is of another kind')
  const { probing } = answer
  const names = { code: say('codes of the model', '模型的编码'), pca: say('principal components', '主成分'), x: say('the rows themselves', '原始数据行') }
  const rows = probing.representations.map(({ name, columns, score, standardError }) => [names[name], columns, Number(score.toFixed(4)), Number(standardError.toFixed(4))])
  const measure = probing.measure === 'accuracy' ? say('accuracy', '准确率') : 'R²'
  const note = say(
    `${probing.kind} probe, ${probing.folds} folds, ${probing.rows} of ${probing.labelled} labelled rows; chance ${probing.chance.toFixed(4)}`,
    `${probing.kind} 探针，${probing.folds} 折，${probing.labelled} 个有标签行中的 ${probing.rows} 个；随机水平 ${probing.chance.toFixed(4)}`,
  )
  return { json: probing, text: `${table([say('representation', '表示'), say('columns', '列数'), measure, say('standard error', '标准误')], rows)}\n${note}` }
}
