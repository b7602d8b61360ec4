import type { MethodOutput } from '@shared/rpc/contract'
import { say } from '../language'
import { type Result, table } from '../output'
import type { Session } from '../session'

type GivenUp = MethodOutput<'inspect.givenUp'>

/** Every restart of a fit with its optimum, how many starts came there, and of a mixture the starts that were given up on the way. */
export async function restarts({ client }: Session, id: string): Promise<Result> {
  const found = await client.call('inspect.restarts', { id })
  const givenUp = await client.call('inspect.givenUp', { id }).catch((error: unknown): GivenUp => {
    if (error instanceof Error && 'code' in error && error.code === 'run/not-for-this-model') return []
    throw error
  })
  const json = found.map((restart) => ({ ...restart, alike: givenUp.filter((one) => one.restart === restart.index).length }))
  const sorted = [...json].sort((a, b) => Number(b.chosen) - Number(a.chosen) || (b.logLikelihood ?? -Infinity) - (a.logLikelihood ?? -Infinity))
  const lines = sorted.map(({ index, origin, iterations, logLikelihood, converged, spurious, chosen, alike }) => [
    index + 1,
    origin ?? '',
    iterations,
    logLikelihood === null ? '' : logLikelihood.toPrecision(10),
    alike,
    [chosen ? say('chosen', '选中') : '', spurious ? say('spurious', '伪解') : '', converged ? '' : say('not converged', '未收敛')].filter(Boolean).join(', '),
  ])
  const head = [say('restart', '重启'), say('from', '起点'), say('iterations', '迭代'), say('per row', '每行'), say('others as high', '同高'), '']
  const count = (fate: GivenUp[number]['fate']): number => givenUp.filter((one) => one.fate === fate).length
  const summary = say(
    `${found.length + givenUp.length} starts and moves: ${found.length} went to the end, ${count('same')} stood as high as one of these, ${count('behind')} fell behind, ${count('collapsed') + count('spurious')} collapsed or became spurious.`,
    `共 ${found.length + givenUp.length} 个起点和移动：${found.length} 个进行到底，${count('same')} 个与其中之一同高，${count('behind')} 个落后，${count('collapsed') + count('spurious')} 个退化。`,
  )
  return { json: { restarts: json, givenUp }, text: givenUp.length === 0 ? table(head, lines) : `${table(head, lines)}\n${summary}` }
}
