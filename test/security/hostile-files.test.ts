// A hundred and more generated attacks on the reader of incident files: each is refused with a reason and touches nothing.

import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import * as yauzl from 'yauzl'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileModule } from '../../src/main/file/index.ts'
import { incidentsModule } from '../../src/main/incidents/index.ts'
import { WatchdeckError } from '../../src/shared/base/errors.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { addSampleSource, SAMPLE_RANGE } from '../support/sample-telemetry.ts'

interface ZipEntry {
  name: string
  body: Buffer
  method?: number
  flags?: number
  mode?: number
  /** what the headers claim instead of the truth */
  claimedSize?: number
  claimedCompressed?: number
  claimedOffset?: number
}

/** A zip written by hand, because a well-kept library refuses to write what attackers write. */
function rawZip(entries: readonly ZipEntry[], claimedCount = entries.length): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const stored = entry.method === 8 ? deflateRawSync(entry.body) : entry.body
    const compressed = entry.claimedCompressed ?? stored.length
    const size = entry.claimedSize ?? entry.body.length
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(entry.flags ?? 0, 2)
    header.writeUInt16LE(entry.method ?? 0, 4)
    header.writeUInt32LE(crc32(entry.body), 10)
    header.writeUInt32LE(compressed, 14)
    header.writeUInt32LE(size, 18)
    header.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), header, name, stored])
    locals.push(local)
    const central = Buffer.alloc(16)
    central.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 8)
    central.writeUInt32LE(entry.claimedOffset ?? offset, 12)
    directory.push(
      Buffer.from('PK\x01\x02\x14\x03', 'latin1'),
      header.subarray(0, 24),
      Buffer.alloc(2),
      central.subarray(2),
      name,
    )
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(claimedCount & 0xffff, 4)
  end.writeUInt16LE(claimedCount & 0xffff, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06', 'latin1'), end])
}

const sha256 = (body: Buffer) => createHash('sha256').update(body).digest('hex')

let folder: string
let engine: TestEngine
let good: ZipEntry[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdeck-hostile-'))
  engine = await startTestEngine({ modules: [incidentsModule, fileModule] })
  await using home = await startTestEngine({ modules: [incidentsModule, fileModule] })
  const source = await addSampleSource(home.stores, 'sample', 5)
  const { id } = await home.client.call('incidents.create', {
    title: 'x',
    severity: 'minor',
    range: SAMPLE_RANGE,
    sources: [source],
  })
  const path = join(folder, 'good.watchdeck')
  await home.client.call('file.save', { incident: id, path, redact: false })
  good = await readZip(path)
})
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function readZip(path: string): Promise<ZipEntry[]> {
  const zip = await yauzl.openPromise(path)
  const out: ZipEntry[] = []
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = []
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
    out.push({ name: entry.fileName, body: Buffer.concat(chunks) })
  }
  return out
}

type Json = Record<string, unknown> & { entries: Array<Record<string, unknown>> }
/** The good file with one JSON entry changed; the manifest's hash and size follow, so that only the attack is wrong. */
function withJson(name: string, change: (value: Json) => unknown): ZipEntry[] {
  const copy = good.map((e) => ({ ...e }))
  const entry = copy.find((e) => e.name === name) as ZipEntry
  const value = JSON.parse(entry.body.toString()) as Json
  entry.body = Buffer.from(JSON.stringify(change(value) ?? value))
  return name === 'manifest.json' ? copy : relisted(copy)
}

function relisted(given: readonly ZipEntry[]): ZipEntry[] {
  const entries = given.map((e) => ({ ...e }))
  const manifest = entries.find((e) => e.name === 'manifest.json') as ZipEntry
  const value = JSON.parse(manifest.body.toString()) as Json
  for (const listed of value.entries) {
    const entry = entries.find((e) => e.name === listed['name'])
    if (entry) Object.assign(listed, { bytes: entry.body.length, sha256: sha256(entry.body) })
  }
  manifest.body = Buffer.from(JSON.stringify(value))
  return entries
}

const replaced = (name: string, change: Partial<ZipEntry>): ZipEntry[] =>
  good.map((e) => (e.name === name ? { ...e, ...change } : e))
const dataName = () => (good.find((e) => e.name.startsWith('data/0/spans')) as ZipEntry).name

