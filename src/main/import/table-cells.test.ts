// What is in the cells of a table: levels that a line says itself, lines that are no table, numbers as people are shown them.

import { expect, test } from 'vitest'
import { importRoom } from '../../../test/support/import-room.ts'

const { load, look, logsOf, samplesOf } = importRoom()
const loggedOf = async (text: string) => logsOf((await load(text)).source)
const AT = 1_762_077_600_000_000_000n

test('without a column of levels a line says its own, and its trace', async () => {
  const text =
    '"_time",host,"_raw"\n1762077600,web1,"2025-11-02 10:00:00,123 ERROR charge failed"\n1762077601,web1,"level=warn msg=slow trace_id=0af7651916cd43dd8448eb211c80319c"\n1762077602,web1,all well\n'
  expect((await loggedOf(text)).map((r) => [r.severity, r.body])).toEqual([
    [17, '2025-11-02 10:00:00,123 ERROR charge failed'],
    [13, 'level=warn msg=slow trace_id=0af7651916cd43dd8448eb211c80319c'],
    [0, 'all well'],
  ])
})

test('lines parted by tabs that begin with time and level are lines', async () => {
  const text =
    '2025-11-02T10:00:00.000Z\tERROR\tmain.go:12\tboom\t{"k": 1}\n2025-11-02T10:00:01.000Z\tINFO\tmain.go:13\tfine\t{"k": 2}\n'
  expect((await look(text)).format).toBe('plain-log')
  expect((await loggedOf(text)).map((r) => [BigInt(r.time), r.severity, r.body])).toEqual([
    [AT, 17, 'main.go:12\tboom\t{"k": 1}'],
    [AT + 1_000_000_000n, 9, 'main.go:13\tfine\t{"k": 2}'],
  ])
})

test('the csvlog of PostgreSQL has no header: its level and its message are found by what is in them', async () => {
  const row = (s: number, level: string, message: string) =>
    `2025-11-02 10:00:0${s}.000 UTC,"app","shop",4711,"10.0.0.1:5432",abc.1,${s},"SELECT",2025-11-02 09:00:00 UTC,3/1,0,${level},42P01,"${message}",,,,,,"select a, b, c from a_table_with_a_long_name where x = 1",15,,"psql","client backend",,0\n`
  const text =
    row(0, 'ERROR', 'relation ""x"" does not exist') +
    row(1, 'WARNING', 'there is no transaction') +
    row(2, 'LOG', 'checkpoint starting now') +
    row(3, 'LOG', 'checkpoint complete now')
  expect((await look(text)).mapping).toMatchObject({ rows: 'logs', level: 'column 12', message: 'column 14' })
  expect((await loggedOf(text)).map((r) => [r.severity, r.body]).slice(0, 2)).toEqual([
    [17, 'relation "x" does not exist'],
    [13, 'there is no transaction'],
  ])
})

test('numbers with units, as Grafana writes a panel unless told otherwise, are in their base unit', async () => {
  const text =
    '"Time","p95","heap","busy","calls","rate","left"\n2025-11-02 10:00:00,500 ms,1.50 GiB,45%,1.20 K,2 req/s,3 parts\n2025-11-02 10:00:15,1.20 s,512 MiB,50.5%,300,1.2 K req/s,2 parts\n2025-11-02 10:00:30,0 s,12 B,0%,2 Mil,3 req/s,1 parts\n'
  expect(await look(text)).toMatchObject({
    mapping: { rows: 'metrics', values: ['p95', 'heap', 'busy', 'calls', 'rate', 'left'] },
    problems: ['numbers with a unit are read in its base unit: 500 ms is 0.5, 1 KiB is 1024'],
  })
  const { source, files } = await load(text)
  expect(files[0]?.skipped).toEqual([])
  const rows = await samplesOf(source)
  const of = (name: string) => rows.filter((r) => r[1] === name).map((r) => r[3])
  expect([of('p95'), of('heap'), of('busy'), of('calls'), of('rate'), of('left')]).toEqual([
    [0.5, 1.2, 0],
    [1.5 * 2 ** 30, 512 * 2 ** 20, 12],
    [45, 50.5, 0],
    [1200, 300, 2_000_000],
    [2, 1200, 3],
    [3, 2, 1],
  ])
})

test('words behind numbers that differ are no units; versions, addresses and times are no numbers', async () => {
  const text =
    'time,what,version\n2025-11-02T10:00:00Z,3 apples,1.2.3\n2025-11-02T10:00:01Z,4 pears,1.2.4\n2025-11-02T10:00:02Z,5 plums,1.2.4-rc1\n'
  expect((await look(text)).mapping.rows).toBe('logs')
})

test('a decimal comma where cells are parted by semicolons', async () => {
  const text = 'Zeit;Dienst;Wert\n02.11.2025 10:00:00;web;0,5\n02.11.2025 10:00:15;web;1.234,25\n'
  expect(await look(text)).toMatchObject({ problems: ['numbers such as 0,5 are read with a decimal comma'] })
  expect(await samplesOf((await load(text)).source)).toEqual([
    [AT, 'Wert', { Dienst: 'web' }, 0.5],
    [AT + 15_000_000_000n, 'Wert', { Dienst: 'web' }, 1234.25],
  ])
})

test('a point stays a decimal point where cells are parted by semicolons, whatever digits follow', async () => {
  const text =
    'time;took;calls\n2025-11-02T10:00:00Z;0.123;1\n2025-11-02T10:00:15Z;1.234;2\n2025-11-02T10:00:30Z;12.5;3\n'
  const read = async (from: string, more: object = {}) =>
    (await samplesOf((await load(from, more)).source)).flatMap(([, name, , value]) => (name === 'took' ? [value] : []))
  expect((await look(text)).problems).toEqual([])
  expect(await read(text)).toEqual([0.123, 1.234, 12.5])
  // three digits behind each point say nothing: a point, unless it is told otherwise
  const thousands = 'time;took\n2025-11-02T10:01:00Z;1.234\n2025-11-02T10:01:15Z;2.345\n'
  expect(await read(thousands)).toEqual([1.234, 2.345])
  expect(await read(`${thousands}\n`, { mapping: { decimal: ',' } })).toEqual([1234, 2345])
})

test('classes of answers and ordinals are names, not numbers with a unit', async () => {
  const text =
    'time,code,place,calls\n2025-11-02T10:00:00Z,2xx,2nd,10\n2025-11-02T10:00:15Z,5xx,3nd,3\n2025-11-02T10:00:30Z,4xx,4nd,5\n'
  expect((await look(text)).mapping).toMatchObject({ rows: 'metrics', values: ['calls'], labels: ['code', 'place'] })
})

test('a cell of many digits is told from a number with a unit at once', async () => {
  const text = `time,value\n2025-11-02T10:00:00Z,1\n2025-11-02T10:00:15Z,${'9'.repeat(100_000)}!\n${'2025-11-02T10:00:30Z,2\n'.repeat(20)}`
  const { files } = await load(text)
  expect(files[0]?.skipped).toMatchObject([{ reason: 'a value that is no number', count: 1 }])
})
