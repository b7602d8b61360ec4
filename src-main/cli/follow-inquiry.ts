import { type Inquiry, type InquiryAnswer, type InquiryQuestion, isOver } from '@shared/domain/inquiry'
import type { Client } from '@shared/rpc/client'
import { AppError, RemoteError } from '@shared/rpc/errors'
import { cancelOnce, follow } from './follow'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { Cancelled } from './output'
import { createProgressBar, progressLabel } from './progress-bar'

/** Asks a question about a run and follows it to its answer, with progress on stderr; the user's interruption cancels it. */
export async function followInquiry(
  question: { run: string; question: InquiryQuestion },
  { client, interruptions }: { client: Client; interruptions: Interruptions },
): Promise<InquiryAnswer> {
  const bar = createProgressBar()
  const ended = await follow<Inquiry>({
    ...{ client, interruptions, bar, isOver },
    begin: () => client.call('inquiries.start', question),
    look: async (id) => (await client.call('inquiries.get', { id })).inquiry,
    show: ({ progress }) => progress && bar.show(progress.fraction, progressLabel({ ...progress, phase: say(progress.phase, '计算') })),
    listen: ({ changed }) => [client.on('inquiry.changed', ({ inquiry }) => changed(inquiry))],
    interrupt: cancelOnce((id) => client.call('inquiries.cancel', { id })),
  })
  return answered(client, ended)
}

async function answered(client: Client, { id, status, error }: Inquiry): Promise<InquiryAnswer> {
  if (status === 'cancelled') throw new Cancelled()
  if (error) throw new RemoteError(error)
  const { answer } = await client.call('inquiries.get', { id })
  if (!answer) throw new AppError('inquiry/interrupted', {})
  return answer
}
