// Plain logs whose every line is a time, a level and a record, in the shapes that loggers give them; and lines that stand
// before the first time.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { logsModule } from '../logs/index.ts'
import { importModule } from './index.ts'

let t: TestEngine
let dir: string
beforeAll(async () => {
  t = await startTestEngine({ modules: [importModule, logsModule] })
  dir = await mkdtemp(join(tmpdir(), 'watchdeck-level-'))
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

async function imported(name: string, lines: readonly string[]) {
  const path = join(dir, `${name.replaceAll(/\W/g, '-')}.log`)
  await writeFile(path, `${lines.join('\n')}\n`)
  const { source } = await t.client.call('import.run', { paths: [path] })
  const range = { from: '2025-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }
  const { table } = await t.client.call('logs.search', { range, sources: [source], order: 'asc' })
  return frameToJsonTable(table).rows
}

const TIME = (i: number) => `2025-11-02T10:00:0${i}.123Z`
const LEVEL = (i: number) => (i % 2 === 1 ? 'ERROR' : 'INFO')
const RECORD = (i: number) => JSON.stringify({ msg: `order, ${i}`, userId: i })

describe('a time, a level and a record in every line', () => {
  it.each<[string, (i: number) => string]>([
    ['TIME LEVEL {}', (i) => `${TIME(i)} ${LEVEL(i)} ${RECORD(i)}`],
    ['TIME LEVEL: {}', (i) => `${TIME(i)} ${LEVEL(i)}: ${RECORD(i)}`],
    ['TIME [LEVEL] {}', (i) => `${TIME(i)} [${LEVEL(i)}] ${RECORD(i)}`],
    ['TIME LEVEL logger: {}', (i) => `${TIME(i)} ${LEVEL(i)} com.shop.Cart: ${RECORD(i)}`],
    ['[TIME] LEVEL {}', (i) => `[${TIME(i)}] ${LEVEL(i)} ${RECORD(i)}`],
    ['tabs', (i) => `${TIME(i)}\t${LEVEL(i)}\t${RECORD(i)}`],
    ['a space in the time', (i) => `${TIME(i).replace('T', ' ').replace('Z', '')} ${LEVEL(i)} ${RECORD(i)}`],
    ['LEVEL TIME {}', (i) => `${LEVEL(i)} ${TIME(i)} ${RECORD(i)}`],
    ['LEVEL:TIME {}', (i) => `${LEVEL(i)}:${TIME(i)} ${RECORD(i)}`],
    ['spaces in the record', (i) => `${TIME(i)} ${LEVEL(i)} { "msg": "order, ${i}", "userId": ${i} }`],
    ['a time in the record too', (i) => `${TIME(i)} ${LEVEL(i)} {"ts":"${TIME(i)}",${RECORD(i).slice(1)}`],
  ])('%s', async (name, line) => {
    const rows = await imported(
      name,
      Array.from({ length: 8 }, (_, i) => line(i)),
    )
    expect(rows.map((row) => [row['time'], row['level'], row['body']])).toEqual(
      Array.from({ length: 8 }, (_, i) => [
        TIME(i).replace('123Z', '123000000Z'),
        LEVEL(i).toLowerCase(),
        `order, ${i}`,
      ]),
    )
    expect(rows.map((row) => (row['attributes'] as { userId: number }).userId)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('syslog with an ISO time is still syslog', async () => {
    const rows = await imported(
      'syslog',
      Array.from({ length: 8 }, (_, i) => `${TIME(i)} web-1 sshd[17]: Accepted key ${i}`),
    )
    expect(rows.map((row) => [row['service'], row['body']])).toEqual(
      Array.from({ length: 8 }, (_, i) => ['sshd', `Accepted key ${i}`]),
    )
  })
})

it('lines before the first time leave what a tool put in front', async () => {
  const [cart, mail] = ['[pod/cart-7d9c5b6f4d-x2x4z/app] ', '[pod/mail-0/app] ']
  const rows = await imported('prefixes', [
    `${cart}starting`,
    `${mail}{"msg":"ready","port":80}`,
    `${cart}${TIME(1)} INFO up`,
    `${mail}${TIME(2)} INFO up too`,
  ])
  const inside = rows.map((row) => [row['service'], row['body']]).toSorted()
  expect(inside).toEqual([
    ['cart', 'starting'],
    ['cart', 'up'],
    ['mail', 'ready'],
    ['mail', 'up too'],
  ])
})
