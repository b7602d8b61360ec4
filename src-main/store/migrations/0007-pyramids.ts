import type { Migration } from './migration'

export const pyramids: Migration = {
  version: 7,
  name: 'lowest and highest of chunks of points',
  // null where a chunk is short, or was written by an earlier version: then they are found from its points
  sql: 'ALTER TABLE metricChunks ADD COLUMN pyramid BLOB',
}
