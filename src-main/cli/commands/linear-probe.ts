import { say } from '../language'
import type { Result } from '../output'
import type { Session } from '../session'

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** How well planes through the codes of a VAE tell the classes. */
export async function probe({ client }: Session, id: string): Promise<Result> {
  const result = await client.call('inspect.linearProbe', { id })
  const lines = result.parts.map(({ part, rows, accuracy, crossEntropy, largestClass }) =>
    say(
      `${part}: ${percent(accuracy)} of ${rows} rows right (the most common class alone: ${percent(largestClass)}), ${crossEntropy.toFixed(4)} nats per row`,
      `${part}：${rows} 行中 ${percent(accuracy)} 判断正确（仅猜最常见类别：${percent(largestClass)}），每行 ${crossEntropy.toFixed(4)} 奈特`,
    ),
  )
  const end = result.converged ? [] : [say('The regression has not converged.', '回归尚未收敛。')]
  return { json: result, text: [...lines, ...end].join('\n') }
}
