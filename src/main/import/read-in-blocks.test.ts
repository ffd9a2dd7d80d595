// A file read by two threads in blocks against the same file read as one.

import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SpanIds } from '../../shared/wire/span-ids.ts'
import { filledSource, openTestStores, type TestStores } from '../storage/testing.ts'
import { rowsOf } from '../storage/telemetry/unite.ts'
import { type Block, blocksOf } from './blocks.ts'
import { inspect } from './inspect.ts'
import { type ReadOutcome, type ReadTask, readFile } from './read-file.ts'
import { readInBlocks, splitOf } from './read-in-blocks.ts'
import { createImportWorkers, type ImportWorkers } from './read-in-worker.ts'

let stores: TestStores
let workers: ImportWorkers
let folder: string
beforeAll(async () => {
  stores = await openTestStores()
  workers = createImportWorkers()
  folder = await mkdtemp(join(tmpdir(), 'watchdeck-blocks-'))
})
afterAll(async () => {
  await workers.close()
  await stores[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const START_MS = Date.UTC(2026, 10, 2, 14)
const iso = (i: number) => new Date(START_MS + i).toISOString()
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
const never = new AbortController().signal

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

async function taskFor(path: string): Promise<{ task: Omit<ReadTask, 'seed'>; bytes: number }> {
  const { size, mtimeNs } = await stat(path, { bigint: true })
  const file = { path, disk: path, bytes: Number(size), modified: mtimeNs }
  const {
    sample: _,
    remarks: __,
    problems: ___,
    ...read
  } = await inspect(file, {}, BigInt(START_MS + 1e9) * 1_000_000n)
  const task = { ...read, path, fileTime: mtimeNs, known: new Map() }
  return { task, bytes: file.bytes }
}

/** Into a source of its own; undefined when the blocks could not say it. */
async function load(path: string, how: 'blocks' | 'whole', signal = never) {
  const id = await filledSource(stores)
  const { task, bytes } = await taskFor(path)
  const writer = await stores.telemetry.writer(id, { signal })
  const whole: ReadTask = { ...task, seed: await writer.takeSeed() }
  try {
    let outcome: ReadOutcome | undefined
    if (how === 'whole') outcome = await readFile(whole, (chunks) => writer.append(chunks), signal)
    else {
      const split = splitOf(whole, bytes)
      if (!split) throw new Error('the file is not read in blocks')
      outcome = await readInBlocks(workers, whole, split, (chunks) => writer.append(chunks), signal)
    }
    if (outcome === undefined) {
      await writer.rollback()
      return { id, outcome }
    }
    writer.settle(outcome.encoded)
    await writer.commit()
    return { id, outcome }
  } catch (error) {
    await writer.rollback()
    throw error
  }
}

/** Every row of every table but the numbers of log lines, which need only follow the order of the file. */
async function rowsOfSource(id: string): Promise<Record<string, readonly unknown[]>> {
  const scope = await stores.telemetry.scope([id])
  const out: Record<string, readonly unknown[]> = {}
  for (const table of ['spans', 'traces', 'logs', 'series', 'samples', 'attributes'] as const) {
    const left = table === 'logs' ? 'source, id' : 'source'
    const order = table === 'logs' ? 'id' : 'ALL'
    out[table] = await stores.telemetry.rows(
      `SELECT * EXCLUDE (${left}) FROM ${scope.relation(table)} ORDER BY ${order}`,
      [],
    )
  }
  return out
}

async function expectSame(path: string): Promise<{ blocks: string; outcome: ReadOutcome }> {
  const whole = await load(path, 'whole')
  const blocks = await load(path, 'blocks')
  if (!blocks.outcome || !whole.outcome) throw new Error('the file was not read in blocks')
  expect(blocks.outcome).toEqual(whole.outcome)
  const [a, b] = [await rowsOfSource(blocks.id), await rowsOfSource(whole.id)]
  for (const table of Object.keys(a)) {
    expect(a[table]?.length, table).toBe(b[table]?.length)
    expect(a[table], table).toEqual(b[table])
  }
  return { blocks: blocks.id, outcome: blocks.outcome }
}

const service = (i: number) => ({
  attributes: [{ key: 'service.name', value: { stringValue: `service-${i % 5}` } }],
})
const spanLine = (first: number, count: number) =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: service(first),
        scopeSpans: [
          {
            spans: Array.from({ length: count }, (_, k) => ({
              traceId: hex(Math.floor((first + k) / 7) + 1, 32),
              spanId: hex(first + k + 1, 16),
              name: `GET /${(first + k) % 9}`,
              kind: 2,
              startTimeUnixNano: `${BigInt(START_MS + first + k) * 1_000_000n}`,
              endTimeUnixNano: `${BigInt(START_MS + first + k + 5) * 1_000_000n}`,
              attributes: [
                { key: 'item', value: { intValue: String((first + k) % 400) } },
                { key: 'note', value: { stringValue: 'x'.repeat(300) } },
              ],
            })),
          },
        ],
      },
    ],
  })
