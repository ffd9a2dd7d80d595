// What the command line prints, whole.

import { tableFromIPC } from '@uwdata/flechette'
import { expect, test } from 'vitest'
import { COMPLETE } from '../../shared/contract/define.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import { parseArguments } from './args.ts'
import { contractSchemas } from './schemas.ts'
import { leftOut, renderAnswer } from './output.ts'

const table = frameFromRows(
  [
    { name: 'time', type: 'time' },
    { name: 'count', type: 'int' },
    { name: 'value', type: 'float' },
    { name: 'text', type: 'string' },
    { name: 'ok', type: 'bool' },
    { name: 'more', type: 'json' },
  ],
  [
    {
      time: 1_700_000_000_123_456_789n,
      count: 9_007_199_254_740_993n,
      value: Number.NaN,
      text: 'a "b",\nc',
      ok: true,
      more: '{"k":[1]}',
    },
    { time: null, count: null, value: Number.POSITIVE_INFINITY, text: '', ok: null, more: null },
  ],
)
const answer = { table, completeness: COMPLETE, nextCursor: 'n' }

test('json has columns, rows, completeness and the cursor at the top', async () => {
  const printed: unknown = JSON.parse(String(await renderAnswer(answer, 'json')))
  expect(printed).toEqual({
    columns: table.columns.map(({ name, type }) => ({ name, type })),
    rows: [
      {
        time: '2023-11-14T22:13:20.123456789Z',
        count: '9007199254740993',
        value: 'NaN',
        text: 'a "b",\nc',
        ok: true,
        more: { k: [1] },
      },
      { time: null, count: null, value: '+Inf', text: '', ok: null, more: null },
    ],
    completeness: { complete: true, missing: [] },
    nextCursor: 'n',
  })
})

test('an answer that is no table says that it is complete, unless it says something itself', async () => {
  const printed = async (value: unknown): Promise<unknown> => JSON.parse(String(await renderAnswer(value, 'json')))
  expect(await printed({ ok: true })).toEqual({ ok: true, completeness: { complete: true, missing: [] } })
  const gap = { complete: false, missing: [{ source: 's', from: '', to: '', reason: 'still loading' }] }
  expect(await printed({ count: 1, completeness: gap })).toEqual({ count: 1, completeness: gap })
})

test('ndjson has rows alone, csv a header and quotes', async () => {
  expect(
    String(await renderAnswer(answer, 'ndjson'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { count: unknown }).count),
  ).toEqual(['9007199254740993', null])
  expect(await renderAnswer(answer, 'csv')).toBe(
    'time,count,value,text,ok,more\r\n2023-11-14T22:13:20.123456789Z,9007199254740993,NaN,"a ""b"",\nc",true,"{""k"":[1]}"\r\n,,+Inf,"",,\r\n',
  )
})

test('arrow keeps nanoseconds, wide integers, NaN and null', async () => {
  const bytes = await renderAnswer(answer, 'arrow')
  const back = tableFromIPC(bytes instanceof Uint8Array ? bytes : new Uint8Array(), { useBigInt: true })
  expect(back.names).toEqual(table.columns.map((c) => c.name))
  expect(back.getChild('time').type).toMatchObject({ unit: 3, timezone: 'UTC' })
  expect([...(back.getChild('time').data[0]?.values ?? [])][0]).toBe(1_700_000_000_123_456_789n)
  expect([
    back.getChild('count').at(0),
    back.getChild('count').at(1),
    back.getChild('value').at(0),
    back.getChild('text').at(0),
  ]).toEqual([9_007_199_254_740_993n, null, Number.NaN, 'a "b",\nc'])
})

test('an answer that is no table is refused as csv and printed as one line of ndjson', async () => {
  await expect(renderAnswer({ id: 1 }, 'csv')).rejects.toThrow('no table')
  expect(await renderAnswer({ id: 1 }, 'ndjson')).toBe('{"id":1,"completeness":{"complete":true,"missing":[]}}\n')
})

test('words that are not there are refused with a hint', () => {
  for (const argv of [['fly'], ['call', '--fly'], ['export', '--source'], ['--port', '1', '--fly']])
    expect(() => parseArguments(argv)).toThrow(
      expect.objectContaining({ code: 'invalid_input', hint: expect.any(String) }),
    )
  expect(parseArguments(['demo', '--seed', '7']).number('seed')).toBe(7)
  expect(() => parseArguments(['demo', '--seed', 'x']).number('seed')).toThrow('not a number')
  expect(parseArguments([]).command).toBe('app')
})

test('every method has schemas', () => {
  const { methods } = contractSchemas()
  expect(Object.keys(methods)).toContain('traces.search')
  expect(methods['import.run']?.input).toMatchObject({ type: 'object', required: ['paths'] })
})

test('rows alone are told on stderr to be a part, with where to go on; json says it itself', () => {
  expect(leftOut(answer, 'csv')).toBe('{"completeness":{"complete":true,"missing":[]},"nextCursor":"n"}\n')
  expect(leftOut(answer, 'json')).toBeUndefined()
  expect(leftOut({ table, completeness: COMPLETE }, 'ndjson')).toBeUndefined()
  const cut = { complete: false, missing: [], truncated: { returned: 2, total: 9 } }
  expect(leftOut({ table, completeness: cut }, 'arrow')).toBe(`${JSON.stringify({ completeness: cut })}\n`)
})
