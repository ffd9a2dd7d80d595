// The journal stays short however long the receiver is on.
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { asEpochNs, formatRfc3339 } from '../../../shared/base/time.ts'
import {
  foldJournal,
  JOURNAL_SQL,
  type JournalEntry,
  type JournalSource,
  RECEIVED_FORMAT,
  READ_JOURNAL_SQL,
  writeJournal,
} from './journal.ts'

const SOURCE: JournalSource = { id: 'otlp-1', name: 'Received', kind: 'otlp', origin: [], createdAt: '' }
const SECOND = 1_000_000_000n
const rowsOf = (spans: number, from: bigint, to: bigint) => ({
  spans,
  logs: 1,
  samples: 0,
  series: 0,
  objects: 0,
  happenings: 0,
  userEvents: 0,
  from,
  to,
})

test('entries of the receiver that are old become one that has all their rows; others stay as they are', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`ATTACH ':memory:' AS telemetry`)
  await connection.run(JOURNAL_SQL)
  const file = (n: number, format: string) => ({
    sha256: `h${n}`,
    path: '',
    bytes: 0,
    format,
    rowsTaken: 1,
    rowsSkipped: 0,
    importedAt: formatRfc3339(asEpochNs(BigInt(n) * SECOND)),
  })
  for (const n of [1, 2, 3, 4])
    await writeJournal(connection, 7, SOURCE, rowsOf(n, BigInt(10 - n), BigInt(10 + n)), file(n, RECEIVED_FORMAT))
  await writeJournal(connection, 7, SOURCE, rowsOf(100, 1n, 99n), file(1, 'otlp-json'))
  await writeJournal(connection, 8, SOURCE, rowsOf(50, 1n, 99n), file(1, RECEIVED_FORMAT))
  await foldJournal(connection, 7, asEpochNs(4n * SECOND))
  const entries = (await connection.runAndReadAll(READ_JOURNAL_SQL)).getRows().map(([text]) => {
    const { key, file: of, rows } = JSON.parse(String(text)) as JournalEntry
    return [key, of?.sha256, rows.spans, rows.logs, rows.from, rows.to]
  })
  expect(entries).toEqual([
    [7, 'h4', 4, 1, '6', '14'],
    [7, 'h1', 100, 1, '1', '99'],
    [8, 'h1', 50, 1, '1', '99'],
    [7, '', 6, 3, '7', '13'],
  ])
})