const TRAVERSALS = [
  '../evil',
  '..\\evil',
  'data/../../evil',
  '/etc/evil',
  'C:\\evil',
  '\\\\host\\share\\evil',
  'data/0/../../evil.parquet',
  './evil',
  'data//evil',
  'data/0/spans-0.parquet/../../../evil',
  '%2e%2e/evil',
  '..%2fevil',
  'data/0/spans-0.parquet\0.txt',
  '~/evil',
  'data/./0/evil',
  '....//evil',
  'data/0/\u202eteuqrap.0-snaps',
  'ＤＡＴＡ/evil',
  'data/0/spans-0.parquet ',
  'DATA/0/spans-0.parquet',
  'manifest.json/',
  'data/',
  'a'.repeat(60_000),
  'data/9999/spans-0.parquet',
  'data/0/spans-99999.parquet',
  'data/-1/spans-0.parquet',
  'data/0/nothing-0.parquet',
  'data/0/spans.parquet',
  'con',
  'aux.json',
  'incident.json.lnk',
  '.ssh/authorized_keys',
]

const deep = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth))

function attacks(): Array<[name: string, file: Buffer]> {
  const spans = dataName()
  const all: Array<[string, Buffer]> = []
  const add = (name: string, entries: readonly ZipEntry[], count?: number) => all.push([name, rawZip(entries, count)])
  for (const name of TRAVERSALS) {
    add(`an extra entry ${JSON.stringify(name.slice(0, 40))}`, [...good, { name, body: Buffer.from('x') }])
    add(
      `a data entry renamed ${JSON.stringify(name.slice(0, 40))} in zip and manifest`,
      withJson('manifest.json', (m) => {
        for (const e of m.entries) if (e['name'] === spans) e['name'] = name
      }).map((e) => (e.name === spans ? { ...e, name } : e)),
    )
  }
  for (const [what, mode] of [
    ['symbolic link', 0o120777],
    ['device', 0o020666],
    ['pipe', 0o010666],
    ['folder', 0o040755],
    ['socket', 0o140777],
  ] as const)
    for (const name of ['incident.json', spans]) add(`${name} as a ${what}`, replaced(name, { mode }))
  for (const name of ['manifest.json', 'incident.json', 'queries.json', spans]) {
    add(`${name} deflated`, replaced(name, { method: 8 }))
    add(`${name} twice`, [...good, { name, body: Buffer.from('{}') }])
    add(
      `${name} missing`,
      good.filter((e) => e.name !== name),
    )
    add(`${name} empty`, replaced(name, { body: Buffer.alloc(0) }))
    add(`${name} encrypted`, replaced(name, { flags: 1 }))
    add(`${name} claiming 4 GB`, replaced(name, { claimedSize: 0xfffffff0, claimedCompressed: 0xfffffff0 }))
    add(`${name} claiming another size`, replaced(name, { claimedSize: 10 }))
    add(`${name} at an offset past the end`, replaced(name, { claimedOffset: 0x7fffffff }))
    add(
      `${name} overlapping the first entry`,
      name === 'manifest.json' ? replaced('incident.json', { claimedOffset: 3 }) : replaced(name, { claimedOffset: 0 }),
    )
    add(`${name} in an unknown method`, replaced(name, { method: 99 }))
  }
  add('a bomb of 200 MB in 200 kB', replaced('queries.json', { method: 8, body: Buffer.alloc(200_000_000) }))
  add('a directory that claims 65,535 entries', good, 0xffff)
  add('6,000 entries', [
    ...good,
    ...Array.from({ length: 6000 }, (_, i) => ({ name: `data/0/spans-${i + 1}.parquet`, body: Buffer.from('x') })),
  ])
  for (const depth of [1000, 100_000, 3_000_000]) {
    add(`a manifest nested ${depth} deep`, replaced('manifest.json', { body: deep(depth) }))
    add(`an incident nested ${depth} deep`, relisted(replaced('incident.json', { body: deep(depth) })))
  }
  for (const body of ['null', '[]', '"x"', '{', '\u0000', '{"format":"watchdeck-incident"}', 'NaN'])
    add(`a manifest that is ${JSON.stringify(body)}`, replaced('manifest.json', { body: Buffer.from(body) }))
  add('a manifest of 9 MB', replaced('manifest.json', { body: Buffer.from(`{"x":"${'a'.repeat(9e6)}"}`) }))
  add(
    'a newer format',
    withJson('manifest.json', (m) => ({ ...m, version: 99 })),
  )
  add(
    'another format',
    withJson('manifest.json', (m) => ({ ...m, format: 'zip' })),
  )
  add(
    'a wrong hash',
    withJson('manifest.json', (m) => void Object.assign(m.entries[0] as object, { sha256: '0'.repeat(64) })),
  )
  add(
    'a data entry with a wrong hash',
    withJson('manifest.json', (m) => {
      for (const e of m.entries) if (e['name'] === spans) e['sha256'] = '0'.repeat(64)
    }),
  )
  add(
    'an entry that its manifest does not name',
    withJson('manifest.json', (m) => ({ ...m, entries: m.entries.filter((e) => e['name'] !== spans) })),
  )
  add(
    'an expensive key derivation',
    withJson('manifest.json', (m) => ({
      ...m,
      encryption: { kdf: 'scrypt', salt: '0'.repeat(32), check: '0'.repeat(64), N: 2 ** 30 },
    })),
  )
  add(
    'an incident without a title',
    withJson('incident.json', (i) => {
      delete (i['incident'] as Json)['title']
      return i
    }),
  )
  add(
    'an incident with a stage of its own',
    withJson('incident.json', (i) => {
      ;(i['incident'] as Json)['stage'] = 'pwned'
      return i
    }),
  )
  add(
    'sources that are no list',
    withJson('incident.json', (i) => ({ ...i, sources: 'x' })),
  )
  add(
    'queries that are numbers',
    withJson('queries.json', () => ({ a: 1 })),
  )
  add('no zip at all', [])
  all.push(['an empty file', Buffer.alloc(0)], ['text', Buffer.from('hello')], ['zeros', Buffer.alloc(100_000)])
  return all
}

