// Columns as plain arrays: what comes back is what DuckDB holds, whatever its texts look like and however many there are.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readColumns } from './column-reader.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => connection.disconnectSync())

const ROWS = 5000
/** Short and long texts, some that differ in their last byte only, NULL and '', more different ones than codes have room for. */
const TEXT = `CASE i % 7 WHEN 0 THEN 'w' || i % 40 WHEN 1 THEN 'operation ' || i % 90 WHEN 2 THEN 'a much longer text ' || i % 1500
  WHEN 3 THEN '日本語の長いテキスト' || i % 3 WHEN 4 THEN NULL WHEN 5 THEN '' ELSE 'each its own ' || i END`

describe('plain columns', () => {
  it.each([0, 10, ROWS, ROWS * 3])('hold every value when %i rows were expected', async (expected) => {
    const sql = `SELECT (i * 3 % 256)::UTINYINT, (CASE WHEN i % 5 > 0 THEN i - 9 END)::INTEGER, i - 4611686018427387904,
      (18446744073709551615 - i)::UBIGINT, ${TEXT} FROM range(${ROWS}) t(i)`
    const kinds = { byte: 'u8', int: 'i32', long: 'i64', id: 'u64', text: 'text' } as const
    const read = await readColumns(await connection.stream(sql), kinds, undefined, expected)
    const rows = (await connection.runAndReadAll(sql)).getRows()
    expect([...read.byte]).toEqual(rows.map((row) => row[0]))
    expect([...read.int]).toEqual(rows.map((row) => row[1] ?? 0))
    expect([...read.long]).toEqual(rows.map((row) => row[2]))
    expect([...read.id]).toEqual(rows.map((row) => row[3]))
    expect(Array.from(read.text.codes, (code) => read.text.words[code])).toEqual(rows.map((row) => row[4] ?? ''))
    expect(new Set(read.text.words).size).toBe(read.text.words.length)
  })

  it('refuse what is stored otherwise than asked for', async () => {
    const read = async (sql: string) => readColumns(await connection.stream(sql), { n: 'i64' }, undefined, 0)
    await expect(read('SELECT 1::INTEGER')).rejects.toThrow('column n')
    await expect(read('SELECT 1::BIGINT, 2')).rejects.toThrow('2 columns')
  })

  it('end with nothing running when the caller leaves', async () => {
    const left = new AbortController()
    left.abort()
    const result = await connection.stream('SELECT i::BIGINT FROM range(100000) t(i)')
    await expect(readColumns(result, { n: 'i64' }, left.signal, 0)).rejects.toMatchObject({ code: 'cancelled' })
    expect((await connection.runAndReadAll('SELECT 1')).getRows()).toEqual([[1]])
  })
})
