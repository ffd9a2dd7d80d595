// What this program believes about DuckDB's memory. When one of these fails after an update of the library, look at
// duck-memory.ts before anything else.

import { type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, UUID, VARCHAR } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ColumnSpec } from '../../../shared/frame/frame.ts'
import { cell } from '../../../shared/frame/frame.ts'
import { unpackInto } from './chunk-writer.ts'
import { TextColumn, TraceIdColumn, WordColumn } from './columns.ts'
import { readFrame } from './frame-reader.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => connection.disconnectSync())

async function cells(sql: string, specs: ColumnSpec[]) {
  const frame = await readFrame(await connection.stream(sql), specs, undefined)
  return Array.from({ length: frame.rowCount }, (_, row) => frame.columns.map((column) => cell(column, row)))
}

/** Writes texts with our own column and reads them back with the library's own reader and with ours. */
async function roundTrip(texts: Array<string | null>, column: TextColumn | WordColumn) {
  await connection.run('CREATE OR REPLACE TABLE t (x VARCHAR)')
  const appender = await connection.createAppender('t')
  texts.forEach((text, row) => {
    if (column instanceof TextColumn) column.set(row, text)
    else column.set(row, text ?? '')
  })
  const chunk = DuckDBDataChunk.create([VARCHAR], texts.length)
  unpackInto(duckdb.data_chunk_get_vector(chunk.chunk, 0), texts.length, column.pack(texts.length))
  appender.appendDataChunk(chunk)
  appender.closeSync()
  const theirs = (await connection.runAndReadAll('SELECT x FROM t')).getRows().map((row) => row[0])
  const ours = (await cells('SELECT x FROM t', [{ name: 'x', type: 'json' }])).map((row) => row[0])
  return { theirs, ours }
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    'twelve bytes',
    'thirteen byte',
    '日本語',
    '日本語の長いテキスト',
    'nul\0inside a long text',
    '😀😀😀😀',
    'x'.repeat(5000),
  ),
)

describe('strings', () => {
  it('written in one piece come back the same, by our reader and the library’s', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { minLength: 1, maxLength: 300 }), async (texts) => {
        const wellFormed = texts.map((t) => (t === null ? null : t.toWellFormed()))
        const { theirs, ours } = await roundTrip(texts, new TextColumn())
        expect(theirs).toEqual(wellFormed)
        expect(ours).toEqual(wellFormed)
      }),
      { numRuns: 60 },
    )
  })

  it('that repeat are handed over once and come back the same', async () => {
    const texts = Array.from({ length: 2048 }, (_, i) => `operation number ${i % 7} ${i % 3 === 0 ? '日本' : ''}`)
    const { theirs, ours } = await roundTrip(texts, new WordColumn())
    expect(theirs).toEqual(texts)
    expect(ours).toEqual(texts)
  })

  it('half a surrogate pair at the end of one and at the start of the next do not join', async () => {
    const { theirs } = await roundTrip(
      ['a long text that ends in \ud83d', '\ude00 begins another long text'],
      new TextColumn(),
    )
    expect(theirs).toEqual(['a long text that ends in \ufffd', '\ufffd begins another long text'])
  })

  it.each([
    [
      'stored',
      `SELECT CASE WHEN i % 11 = 0 THEN NULL ELSE repeat('é' || i, (i % 9)::BIGINT) END AS x FROM range(5000) r(i)`,
    ],
    ['sorted backwards', `SELECT repeat('é' || i, (i % 9)::BIGINT) AS x FROM range(5000) r(i) ORDER BY hash(i)`],
    [
      'aggregated',
      `SELECT string_agg(i::VARCHAR, ',' ORDER BY i) AS x FROM range(5000) r(i) GROUP BY i % 97 ORDER BY x`,
    ],
    [
      'joined, so that rows share memory',
      `SELECT b.x FROM range(5000) r(i) JOIN (SELECT j, repeat('word ' || j, 5) AS x FROM range(10) s(j)) b ON b.j = r.i % 10 ORDER BY i`,
    ],
    ['megabytes long', `SELECT repeat('0123456789', 100000 + i::INTEGER) AS x FROM range(40) r(i)`],
  ])('read the same as by the library when %s', async (_name, sql) => {
    const theirs = (await connection.runAndReadAll(sql)).getRows().map((row) => row[0])
    for (const type of ['json', 'string'] as const)
      expect((await cells(sql, [{ name: 'x', type }])).map((row) => row[0])).toEqual(theirs)
  })
})