const logLine = (i: number) =>
  JSON.stringify({
    resourceLogs: [
      {
        resource: service(i),
        scopeLogs: [
          {
            logRecords: [0, 1, 2].map((k) => ({
              timeUnixNano: `${BigInt(START_MS + i) * 1_000_000n}`,
              body: { stringValue: `record ${i}-${k} of the otlp log` },
            })),
          },
        ],
      },
    ],
  })
const metricLine = (i: number) =>
  JSON.stringify({
    resourceMetrics: [
      {
        resource: service(i),
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'queue.length',
                gauge: {
                  dataPoints: [{ timeUnixNano: `${BigInt(START_MS + i * 15_000) * 1_000_000n}`, asDouble: i / 3 }],
                },
              },
            ],
          },
        ],
      },
    ],
  })

describe('a file read in blocks is the same as read as one', () => {
  it('OTLP lines: spans, logs, metrics, lines that are none', async () => {
    const lines: string[] = []
    for (let i = 0; i < 60; i++) {
      lines.push(spanLine(i * 200, 200), logLine(i), metricLine(i))
      if (i % 20 === 7) lines.push('{"resourceSpans":', '', '{"other":1}')
    }
    const { outcome } = await expectSame(await write('spans.jsonl', `${lines.join('\n')}\n`))
    expect(outcome.encoded).toMatchObject({ spans: 12_000, logs: 180, samples: 60, series: 5 })
    expect(outcome.skipped.map(({ line, count }) => [line, count])).toEqual([
      [25, 3],
      [27, 3],
    ])
  })

  it('JSON logs: stray lines stay with their record, words are found', async () => {
    const lines = ['warming up']
    for (let i = 0; i < 60_000; i++) {
      lines.push(
        `{"time":"${iso(i)}","level":"info","service":"shop","msg":"order ${i} taken ${i === 31_000 ? 'xylophone' : ''}","n":${i % 70}}`,
      )
      if (i % 9000 === 11) lines.push('\tat com.example.Shop', 'words of the runtime')
      if (i % 25_000 === 3) lines.push('{"time":')
    }
    const { blocks } = await expectSame(await write('shop.ndjson', lines.join('\n')))
    const scope = await stores.telemetry.scope([blocks])
    for (const [word, count] of [
      ['xylophone', 1n],
      ['order 59999 taken', 1n],
      ['runtime', 7n],
    ] as const) {
      const rows = await stores.telemetry.narrowLogs(scope, { kind: 'text', text: word })
      const found = await stores.telemetry.rows(
        `SELECT count(*) AS n FROM ${scope.relation('logs', undefined, rows)} WHERE contains(body, $1)`,
        [word],
      )
      expect(found, word).toEqual([{ n: count }])
    }
    const rare = await stores.telemetry.narrowLogs(scope, { kind: 'text', text: 'xylophone' })
    expect(rare?.share).toBeLessThan(0.2)
  })

  it('plain logs: stack traces stay together', async () => {
    const lines = ['starting', 'still starting']
    for (let i = 0; i < 50_000; i++) {
      lines.push(`${iso(i)} INFO [worker-${i % 8}] shop.Orders: order ${i} taken and written down with some care`)
      if (i % 700 === 5) lines.push('java.lang.IllegalStateException: no', '\tat a.B.c(B.java:1)', 'Caused by: x')
    }
    const { outcome } = await expectSame(await write('shop.log', `${lines.join('\n')}\n`))
    expect(outcome.encoded.logs).toBe(50_002)
  })
})

