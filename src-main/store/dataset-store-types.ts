import type { Dataset } from '@shared/domain/dataset'

/** What the dataset service asks of the database. Everything is synchronous; a write is done when the call returns. */
export interface DatasetStore {
  insert(dataset: Dataset): void
  /** Name and everything else of one that is there; its data never change. */
  update(dataset: Dataset): void
  get(id: string): Dataset | null
  findByName(name: string): Dataset | null
  findBySha(sha256: string): Dataset | null
  /** In the order they were added. */
  list(): Dataset[]
  remove(id: string): void
  /** Ids of the runs, of any status, that were made on this dataset. */
  runsUsing(id: string): string[]
}
