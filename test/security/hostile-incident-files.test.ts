// A thousand incident files made wrong by a seed: bytes turned, cut, doubled, swapped; headers that lie. Each is refused with
// a reason or is, to the byte, what it was; none reaches outside, none takes the engine down.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileModule } from '../../src/main/file/index.ts'
import { incidentsModule } from '../../src/main/incidents/index.ts'
import { WatchdeckError } from '../../src/shared/base/errors.ts'
import { LONG, randomOf, SEED } from '../durability/support.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { addSampleSource, SAMPLE_RANGE } from '../support/sample-telemetry.ts'

const CASES = LONG ? 1000 : 100
let folder: string
let t: TestEngine
let good: Buffer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watchdeck-files-'))
  await using home = await startTestEngine({ modules: [incidentsModule, fileModule] })
  const source = await addSampleSource(home.stores, 'sample', 5)
  const fields = { title: 'x', range: SAMPLE_RANGE, sources: [source] }
  const { id } = await home.client.call('incidents.create', { ...fields, severity: 'minor' })
  const path = join(folder, 'good.watchdeck')
  await home.client.call('file.save', { incident: id, path })
  good = readFileSync(path)
  t = await startTestEngine({ modules: [incidentsModule, fileModule] })
})

afterAll(async () => {
  await t[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

type Draw = () => number
const at = (draw: Draw, length: number) => Math.floor(draw() * length)

/** Offsets of the marks that a zip's records begin with: where lies are worth telling. */
function marks(file: Buffer): number[] {
  const found: number[] = []
  for (let i = file.indexOf('PK'); i >= 0; i = file.indexOf('PK', i + 1)) found.push(i)
  return found
}

const MUTATIONS: ReadonlyArray<readonly [string, (file: Buffer, draw: Draw) => Buffer]> = [
  [
    'bytes turned',
    (file, draw) => {
      const copy = Buffer.from(file)
      for (let i = 0; i < 1 + at(draw, 8); i++) copy[at(draw, copy.length)] = at(draw, 256)
      return copy
    },
  ],
  [
    'a field of a header lies',
    (file, draw) => {
      const copy = Buffer.from(file)
      const places = marks(file)
      const place = (places[at(draw, places.length)] ?? 0) + 4 + at(draw, 42)
      const lies = [0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0xffffffff, at(draw, 2 ** 32)]
      if (place + 4 <= copy.length) copy.writeUInt32LE((lies[at(draw, lies.length)] ?? 0) >>> 0, place)
      return copy
    },
  ],
  ['cut short', (file, draw) => file.subarray(0, at(draw, file.length))],
  ['its beginning gone', (file, draw) => file.subarray(1 + at(draw, file.length - 1))],
  [
    'a piece doubled',
    (file, draw) => {
      const [from, length] = [at(draw, file.length), at(draw, 5000)]
      return Buffer.concat([file.subarray(0, from + length), file.subarray(from)])
    },
  ],
  [
    'a piece of zeros',
    (file, draw) => {
      const copy = Buffer.from(file)
      const from = at(draw, file.length)
      copy.fill(0, from, Math.min(copy.length, from + at(draw, 3000)))
      return copy
    },
  ],
  [
    'two pieces changed for each other',
    (file, draw) => {
      const [a, b, n] = [at(draw, file.length - 600), at(draw, file.length - 600), 1 + at(draw, 500)]
      const copy = Buffer.from(file)
      file.copy(copy, a, b, b + n)
      file.copy(copy, b, a, a + n)
      return copy
    },
  ],
  [
    'a name within it changed',
    (file, draw) => {
      const names = [
        'incident.json',
        'queries.json',
        'manifest.json',
        'data/0/spans-0.parquet',
        'data/0/logs-0.parquet',
      ]
      const name = names[at(draw, names.length)] ?? ''
      const others = ['../../../evil', '/etc/passwd', 'C:\\evil', '..\\..\\evil', '\u202Eevil', '.', 'CON', '~/x']
      const other = Buffer.alloc(name.length, 'x')
      other.write(others[at(draw, others.length)] ?? '')
      const copy = Buffer.from(file)
      for (let i = copy.indexOf(name); i >= 0; i = copy.indexOf(name, i + 1)) if (draw() < 0.7) other.copy(copy, i)
      return copy
    },
  ],
  [
    'a number of its texts made another',
    (file, draw) => {
      const copy = Buffer.from(file)
      const digits: number[] = []
      for (let i = 0; i < copy.length; i++) if ((copy[i] ?? 0) >= 48 && (copy[i] ?? 0) <= 57) digits.push(i)
      for (let i = 0; i < 3; i++) copy[digits[at(draw, digits.length)] ?? 0] = 48 + at(draw, 10)
      return copy
    },
  ],
  ['something before it', (file, draw) => Buffer.concat([Buffer.alloc(1 + at(draw, 1000), 'MZ'), file])],
  ['another zip after it', (file, draw) => Buffer.concat([file, file.subarray(at(draw, file.length))])],
]

test(`${CASES} files made wrong are refused with a reason, or hold what they held (seed ${SEED})`, {
  timeout: 1_200_000,
}, async () => {
  const draw = randomOf(SEED)
  const outside = readdirSync(folder)
  const cache = () => readdirSync(join(t.dataDir, 'cache'))
  for (let i = 0; i < CASES; i++) {
    const [name, mutate] = MUTATIONS[i % MUTATIONS.length] as (typeof MUTATIONS)[number]
    const file = mutate(good, draw)
    const path = join(folder, 'case.watchdeck')
    writeFileSync(path, file)
    const label = `${i}: ${name}`
    const verified = await t.client.call('file.verify', { path }).catch((error: unknown) => error)
    if (verified instanceof Error)
      expect([label, verified instanceof WatchdeckError && verified.code]).toEqual([label, 'unauthenticated'])
    const opened = await t.client.call('file.open', { path }).catch((error: unknown) => error)
    if (opened instanceof Error) {
      // a code of the closed set with a reason; a flag that says "encrypted" asks for a passphrase
      expect([label, opened instanceof WatchdeckError && opened.code]).toEqual([
        label,
        expect.stringMatching(/^(corrupt|unsupported|limit_exceeded|unauthenticated)$/),
      ])
      continue
    }
    const { source } = opened as { source: string }
    const asked = await t.stores.telemetry
      .scope([source])
      .then((scope) => t.stores.telemetry.rows(`SELECT count(*) AS n FROM ${scope.relation('logs')}`, []))
      .catch((error: unknown) => error)
    if (asked instanceof Error)
      expect([label, asked instanceof WatchdeckError && asked.code, asked.message]).toEqual([
        label,
        'corrupt',
        asked.message,
      ])
    await t.client.call('file.close', { source })
  }
  expect(readdirSync(folder).sort()).toEqual([...outside, 'case.watchdeck'].sort())
  expect(cache()).toEqual([])
  expect((await t.client.call('sources.list', {})).sources).toEqual([])
  expect(t.logLines.filter((line) => line['level'] === 'error' && line['message'] !== 'call failed')).toEqual([])
})
