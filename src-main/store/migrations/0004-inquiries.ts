import type { Migration } from './migration'

export const inquiries: Migration = {
  version: 4,
  name: 'questions about runs that take long to answer',
  sql: `
    CREATE TABLE inquiries (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      run TEXT NOT NULL,
      status TEXT NOT NULL,
      document TEXT NOT NULL,
      answer TEXT
    ) STRICT;
    CREATE INDEX inquiriesByRun ON inquiries (run);
    CREATE INDEX inquiriesByStatus ON inquiries (status);
  `,
}