describe('what blocks cannot say', () => {
  it('is left to a reader of the whole: a span that is there twice', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => spanLine(i * 200, 200))
    lines.push(spanLine(3, 1))
    const path = await write('twice.jsonl', lines.join('\n'))
    expect((await load(path, 'blocks')).outcome).toBeUndefined()
    expect((await load(path, 'whole')).outcome?.rowsSkipped).toBe(1)
  })

  it('is left to a reader of the whole: a record longer than blocks may be', async () => {
    const path = await write('long.jsonl', `${spanLine(0, 50_000)}\n${spanLine(50_000, 10)}\n`)
    expect((await load(path, 'blocks')).outcome).toBeUndefined()
  })

  it('is not asked of small and very large files, other encodings and documents', async () => {
    const { task, bytes } = await taskFor(await write('small.jsonl', `${spanLine(0, 2)}\n${spanLine(2, 2)}\n`))
    const none = new Uint32Array(0)
    const seed = { source: 1, nextLogId: 0n, tellTraces: false, batch: '', attributes: none, series: none }
    const whole = { ...task, seed }
    expect(splitOf(whole, bytes)).toBeUndefined()
    expect(splitOf(whole, 1e9)).toBeDefined()
    expect(splitOf(whole, 2e9)).toBeUndefined()
    expect(splitOf({ ...whole, compression: 'gzip' }, 1e9)).toBeUndefined()
    expect(splitOf({ ...whole, encoding: 'utf-16le' }, 1e9)).toBeUndefined()
    expect(splitOf({ ...whole, detected: { ...whole.detected, layout: 'document' } }, 1e9)).toBeUndefined()
  })
})

it('ends when it is cancelled, and keeps nothing', async () => {
  const path = await write('cancelled.jsonl', Array.from({ length: 90 }, (_, i) => spanLine(i * 200, 200)).join('\n'))
  const stop = new AbortController()
  const id = await filledSource(stores)
  const { task, bytes } = await taskFor(path)
  const writer = await stores.telemetry.writer(id)
  const whole: ReadTask = { ...task, seed: await writer.takeSeed() }
  const split = splitOf(whole, bytes)
  if (!split) throw new Error('the file is not read in blocks')
  const read = readInBlocks(workers, whole, split, async () => stop.abort(), stop.signal)
  await expect(read).rejects.toMatchObject({ code: 'cancelled' })
  await writer.rollback()
  // the threads are free again
  expect((await load(path, 'blocks')).outcome?.rowsTaken).toBe(18_000)
})

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number
    yield bytes.subarray(at, at + size)
    at += size
  }
}

describe('blocks', () => {
  it('are the content, cut where records begin, with their lines counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('{a}', ' more', '', '{bb}\r', '\u00e9\u4e2d'), { maxLength: 200 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 60 }),
        async (lines, sizes, size) => {
          const content = Buffer.from(lines.join('\n'))
          const blocks: Block[] = []
          for await (const block of blocksOf(inPieces(content, sizes), (line) => line.startsWith('{'), size))
            blocks.push(block)
          expect(Buffer.concat(blocks.map((b) => b.bytes)).equals(content)).toBe(true)
          let before = Buffer.alloc(0)
          for (const [i, block] of blocks.entries()) {
            const text = Buffer.from(block.bytes)
            if (i > 0) expect(text.toString().startsWith('{')).toBe(true)
            expect([block.firstByte, block.firstLine]).toEqual([
              before.length,
              before.toString().split('\n').length - 1,
            ])
            before = Buffer.concat([before, text])
            expect(block.endLine).toBe(before.toString().split('\n').length - 1)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('some rows of a packed column', () => {
  const nulls = Uint8Array.of(0b1111_1010, 0xff)
  it('are the same rows', () => {
    const bytes = Uint8Array.from({ length: 24 }, (_, i) => i)
    expect(rowsOf({ kind: 'fixed', bytes, nulls: undefined }, [0, 2], 3)).toEqual({
      kind: 'fixed',
      bytes: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
      nulls: undefined,
    })
    const text = { kind: 'text', bytes: Buffer.from('abbccc'), offsets: Uint32Array.of(0, 1, 3, 6) } as const
    const own = rowsOf({ ...text, slots: undefined, nulls }, [1, 2], 3)
    expect(own).toMatchObject({ bytes: Uint8Array.from(Buffer.from('bbccc')), offsets: Uint32Array.of(0, 2, 5) })
    expect(own.nulls?.[0]).toBe(0b1111_1101)
    expect(rowsOf({ ...text, slots: Int32Array.of(2, 2, 0), nulls: undefined }, [0, 2], 3)).toMatchObject({
      slots: Int32Array.of(2, 0),
    })
  })
})

it('ids as words tell what is new as ids as text do', () => {
  const ids = new SpanIds()
  const [trace, span] = [Uint32Array.of(1, 2, 3, 4, 1, 2, 3, 5), Uint32Array.of(7, 8)]
  expect(ids.addWords(trace, 0, span, 0, 1)).toBe(true)
  expect(ids.addWords(trace, 0, span, 0, 1)).toBe(false)
  expect(ids.addWords(trace, 4, span, 0, 1)).toBe(true)
  expect(ids.addWords(trace, 0, span, 0, 2)).toBe(true)
})
