import type { GapFigure, GapsOptions } from '@shared/domain/gaps'
import { followInquiry } from '../follow-inquiry'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { type Result, inWords, table } from '../output'
import type { Session } from '../session'

export async function gaps(run: string, flags: Partial<GapsOptions>, { session, interruptions }: { session: Session; interruptions: Interruptions }): Promise<Result> {
  const answer = await followInquiry({ run, question: { kind: 'gaps', options: flags as GapsOptions } }, { client: session.client, interruptions })
  if (answer.kind !== 'gaps') throw new Error('the answer is of another kind')
  const found = answer.gaps
  const row = (name: string, { value, standardError }: GapFigure): string[] => [name, value.toFixed(4), standardError.toFixed(4)]
  const rows = [
    row(say('ELBO, the encoder\'s q', 'ELBO，编码器的 q'), found.elbo),
    row(say('ELBO, q refined for each row', 'ELBO，逐行细化的 q'), found.refinedElbo),
    row('log p(x)', found.logLikelihood),
    row(say('amortization gap', '摊销差距'), found.amortizationGap),
    row(say('approximation gap', '近似差距'), found.approximationGap),
  ]
  const head = [say('nats, mean per row', '奈特，每行平均'), say('value', '值'), say('standard error', '标准误')]
  const note = `${found.part}, ${found.rows} · ${found.estimator}, ${found.samples}`
  return { json: found, text: `${table(head, rows)}\n${note}\n${found.verdict.map((one) => inWords(one)).join('\n')}` }
}
