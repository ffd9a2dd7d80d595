// Exports of the journal are the same rows however they are cut, with every byte that a value may have.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Collector } from '../collector.ts'
import { journalExport } from './journal-export.ts'

const FIXTURES = join(import.meta.dirname, '../../../../test/fixtures/import/producers')
const bytes = (text: string) => new TextEncoder().encode(text)

/** In chunks of one buffer that is filled anew each time, as a reader of files may. */
function read(layout: string, input: Uint8Array, step = input.length) {
  const into = new Collector()
  const reader = journalExport.open({ into, fileTime: 0n, mapping: {}, layout })
  const buffer = new Uint8Array(step)
  for (let at = 0; at < input.length; at += step) {
    const part = input.subarray(at, at + step)
    buffer.set(part)
    reader.push(buffer.subarray(0, part.length))
  }
  buffer.fill(0)
  reader.end()
  return into
}

const field = (name: string, length: bigint, data: Uint8Array) => {
  const size = new Uint8Array(8)
  new DataView(size.buffer).setBigUint64(0, length, true)
  return Buffer.concat([bytes(`${name}\n`), size, data, bytes('\n')])
}
const START = bytes('__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=1762164930123456\n')

it.each([
  ['export', 'journalctl-export.bin'],
  ['verbose', 'journalctl-verbose.txt'],
])('%s in chunks of any size', (layout, name) => {
  const input = readFileSync(join(FIXTURES, name))
  const whole = read(layout, input)
  expect(whole.logs.length).toBeGreaterThan(0)
  for (const step of [1, 2, 7, 64, 1000]) {
    const cut = read(layout, input, step)
    expect([cut.logs, cut.skipped, cut.notes]).toEqual([whole.logs, whole.skipped, whole.notes])
  }
})

it('bytes that are no text, line ends and signs among them, and fields given twice', () => {
  const data = bytes('a\n\nMESSAGE=x\n')
  const input = Buffer.concat([START, field('MESSAGE', BigInt(data.length), data), bytes('A=1\nA=2\n\n')])
  for (const step of [1, 5, input.length]) {
    const [row] = read('export', input, step).logs
    expect([row?.body, row?.attributes.values]).toEqual(['a\n\nMESSAGE=x\n', { A: ['1', '2'] }])
  }
})

it('lengths that lie are told, not waited for', () => {
  const entry = (...parts: Uint8Array[]) => Buffer.concat([START, ...parts])
  const lies = entry(field('MESSAGE', 2n ** 64n - 1n, bytes('abc')))
  expect(() => read('export', lies)).toThrow(/larger than 64 MB/)
  expect(() => read('export', entry(field('MESSAGE', 2n, bytes('abc'))))).toThrow(/has no end/)
})

it('of a journal that was cut off what is whole is kept, and the entry that is not is told', () => {
  const whole = Buffer.concat([START, bytes('MESSAGE=whole\n\n')])
  const cut = Buffer.concat([whole, START, field('MESSAGE', 9n, bytes('cut off in')).subarray(0, -6)])
  for (const step of [1, 7, cut.length]) {
    const { logs, skipped } = read('export', cut, step)
    expect(logs.map(({ body }) => body)).toEqual(['whole'])
    expect(skipped.map(({ line, reason }) => [line, reason])).toEqual([
      [5, 'the journal ends in the middle of this entry'],
    ])
  }
  // an end between entries, or without the empty line after the last, is none in the middle
  expect(read('export', Buffer.concat([whole, START, bytes('MESSAGE=b\n')])).logs).toHaveLength(2)
})

it('a field of many chunks is read in time with its length', () => {
  const long = 30 * 1024 * 1024
  const found = read(
    'export',
    Buffer.concat([START, field('MESSAGE', BigInt(long), new Uint8Array(long).fill(97))]),
    4096,
  )
  expect(found.logs.map((row) => row.body.length)).toEqual([long])
})
