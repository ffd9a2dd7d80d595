// Writes the schema of the stores as they are now, with some rows, as SQL text: `test/fixtures/schemas/<store>-<number>.sql`.
// Run before a migration is added; the migrations are then tried from every number there ever was. A fixture that is
// there is never written again: it is what people have on their disks.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { MIGRATIONS } from '../src/main/storage/catalog/migrations/index.ts'
import { TELEMETRY_SCHEMA_VERSION, TELEMETRY_TABLES } from '../src/main/storage/telemetry/schema.ts'
import { ROOT } from './lib/run.ts'

const FOLDER = join(ROOT, 'test/fixtures/schemas')

/** Rows that every schema since the first can hold. */
const ROWS = `
INSERT INTO sources (key, id, name, kind, state, from_time, to_time, row_count, clock_offset_ns, created_at, undo_until, counts, origin, read_only)
  VALUES (7, 'import-a', 'checkout.log', 'import', 'ready', '2026-11-02T14:00:00.000000000Z', '2026-11-02T15:00:00.000000000Z', 2, '-5', '2026-11-02T16:00:00.000000000Z', NULL,
  '{"spans":0,"logs":2,"samples":0,"series":0,"objects":0,"happenings":0,"userEvents":0}', '["/logs/checkout.log"]', 0);
INSERT INTO imports (id, sha256, source, path, bytes, format, rows_taken, rows_skipped, imported_at)
  VALUES (1, 'cafe', 'import-a', '/logs/checkout.log', 120, 'ndjson', 2, 1, '2026-11-02T16:00:00.000000000Z');
INSERT INTO settings (name, value) VALUES ('theme', '"dark"');
INSERT INTO incidents (number, id, title, severity, stage, range, sources, services, tags, roles, summary, created_at, updated_at, read_only, removed)
  VALUES (12, 'inc-a', 'Checkout slow', 'major', 'detected', '{"from":"2026-11-02T14:00:00Z","to":"2026-11-02T15:00:00Z"}', '["import-a"]', '["checkout"]', '[]', '{}', '', '2026-11-02T16:00:00.000000000Z', '2026-11-02T16:00:00.000000000Z', 0, 0);
INSERT INTO stamps (incident, stage, at, recorded_at) VALUES ('inc-a', 'detected', '2026-11-02T14:00:00.000000000Z', '2026-11-02T16:00:00.000000000Z');
INSERT INTO entries (seq, id, incident, kind, at, recorded_at, edited_at, title, markdown, what, completeness, lane, answer, removed)
  VALUES (1, 'ent-a', 'inc-a', 'note', '2026-11-02T14:05:00.000000000Z', '2026-11-02T16:00:00.000000000Z', NULL, '', 'retries amplify it', NULL, NULL, 0, NULL, 0);
`

function write(name: string, text: string): void {
  const path = join(FOLDER, name)
  if (existsSync(path)) return void process.stdout.write(`${name} is there already\n`)
  writeFileSync(path, text)
  process.stdout.write(`${name} written\n`)
}

for (let number = 1; number <= MIGRATIONS.length; number++) {
  const db = new Database(':memory:')
  for (const migration of MIGRATIONS.slice(0, number)) db.exec(migration)
  const made = db
    .prepare<[], string>(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`)
    .pluck()
    .all()
  db.exec(ROWS)
  db.close()
  const pragmas = `PRAGMA application_id = ${0x5744434b};\nPRAGMA user_version = ${number};\n`
  write(`catalog-${number}.sql`, `-- The catalog as schema ${number} left it.\n${made.join(';\n')};\n${ROWS}${pragmas}`)
}

const tables = Object.entries(TELEMETRY_TABLES).map(([name, columns]) => {
  const store = name === 'user_events' ? 'events' : 'telemetry'
  return `CREATE TABLE ${store}.main.${name} (${columns});`
})
write(
  `telemetry-${TELEMETRY_SCHEMA_VERSION}.sql`,
  `-- Both DuckDB stores as schema ${TELEMETRY_SCHEMA_VERSION} left them, attached as telemetry and events.
CREATE TABLE telemetry.main.store (name VARCHAR NOT NULL, value VARCHAR NOT NULL);
CREATE TABLE events.main.store (name VARCHAR NOT NULL, value VARCHAR NOT NULL);
${tables.join('\n')}
CREATE TABLE events.main.staged (batch VARCHAR NOT NULL, ${TELEMETRY_TABLES.user_events});
CREATE TABLE telemetry.main.commits (batch VARCHAR NOT NULL);
INSERT INTO telemetry.main.store VALUES ('schema', '${TELEMETRY_SCHEMA_VERSION}');
INSERT INTO events.main.store VALUES ('schema', '${TELEMETRY_SCHEMA_VERSION}');
INSERT INTO telemetry.main.attributes (source, hash, json) VALUES (7, 1, '{"k":"v"}');
INSERT INTO telemetry.main.logs (source, id, time_ns, observed_ns, severity, service, body, attrs, resource)
  VALUES (7, 0, 1793628000000000000, 0, 9, 'checkout', 'order placed', 1, 1), (7, 1, 1793631599000000000, 0, 17, 'checkout', 'order failed', 1, 1);
`,
)
