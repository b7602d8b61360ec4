import type { Inquiry, InquiryAnswer, InquiryStatus } from '@shared/domain/inquiry'
import type { SqliteDatabase } from './open-database'

export interface InquiryStore {
  insert(inquiry: Inquiry): void
  get(id: string): Inquiry | null
  /** Writes the given fields and returns the whole inquiry. */
  update(id: string, change: Partial<Inquiry>): Inquiry
  /** Keeps the answer and ends the inquiry in one transaction. */
  answer(id: string, answer: InquiryAnswer, change: Partial<Inquiry>): Inquiry
  answerOf(id: string): InquiryAnswer | null
  remove(id: string): void
  /** Newest first; of one run, or of all. */
  list(run?: string): Inquiry[]
  withStatus(...statuses: InquiryStatus[]): Inquiry[]
}

interface Row {
  document: string
}
const parsed = ({ document }: Row): Inquiry => JSON.parse(document) as Inquiry
/** JSON has no place for a number that is not finite. */
const withoutNonFinite = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? null : value)

export function createInquiryStore(database: SqliteDatabase): InquiryStore {
  const insert = database.prepare('INSERT INTO inquiries (id, run, status, document) VALUES (@id, @run, @status, @document)')
  const get = database.prepare<{ id: string }, Row>('SELECT document FROM inquiries WHERE id = @id')
  const update = database.prepare('UPDATE inquiries SET status = @status, document = @document WHERE id = @id')
  const setAnswer = database.prepare('UPDATE inquiries SET answer = @answer WHERE id = @id')
  const getAnswer = database.prepare<{ id: string }, { answer: string | null }>('SELECT answer FROM inquiries WHERE id = @id')
  const remove = database.prepare<{ id: string }>('DELETE FROM inquiries WHERE id = @id')
  const list = database.prepare<[], Row>('SELECT document FROM inquiries ORDER BY number DESC')
  const ofRun = database.prepare<{ run: string }, Row>('SELECT document FROM inquiries WHERE run = @run ORDER BY number DESC')
  const byStatus = database.prepare<{ statuses: string }, Row>(
    'SELECT document FROM inquiries WHERE status IN (SELECT value FROM json_each(@statuses)) ORDER BY number',
  )
  const one = (id: string): Inquiry | null => {
    const row = get.get({ id })
    return row ? parsed(row) : null
  }
  const change = (id: string, fields: Partial<Inquiry>): Inquiry => {
    const before = one(id)
    if (!before) throw new Error(`inquiry ${id} is not stored`)
    const inquiry = { ...before, ...fields }
    update.run({ id, status: inquiry.status, document: JSON.stringify(inquiry, withoutNonFinite) })
    return inquiry
  }
  const changeWithAnswer = database.transaction((id: string, answer: InquiryAnswer, fields: Partial<Inquiry>): Inquiry => {
    setAnswer.run({ id, answer: JSON.stringify(answer, withoutNonFinite) })
    return change(id, fields)
  })
  return {
    insert: (inquiry) => {
      const { id, runId, status } = inquiry
      insert.run({ id, run: runId, status, document: JSON.stringify(inquiry, withoutNonFinite) })
    },
    get: one,
    update: change,
    answer: changeWithAnswer,
    answerOf: (id) => {
      const answer = getAnswer.get({ id })?.answer
      return answer === undefined || answer === null ? null : (JSON.parse(answer) as InquiryAnswer)
    },
    remove: (id) => void remove.run({ id }),
    list: (run) => (run === undefined ? list.all() : ofRun.all({ run })).map(parsed),
    withStatus: (...statuses) => byStatus.all({ statuses: JSON.stringify(statuses) }).map(parsed),
  }
}
