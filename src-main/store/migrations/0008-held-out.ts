import type { Migration } from './migration'

export const heldOut: Migration = {
  version: 8,
  name: 'how figures of held-out rows were estimated',
  sql: `
    ALTER TABLE runs ADD COLUMN heldOut TEXT NOT NULL DEFAULT '{}';
    -- the same once more, by key
    ALTER TABLE figures ADD COLUMN heldOut TEXT;
  `,
}
