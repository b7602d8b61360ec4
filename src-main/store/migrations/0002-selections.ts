import type { Migration } from './migration'

export const selections: Migration = {
  version: 2,
  name: 'selections and their units',
  sql: `
    CREATE TABLE selections (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      status TEXT NOT NULL,
      datasetId TEXT NOT NULL,
      createdAt TEXT NOT NULL,
      -- The selection as it is told, without its units.
      document TEXT NOT NULL
    ) STRICT;
    CREATE INDEX selectionsByStatus ON selections (status);

    -- What every fit of a selection gave, in the order they were done.
    CREATE TABLE selectionUnits (
      number INTEGER PRIMARY KEY,
      selection INTEGER NOT NULL REFERENCES selections (number) ON DELETE CASCADE,
      name TEXT NOT NULL,
      document TEXT NOT NULL,
      UNIQUE (selection, name)
    ) STRICT;
  `,
}
