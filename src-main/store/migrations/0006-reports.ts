import type { Migration } from './migration'

export const reports: Migration = {
  version: 6,
  name: 'reports as they are built',
  sql: `
    CREATE TABLE reports (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      createdAt TEXT NOT NULL,
      updatedAt TEXT NOT NULL,
      "plan" TEXT NOT NULL
    ) STRICT;
  `,
}
