// Archives as one import. The fixtures were made by GNU tar (--format=gnu with gzip, --format=posix with zstd), Info-ZIP and
// Python's zipfile: nested folders, long names, a link, a packed member, names that lead elsewhere.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import type { FoundFile } from './expand.ts'
import { importModule } from './index.ts'
import { unpackArchives } from './unpack.ts'

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/import')
const LONG = `logs/${'n'.repeat(120)}/${'f'.repeat(90)}.log`

let t: TestEngine
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watchdeck-archives-'))
  t = await startTestEngine({ modules: [importModule] })
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

async function bodiesOf(source: string) {
  const scope = await t.stores.telemetry.scope([source])
  const rows = await t.stores.telemetry.rows<{ time: bigint; body: string }>(
    `SELECT time_ns AS time, body FROM ${scope.relation('logs')} ORDER BY time_ns`,
    [],
  )
  return rows.map((row) => [row.time, row.body])
}

const zip = async (entries: Readonly<Record<string, string | Uint8Array>>): Promise<Buffer> => {
  const made = new ZipFile()
  for (const [name, content] of Object.entries(entries)) made.addBuffer(Buffer.from(content), name)
  made.end()
  const parts: Buffer[] = []
  for await (const part of made.outputStream) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
const fileOf = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(dir, name)
  await writeFile(path, content)
  return path
}
const found = async (path: string): Promise<FoundFile> => ({
  path,
  disk: path,
  bytes: (await readFile(path)).length,
  modified: 1_762_077_600_000_000_000n,
})
const unpack = async (path: string, limits: object = {}) =>
  unpackArchives([await found(path)], {
    folder: join(dir, `out-${Math.random()}`),
    signal: new AbortController().signal,
    limits,
  })

const AT = 1_762_077_600_000_000_000n

test.each([
  ['gnu.tar.gz', true],
  ['pax.tar.zst', true],
  ['infozip.zip', false],
] as const)('%s: every file of its folders is one import, times to the nanosecond', async (name, hasLink) => {
  const path = join(FIXTURES, name)
  const { source, files } = await t.client.call('import.run', { paths: [path] })
  // api.ndjson is there twice, once packed: the same content adds nothing
  expect(files.map((f) => [f.path.slice(path.length + 1), f.format]).sort()).toEqual([
    ['logs/api.ndjson', 'ndjson'],
    ['logs/api.ndjson.gz', 'ndjson'],
    [LONG, 'plain-log'],
    ['logs/web/deep/web.log', 'plain-log'],
  ])
  expect(files.filter((f) => f.alreadyImported)).toHaveLength(1)
  expect(await bodiesOf(source)).toEqual([
    [AT + 123_456_789n, 'web started'],
    [AT + 1_000_000_000n, 'web failed'],
    [AT + 2_000_000_000n, 'slow'],
    [AT + 3_000_000_000n, 'long name'],
  ])
  expect(files.flatMap((f) => f.notes ?? [])).toEqual(hasLink ? ['a link or device in the archive is left out'] : [])
  const [record] = (await t.client.call('sources.list', {})).sources.filter((s) => s.id === source)
  expect(record?.name).toBe(name)
  await t.client.call('sources.remove', { id: source })
  // nothing that was unpacked stays
  expect((await readdir(join(t.dataDir, 'uploads')).catch(() => [])).filter((n) => n.startsWith('unpacked-'))).toEqual(
    [],
  )
})

test('names that lead elsewhere are names only', async () => {
  const path = join(FIXTURES, 'python.zip')
  const { files } = await t.client.call('import.preview', { paths: [path] })
  expect(files.map((f) => f.path.slice(path.length + 1))).toEqual([
    'logs/web/deep/web.log',
    'logs/api.ndjson',
    'evil.log',
    'abs/olute.log',
  ])
})

test('one member of an archive is previewed and imported by its path, with its own mapping', async () => {
  const path = await fileOf(
    'two.zip',
    await zip({ 'a/one.log': '2025-11-02 10:00:00 INFO one\n', 'a/two.log': '2025-11-02 10:00:00 INFO two\n' }),
  )
  const member = `${path}/a/two.log`
  const mapping = { [member]: { timeZone: 'Asia/Shanghai', service: '=web' } }
  const preview = await t.client.call('import.preview', { paths: [member], mapping })
  expect(preview.files.map((f) => [f.path, f.mapping.timeZone])).toEqual([[member, 'Asia/Shanghai']])
  const { source, logs } = await t.client.call('import.run', { paths: [member], mapping })
  expect([logs, await bodiesOf(source)]).toEqual([1, [[AT - 8n * 3_600_000_000_000n, 'two']]])
  await expect(t.client.call('import.run', { paths: [`${path}/a/none.log`] })).rejects.toMatchObject({
    code: 'not_found',
  })
})

describe('what no sane archive holds is refused by name', () => {
  test('too many files, too many bytes, too good a ratio, archives in archives in archives', async () => {
    const many = await fileOf(
      'many.zip',
      await zip(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.log`, `${i}`]))),
    )
    const bomb = await fileOf('bomb.zip', await zip({ 'zeros.log': new Uint8Array(4_000_000) }))
    const inner = await zip({ 'x.log': '2025-11-02T10:00:00Z INFO x\n' })
    const nested = await fileOf('nested.zip', await zip({ 'one.zip': await zip({ 'two.zip': inner }) }))
    const problem = async (path: string, limits?: object) => (await unpack(path, limits)).map((f) => f.problem?.message)
    expect(await problem(many, { members: 20 })).toEqual(['many.zip holds more than 20 files.'])
    expect(await problem(bomb, { bytes: 1_000_000 })).toEqual(['bomb.zip unpacks to more than 0 GB.'])
    expect(await problem(bomb, { ratioFrom: 1_000_000 })).toEqual(['bomb.zip unpacks to more than 300 times its size.'])
    expect(await problem(nested)).toEqual(['two.zip: archives inside of archives inside of archives are not opened.'])
  })

  test('a damaged or empty archive is an error of its own; the files beside it are imported', async () => {
    const whole = await readFile(join(FIXTURES, 'python.zip'))
    const cut = await fileOf('cut.zip', whole.subarray(0, whole.length - 40))
    const tar = await fileOf('cut.tar.gz', gzipSync((await unzip('gnu.tar.gz')).subarray(0, 2300)))
    const good = await fileOf('beside.log', '2025-11-02T11:00:00Z INFO beside\n')
    const empty = await fileOf('empty.zip', await zip({}))
    const { files } = await t.client.call('import.run', { paths: [cut, tar, empty, good] })
    expect(files.map((f) => [f.rowsTaken, f.error?.code])).toEqual([
      [0, 'corrupt'],
      [0, 'corrupt'],
      [0, 'corrupt'],
      [1, undefined],
    ])
  })
})

async function unzip(name: string): Promise<Buffer> {
  const { gunzipSync } = await import('node:zlib')
  return gunzipSync(await readFile(join(FIXTURES, name)))
}