describe('ids', () => {
  it('of traces are stored as UUIDs that print and order like their hex text', async () => {
    await connection.run('CREATE OR REPLACE TABLE u (x UUID)')
    const ids = [
      '0af7651916cd43dd8448eb211c80319c',
      'ff000000000000000000000000000001',
      '7fffffffffffffffffffffffffffffff',
      '1',
      '80000000000000000000000000000000',
    ]
    const column = new TraceIdColumn()
    ids.forEach((id, row) => {
      column.setHex(row, id)
    })
    const chunk = DuckDBDataChunk.create([UUID], ids.length)
    unpackInto(duckdb.data_chunk_get_vector(chunk.chunk, 0), ids.length, column.pack(ids.length))
    const appender = await connection.createAppender('u')
    appender.appendDataChunk(chunk)
    appender.closeSync()
    const rows = await cells(`SELECT x, replace(x::VARCHAR, '-', '') FROM u ORDER BY x`, [
      { name: 'a', type: 'string' },
      { name: 'b', type: 'string' },
    ])
    const sorted = ids.map((id) => id.padStart(32, '0')).sort()
    expect(rows).toEqual(sorted.map((id) => [id, id]))
  })
})

describe('numbers', () => {
  it('of every integer type come back exact, null apart', async () => {
    const types = [
      'TINYINT',
      'UTINYINT',
      'SMALLINT',
      'USMALLINT',
      'INTEGER',
      'UINTEGER',
      'BIGINT',
      'UBIGINT',
      'HUGEINT',
    ]
    const rows = await cells(
      `SELECT ${types.map((t) => `x::${t}`).join(', ')} FROM (VALUES (0), (NULL), (127)) v(x)`,
      types.map((name) => ({ name, type: 'int' })),
    )
    expect(rows).toEqual([types.map(() => 0n), types.map(() => null), types.map(() => 127n)])
    const extremes = await cells(
      `SELECT * FROM (VALUES ((-9223372036854775808)::BIGINT, (-128)::TINYINT), (9223372036854775807, 127)) v(a, b)`,
      [
        { name: 'a', type: 'time' },
        { name: 'b', type: 'int' },
      ],
    )
    expect(extremes).toEqual([
      [-(2n ** 63n), -128n],
      [2n ** 63n - 1n, 127n],
    ])
  })

  it('refuse what does not fit rather than wrap round', async () => {
    await expect(cells(`SELECT 9223372036854775808::HUGEINT`, [{ name: 'a', type: 'int' }])).rejects.toThrow(
      'beyond int64',
    )
    await expect(cells(`SELECT 18446744073709551615::UBIGINT`, [{ name: 'a', type: 'int' }])).rejects.toThrow(
      'beyond int64',
    )
    await expect(cells(`SELECT 1.5::DECIMAL(4, 2)`, [{ name: 'a', type: 'float' }])).rejects.toThrow('not a number')
    await expect(cells(`SELECT 1`, [])).rejects.toThrow('1 columns')
  })

  it('keep NaN, infinities, minus zero and null apart', async () => {
    const rows = await cells(
      `SELECT * FROM (VALUES ('nan'::DOUBLE, true), ('inf', false), ('-inf', NULL), ('-0'::DOUBLE, true), (NULL, false))`,
      [
        { name: 'a', type: 'float' },
        { name: 'b', type: 'bool' },
      ],
    )
    expect(rows).toEqual([
      [Number.NaN, true],
      [Number.POSITIVE_INFINITY, false],
      [Number.NEGATIVE_INFINITY, null],
      [-0, true],
      [null, false],
    ])
  })

  it('keep nulls that begin in a later chunk', async () => {
    const rows = await cells(`SELECT CASE WHEN i > 5000 AND i % 2 = 0 THEN NULL ELSE i END FROM range(10000) r(i)`, [
      { name: 'i', type: 'int' },
    ])
    expect(rows.map((row) => row[0])).toEqual(
      Array.from({ length: 10_000 }, (_, i) => (i > 5000 && i % 2 === 0 ? null : BigInt(i))),
    )
  })
})
