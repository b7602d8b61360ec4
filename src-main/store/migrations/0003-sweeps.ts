import type { Migration } from './migration'

export const sweeps: Migration = {
  version: 3,
  name: 'sweeps and trials',
  sql: `
    CREATE TABLE sweeps (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      status TEXT NOT NULL,
      spec TEXT NOT NULL,
      "plan" TEXT NOT NULL,
      datasetName TEXT NOT NULL,
      createdAt TEXT NOT NULL,
      endedAt TEXT,
      error TEXT,
      enqueued TEXT NOT NULL
    ) STRICT;
    CREATE INDEX sweepsByStatus ON sweeps (status);

    CREATE TABLE trials (
      sweep INTEGER NOT NULL REFERENCES sweeps (number) ON DELETE CASCADE,
      "index" INTEGER NOT NULL,
      status TEXT NOT NULL,
      parameters TEXT NOT NULL,
      -- Of the first objective, for the best of a list of sweeps; "values" has all of them.
      value REAL,
      "values" TEXT NOT NULL,
      reason TEXT,
      source TEXT NOT NULL,
      epochs INTEGER,
      startedAt TEXT NOT NULL,
      endedAt TEXT,
      PRIMARY KEY (sweep, "index")
    ) STRICT, WITHOUT ROWID;

    -- The runs of a trial, one per seed. A run may be removed; that it was of the trial stays true.
    CREATE TABLE trialRuns (
      sweep INTEGER NOT NULL,
      trial INTEGER NOT NULL,
      seed INTEGER NOT NULL,
      run TEXT NOT NULL,
      PRIMARY KEY (sweep, trial, seed),
      FOREIGN KEY (sweep, trial) REFERENCES trials (sweep, "index") ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trialRunsByRun ON trialRuns (run);
  `,
}