test('every generated attack is refused with a reason, and nothing of it is left anywhere', async () => {
  const before = await tree(engine.dataDir)
  const cases = attacks()
  expect(cases.length).toBeGreaterThan(120)
  for (const [name, file] of cases) {
    const path = join(folder, 'attack.watchdeck')
    await writeFile(path, file)
    // a data entry is hashed when it is first needed, so verification is what must see it
    const verified = await engine.client.call('file.verify', { path }).catch((error: unknown) => error)
    const reason =
      verified instanceof WatchdeckError ? verified.code : (verified as { ok: boolean }).ok ? 'accepted' : 'refused'
    expect([name, reason]).toEqual([name, 'refused'])
  }
  expect((await engine.client.call('sources.list', {})).sources).toEqual([])
  expect((await engine.client.call('incidents.list', {})).incidents).toEqual([])
  expect(await tree(engine.dataDir)).toEqual(before)
  expect(await readdir(folder)).toEqual(['attack.watchdeck', 'good.watchdeck'])
})

test('Parquet parts that are not what the manifest says are refused when a view first needs them', async () => {
  const spans = dataName()
  const logs = (good.find((e) => e.name.startsWith('data/0/logs')) as ZipEntry).body
  const lies: Array<[string, ZipEntry[]]> = [
    ['another table', relisted(replaced(spans, { body: logs }))],
    ['no Parquet', relisted(replaced(spans, { body: Buffer.from('PAR1 this is not a table PAR1') }))],
    [
      'another number of rows',
      withJson('manifest.json', (m) => {
        for (const e of m.entries) if (e['name'] === spans) (e['part'] as Json)['rows'] = 7
      }),
    ],
  ]
  for (const [name, entries] of lies) {
    const path = join(folder, `${name}.watchdeck`)
    await writeFile(path, rawZip(entries))
    const { source } = await engine.client.call('file.open', { path })
    const scope = await engine.stores.telemetry.scope([source])
    const read = await engine.stores.telemetry
      .rows(`SELECT count(*) FROM ${scope.relation('spans')}`, [])
      .catch((error: unknown) => error)
    expect([name, read instanceof WatchdeckError && read.code]).toEqual([name, 'corrupt'])
    await engine.client.call('file.close', { source })
  }
})

async function tree(dir: string): Promise<string[]> {
  return (await readdir(dir, { recursive: true }))
    .filter((name) => !name.startsWith('logs') && !/\.(wal|db-wal|db-shm)$/.test(name))
    .sort()
}
