import type { Migration } from './migration'

export const datasetsRunsMetrics: Migration = {
  version: 1,
  name: 'datasets, runs, metric chunks, artifacts',
  sql: `
    CREATE TABLE datasets (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      sha256 TEXT NOT NULL,
      createdAt TEXT NOT NULL,
      document TEXT NOT NULL
    ) STRICT;
    CREATE INDEX datasetsBySha256 ON datasets (sha256);

    CREATE TABLE runs (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      status TEXT NOT NULL,
      modelKind TEXT NOT NULL,
      spec TEXT NOT NULL,
      datasetId TEXT NOT NULL,
      datasetName TEXT NOT NULL,
      datasetSha256 TEXT NOT NULL,
      createdAt TEXT NOT NULL,
      startedAt TEXT,
      endedAt TEXT,
      durationMs REAL,
      progress TEXT,
      device TEXT,
      runtime TEXT,
      converged INTEGER,
      iterations INTEGER,
      epochs INTEGER,
      metrics TEXT NOT NULL,
      warnings TEXT NOT NULL,
      error TEXT,
      tags TEXT NOT NULL,
      notes TEXT NOT NULL,
      environment TEXT NOT NULL,
      resumable INTEGER NOT NULL,
      -- Batches of metrics stored so far: what a snapshot is complete up to.
      sequence INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX runsByStatus ON runs (status);
    CREATE INDEX runsByDataset ON runs (datasetId);

    CREATE TABLE metricKeys (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    -- Points of one key of one run, in order: little-endian float64, NaN for a value that was not finite.
    CREATE TABLE metricChunks (
      run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
      key INTEGER NOT NULL REFERENCES metricKeys (number),
      sequence INTEGER NOT NULL,
      steps BLOB NOT NULL,
      "values" BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX metricChunksInOrder ON metricChunks (run, key, sequence);

    CREATE TABLE artifacts (
      run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      step REAL,
      bytes INTEGER NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;
  `,
}
