import { type Report, reportPlanSchema } from '@shared/domain/report'
import type { SqliteDatabase } from './open-database'

export interface ReportStore {
  /** Inserts, or replaces the one of the same id. */
  put(report: Report): void
  get(id: string): Report | null
  remove(id: string): void
  /** Last changed first. */
  list(): Report[]
}

interface Row {
  id: string
  createdAt: string
  updatedAt: string
  plan: string
}
/** Fields that came later have their defaults. */
const toReport = ({ plan, ...row }: Row): Report => ({ ...row, plan: reportPlanSchema.parse(JSON.parse(plan)) })

export function createReportStore(database: SqliteDatabase): ReportStore {
  const put = database.prepare(
    `INSERT INTO reports (id, createdAt, updatedAt, "plan") VALUES (@id, @createdAt, @updatedAt, @plan)
     ON CONFLICT (id) DO UPDATE SET updatedAt = excluded.updatedAt, "plan" = excluded."plan"`,
  )
  const get = database.prepare<{ id: string }, Row>('SELECT id, createdAt, updatedAt, "plan" FROM reports WHERE id = @id')
  const list = database.prepare<[], Row>('SELECT id, createdAt, updatedAt, "plan" FROM reports ORDER BY updatedAt DESC, number DESC')
  const remove = database.prepare<{ id: string }>('DELETE FROM reports WHERE id = @id')
  return {
    put: ({ plan, ...report }) => void put.run({ ...report, plan: JSON.stringify(plan) }),
    get: (id) => {
      const row = get.get({ id })
      return row ? toReport(row) : null
    },
    remove: (id) => void remove.run({ id }),
    list: () => list.all().map(toReport),
  }
}
