// Every column type over every transport comes back bit for bit.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type CellValue,
  cell,
  columnFromValues,
  type Column,
  type ColumnSpec,
  type Frame,
  frameByteLength,
  packStrings,
} from '../../../src/shared/frame/frame.ts'
import { type Harness, startHarness } from './harness.ts'
import { PIPES, type Pipes } from './pipes.ts'

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', 'grün', '日志', '\u{1F680}', '\uFEFFbom'),
)
const VALUES: Readonly<Record<ColumnSpec['type'], fc.Arbitrary<CellValue>>> = {
  time: int64,
  int: int64,
  float: fc.double(),
  string: words,
  bool: fc.boolean(),
  json: fc.json({ maxDepth: 2 }),
}

const nameAndUnit = {
  name: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '$')),
  unit: fc.option(fc.constantFrom('ns', 'By', '1/s'), { nil: undefined }),
}

/** Columns as the store makes them, beside those that `columnFromValues` makes: int32, and strings never as a dictionary. */
function column(rows: number): fc.Arbitrary<{ column: Column; values: CellValue[] }> {
  const typed = fc.constantFrom(...(Object.keys(VALUES) as Array<ColumnSpec['type']>)).chain((type) =>
    fc
      .record({
        ...nameAndUnit,
        values: fc.array(fc.option(VALUES[type], { freq: 5 }), { minLength: rows, maxLength: rows }),
      })
      .map(({ values, ...spec }) => ({ column: columnFromValues({ ...spec, type }, values), values })),
  )
  const narrow = fc
    .record({ ...nameAndUnit, values: fc.array(fc.integer(), { minLength: rows, maxLength: rows }) })
    .map(({ values, ...spec }) => ({
      column: {
        ...spec,
        type: 'int',
        length: rows,
        validity: undefined,
        storage: 'int32',
        values: Int32Array.from(values),
      } satisfies Column,
      values,
    }))
  const text = fc
    .record({ ...nameAndUnit, values: fc.array(words, { minLength: rows, maxLength: rows }) })
    .map(({ values, ...spec }) => ({
      column: {
        ...spec,
        type: 'string',
        length: rows,
        validity: undefined,
        storage: 'string',
        ...packStrings(values),
      } satisfies Column,
      values,
    }))
  return fc.oneof(typed, narrow, text)
}

const frames = fc.integer({ min: 0, max: 40 }).chain((rows) =>
  fc.array(column(rows), { maxLength: 6 }).map((columns) => ({
    frame: { rowCount: rows, columns: columns.map((c) => c.column) } satisfies Frame,
    values: columns.map((c) => c.values),
  })),
)

/** what a string becomes in UTF-8: a lone surrogate has no bytes of its own */
const asRead = (value: CellValue): CellValue => (typeof value === 'string' ? value.toWellFormed() : value)

describe.each(Object.keys(PIPES))('columns over %s', (kind) => {
  let pipes: Pipes
  let h: Harness
  beforeAll(async () => {
    pipes = await (PIPES[kind] as () => Promise<Pipes>)()
    h = startHarness(pipes, { echo: (input) => input, million: () => million() })
  })
  afterAll(async () => {
    await h[Symbol.asyncDispose]()
    await pipes[Symbol.asyncDispose]()
  })

  test('any frame there and back has the same cells, names, units and storage', async () => {
    const client = h.client()
    await fc.assert(
      fc.asyncProperty(frames, async ({ frame, values }) => {
        const back = (await client.call('echo', { frame })) as { frame: Frame }
        expect(back.frame.rowCount).toBe(frame.rowCount)
        expect(back.frame.columns).toEqual(frame.columns)
        back.frame.columns.forEach((c, at) => {
          const read = Array.from({ length: c.length }, (_, row) => cell(c, row))
          expect(read).toEqual(values[at]?.map(asRead))
        })
      }),
      { numRuns: 150 },
    )
  })

  test('nanoseconds past 2^53, NaN beside null, and nothing at all keep their difference', async () => {
    const time = columnFromValues({ name: 't', type: 'time' }, [1_764_000_000_123_456_789n, null, -1n, 2n ** 63n - 1n])
    const value = columnFromValues({ name: 'v', type: 'float' }, [Number.NaN, null, -0, Infinity])
    const empty: Frame = { rowCount: 0, columns: [columnFromValues({ name: 'e', type: 'string' }, [])] }
    const back = (await h.client().call('echo', [{ rowCount: 4, columns: [time, value] }, empty])) as [Frame, Frame]
    const cells = back[0].columns.map((c) => [0, 1, 2, 3].map((row) => cell(c, row)))
    expect(cells).toEqual([
      [1_764_000_000_123_456_789n, null, -1n, 2n ** 63n - 1n],
      [Number.NaN, null, -0, Infinity],
    ])
    expect(back[1]).toEqual(empty)
  })

  test('1,000,000 rows of every storage in one answer', async () => {
    const frame = (await h.client().call('million', {})) as Frame
    const sent = million()
    expect(frame.rowCount).toBe(1_000_000)
    expect(frameByteLength(frame)).toBe(frameByteLength(sent))
    for (const row of [0, 1, 7, 499_999, 999_999])
      expect(frame.columns.map((c) => cell(c, row))).toEqual(sent.columns.map((c) => cell(c, row)))
  })
})

let kept: Frame | undefined
function million(): Frame {
  if (kept) return kept
  const n = 1_000_000
  const base = { length: n, unit: undefined, validity: undefined }
  const validity = new Uint8Array(n / 8).fill(0b0111_1111)
  const dictionary = packStrings(['checkout', '支付', ''])
  kept = {
    rowCount: n,
    columns: [
      {
        ...base,
        name: 't',
        type: 'time',
        storage: 'int64',
        values: BigInt64Array.from({ length: n }, (_, i) => 1_764_000_000_000_000_000n + BigInt(i)),
      },
      {
        ...base,
        name: 'f',
        type: 'float',
        storage: 'float64',
        validity,
        values: Float64Array.from({ length: n }, (_, i) => i / 3),
      },
      { ...base, name: 'i', type: 'int', storage: 'int32', values: Int32Array.from({ length: n }, (_, i) => -i) },
      { ...base, name: 'b', type: 'bool', storage: 'bool', values: Uint8Array.from({ length: n }, (_, i) => i & 1) },
      {
        ...base,
        name: 'd',
        type: 'string',
        storage: 'dictionary',
        codes: Int32Array.from({ length: n }, (_, i) => i % 3),
        dictionaryOffsets: dictionary.offsets,
        dictionaryBytes: dictionary.bytes,
      },
      {
        ...base,
        name: 's',
        type: 'string',
        storage: 'string',
        offsets: Uint32Array.from({ length: n + 1 }, (_, i) => i * 2),
        bytes: new Uint8Array(n * 2).fill(0x61),
      },
    ],
  }
  return kept
}
