import { type BenchedEstimator, type EstimatorBenchOptions, benchedTitle } from '@shared/domain/estimator-bench'
import { followInquiry } from '../follow-inquiry'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { type Result, inWords, table } from '../output'
import type { Session } from '../session'

export async function estimators(run: string, flags: Partial<EstimatorBenchOptions>, { session, interruptions }: { session: Session; interruptions: Interruptions }): Promise<Result> {
  const question = { kind: 'estimators' as const, options: flags as EstimatorBenchOptions }
  const answer = await followInquiry({ run, question }, { client: session.client, interruptions })
  if (answer.kind !== 'estimators') throw new Error('the answer is of another kind')
  const { bench: found } = answer
  const shown = (value: number | null): string => (value === null ? '–' : value.toPrecision(3))
  const share = (value: number | null, { exactNorm }: BenchedEstimator): string => (value === null || !exactNorm ? '–' : (value / exactNorm).toFixed(3))
  const rows = found.estimators.map((one) => [
    `${benchedTitle(one)}${one.biased ? say(' (biased)', '（有偏）') : ''}`,
    one.target,
    one.samples,
    shown(one.variance),
    shown(one.varianceError),
    share(one.distance, one),
    share(one.chance, one),
    one.beyond === null ? '–' : `${one.beyond}/${one.coordinates}`,
  ])
  const head = [
    say('estimator', '估计量'),
    say('gradient of', '目标'),
    say('draws', '抽样数'),
    say('variance', '方差'),
    '±',
    say('distance/‖gradient‖', '偏离/‖梯度‖'),
    say('by chance', '随机误差'),
    say('beyond 4 s.e.', '超出 4 标准误'),
  ]
  const reference =
    found.codes === null
      ? say(`gradient: mean of ${found.referenceDraws} reparameterized draws per row`, `梯度：每行 ${found.referenceDraws} 次重参数化抽样的均值`)
      : say(`gradient: enumeration of ${found.codes} codes`, `梯度：枚举 ${found.codes} 种编码`)
  const note = say(
    `${found.part}, ${found.rows} rows, ${found.replicates} estimates each · ${reference}`,
    `${found.part}，${found.rows} 行，每种 ${found.replicates} 次估计 · ${reference}`,
  )
  return { json: found, text: `${table(head, rows)}\n${note}\n${found.verdict.map((one) => inWords(one)).join('\n')}` }
}
