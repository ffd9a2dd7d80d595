// Schema 1: sources, imports, settings, jobs, incidents with stamps and entries, audit.
// Rules that must hold whoever writes are in the database itself: stamps and audit lines are never changed.

export const initial = `
CREATE TABLE sources (
  key INTEGER PRIMARY KEY AUTOINCREMENT, -- carried by telemetry rows, so a key is never given out twice
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  from_time TEXT,
  to_time TEXT,
  row_count INTEGER,
  clock_offset_ns TEXT NOT NULL DEFAULT '0',
  created_at TEXT NOT NULL,
  undo_until TEXT,
  counts TEXT NOT NULL,
  origin TEXT NOT NULL,
  read_only INTEGER NOT NULL
) STRICT;

CREATE TABLE imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 TEXT NOT NULL,
  source TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  format TEXT NOT NULL,
  rows_taken INTEGER NOT NULL,
  rows_skipped INTEGER NOT NULL,
  imported_at TEXT NOT NULL
) STRICT;
CREATE INDEX imports_by_hash ON imports (sha256);
CREATE INDEX imports_by_source ON imports (source);

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  started_at TEXT NOT NULL,
  job TEXT NOT NULL,
  result TEXT
) STRICT;
CREATE INDEX jobs_by_start ON jobs (started_at);

CREATE TABLE incidents (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  severity TEXT NOT NULL,
  stage TEXT NOT NULL,
  range TEXT NOT NULL,
  sources TEXT NOT NULL,
  services TEXT NOT NULL,
  tags TEXT NOT NULL,
  roles TEXT NOT NULL,
  summary TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  read_only INTEGER NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE stamps (
  incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  stage TEXT NOT NULL,
  at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  PRIMARY KEY (incident, stage)
) STRICT;
CREATE TRIGGER stamps_never_change BEFORE UPDATE ON stamps
BEGIN SELECT RAISE(ABORT, 'a stamp is written once'); END;
CREATE TRIGGER stamps_stay_with_incident BEFORE DELETE ON stamps WHEN EXISTS (SELECT 1 FROM incidents WHERE id = OLD.incident)
BEGIN SELECT RAISE(ABORT, 'a stamp goes only with its incident'); END;

CREATE TABLE entries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  edited_at TEXT,
  title TEXT NOT NULL,
  markdown TEXT NOT NULL,
  what TEXT,
  completeness TEXT,
  lane INTEGER NOT NULL,
  answer TEXT,
  removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX entries_by_incident ON entries (incident, at);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
`
