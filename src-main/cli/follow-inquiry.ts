import { type Inquiry, type InquiryAnswer, type InquiryQuestion, isOver } from '@shared/domain/inquiry'
import type { Client } from '@shared/rpc/client'
import { AppError, RemoteError } from '@shared/rpc/errors'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { Cancelled, tell } from './output'
import { createProgressBar, progressLabel } from './progress-bar'

/** Asks a question about a run and follows it to its answer, with progress on stderr; the user's interruption cancels it. */
export async function followInquiry(
  question: { run: string; question: InquiryQuestion },
  { client, interruptions }: { client: Client; interruptions: Interruptions },
): Promise<InquiryAnswer> {
  const bar = createProgressBar()
  let id: string | null = null
  let early: Inquiry[] = []
  let finish: (inquiry: Inquiry) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const ended = new Promise<Inquiry>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  ended.catch(() => {})
  const show = (inquiry: Inquiry): void => {
    if (inquiry.progress) bar.show(inquiry.progress.fraction, progressLabel({ ...inquiry.progress, phase: say(inquiry.progress.phase, '计算') }))
    if (isOver(inquiry)) finish(inquiry)
  }
  const look = async (): Promise<void> => {
    if (id !== null) show((await client.call('inquiries.get', { id })).inquiry)
  }
  const ends = [
    client.on('inquiry.changed', ({ inquiry }) => {
      if (id === null) early.push(inquiry)
      else if (inquiry.id === id) show(inquiry)
    }),
    client.onGap(() => void look().catch(fail)),
  ]
  const release = interruptions.handle(async (times) => {
    if (id === null || times > 1) return false
    bar.clear()
    tell(say('Cancelling …', '正在取消……'))
    await client.call('inquiries.cancel', { id })
    return true
  })
  try {
    const begun = await client.call('inquiries.start', question)
    id = begun.id
    for (const inquiry of [begun, ...early]) if (inquiry.id === id) show(inquiry)
    early = []
    return await answered(client, await ended)
  } finally {
    release()
    bar.clear()
    for (const end of ends) end()
  }
}

async function answered(client: Client, { id, status, error }: Inquiry): Promise<InquiryAnswer> {
  if (status === 'cancelled') throw new Cancelled()
  if (error) throw new RemoteError(error)
  const { answer } = await client.call('inquiries.get', { id })
  if (!answer) throw new AppError('inquiry/interrupted', {})
  return answer
}
