import { fillColumns } from '../run-columns'
import type { Migration } from './migration'

/** The documents of a run stand at the end of its row, so that a list, which needs none of them, does not have to read past them. */
const moveToEnd = (column: string): string => `
    ALTER TABLE runs RENAME COLUMN ${column} TO former;
    ALTER TABLE runs ADD COLUMN ${column} TEXT NOT NULL DEFAULT '{}';
    UPDATE runs SET ${column} = former;
    ALTER TABLE runs DROP COLUMN former;`

export const runColumns: Migration = {
  version: 5,
  name: 'columns of the table of runs, shelves, saved views',
  sql: `
    ALTER TABLE runs ADD COLUMN shelf TEXT NOT NULL DEFAULT 'current';
    ALTER TABLE runs ADD COLUMN inferenceKind TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN seed INTEGER NOT NULL DEFAULT 0;
    -- Runs with the same number differ in nothing but seed and name.
    ALTER TABLE runs ADD COLUMN variant INTEGER NOT NULL DEFAULT 0;
    ${moveToEnd('spec')}
    ${moveToEnd('environment')}
    ${moveToEnd('metrics')}
    CREATE TABLE variants (
      number INTEGER PRIMARY KEY,
      document TEXT NOT NULL UNIQUE
    ) STRICT;

    -- runs.metrics once more, by key: what a column, a sort, a condition or a group of runs reads. Lowest and highest are over the points.
    CREATE TABLE figures (
      key INTEGER NOT NULL REFERENCES metricKeys (number),
      run INTEGER NOT NULL,
      value REAL,
      lowest REAL,
      highest REAL,
      PRIMARY KEY (key, run)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE parameterKeys (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;
    -- runs.spec once more, by path, with the name of the data: numbers, and everything else as text.
    CREATE TABLE parameters (
      key INTEGER NOT NULL REFERENCES parameterKeys (number),
      run INTEGER NOT NULL,
      value ANY NOT NULL,
      PRIMARY KEY (key, run)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE views (
      name TEXT PRIMARY KEY,
      document TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  fill: fillColumns,
}
