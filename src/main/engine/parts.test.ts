import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { asEpochNs } from '../../shared/base/time.ts'
import { defaultDataDir, systemClock } from '../platform/system.ts'
import { memoryVault } from '../platform/secrets.ts'
import { QueryBudget } from './budget.ts'
import { feed } from './feed.ts'
import { lockDataDir, readHolder } from './lock.ts'
import { openLogFile } from './logfile.ts'
import { redactText, redactValue } from './redact.ts'
import { workerFile } from './workers.ts'
import { Emitter } from '../../shared/base/events.ts'

const WHO = { shell: 'cli', version: '1', since: '2026-11-02T14:00:00.000000000Z' }

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'watchdeck-parts-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('a lock is held, given back, and leaves nothing behind', () => {
  const dir = tempDir()
  const lock = lockDataDir(dir, WHO)
  expect(readHolder(dir)).toMatchObject({ pid: process.pid, shell: 'cli' })
  expect(() => lockDataDir(dir, WHO)).toThrow(/in use by another Watchdeck \(cli, process/)
  lock[Symbol.dispose]()
  expect(readHolder(dir)).toBeUndefined()
  expect(readdirSync(dir)).toEqual([])
})

test('a lock of a process that is gone, of a reused pid, or damaged is taken over', () => {
  const dir = tempDir()
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const stale = [
    JSON.stringify({ ...WHO, pid: gone, processStart: '', nonce: 'a' }),
    '{ "pid": ',
    '',
    'null',
    '{"pid":-1}',
  ]
  // only where the system tells when a process began can a reused pid be seen
  if (process.platform === 'linux')
    stale.push(JSON.stringify({ ...WHO, pid: process.pid, processStart: 'boot:1', nonce: 'b' }))
  for (const text of stale) {
    writeFileSync(join(dir, 'engine.lock'), text)
    using lock = lockDataDir(dir, WHO)
    expect(readHolder(dir)?.nonce).toBe(lock.holder.nonce)
  }
  expect(readdirSync(dir)).toEqual([])
})

test('secrets never reach the log, by name or by shape', () => {
  const redacted = redactValue({
    password: 'hunter2',
    apiKey: 'k',
    'x-api-key': 'k',
    Authorization: 'Basic abc',
    nested: [{ sessionToken: 't', ok: 'fine' }],
    url: 'https://admin:hunter2@es.example:9200/x',
    header: 'Bearer abcdef123456',
    body: 'user=a&password=hunter2&x=1',
    jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
    tokens: 12,
    keyboard: 'qwerty',
    passed: true,
    empty: { token: '' },
    cause: new Error('cannot reach https://root:hunter2@db/'),
  })
  const text = JSON.stringify(redacted)
  expect(text).not.toMatch(/hunter2|abcdef123456|eyJhbG|"k"|"t"/)
  expect(redacted).toMatchObject({
    nested: [{ ok: 'fine' }],
    tokens: 12,
    keyboard: 'qwerty',
    passed: true,
    url: 'https://[redacted]@es.example:9200/x',
  })
  expect(redactText('-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----')).toBe('[redacted key]')
  const loop: Record<string, unknown> = {}
  loop['self'] = loop
  expect(JSON.stringify(redactValue(loop)).length).toBeLessThan(300)
  expect(redactText('x'.repeat(5000)).length).toBeLessThan(4200)
})

test('the log is JSON lines, rotated by size, the oldest dropped', () => {
  const dir = tempDir()
  const clock = { now: () => asEpochNs(1_700_000_000_000_000_000n) }
  using log = openLogFile(dir, { clock, maxBytes: 300, keep: 2 })
  const child = log.with({ session: 's1' })
  for (let i = 0; i < 20; i++) child.info(`line ${i}`, { i, big: 12n })
  const files = readdirSync(dir).toSorted()
  expect(files).toEqual(['watchdeck.log', 'watchdeck.log.1', 'watchdeck.log.2'])
  const lines = files.flatMap((f) =>
    readFileSync(join(dir, f), 'utf8')
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l)),
  )
  expect(lines).toContainEqual({
    time: '2023-11-14T22:13:20.000000000Z',
    level: 'info',
    message: 'line 19',
    session: 's1',
    i: 19,
    big: '12',
  })
  for (const file of files) expect(readFileSync(join(dir, file)).length).toBeLessThanOrEqual(300)
})

test('the budget bounds heavy reads of one session and of all', async () => {
  const budget = new QueryBudget({ total: 3, perSession: 2, timeoutMs: 60_000 })
  let now = 0
  let most = 0
  const signal = new AbortController().signal
  const read = async () => {
    most = Math.max(most, ++now)
    await new Promise((resolve) => setImmediate(resolve))
    now--
  }
  await Promise.all(Array.from({ length: 10 }, () => budget.run('a', signal, read)))
  expect(most).toBe(2)
  most = 0
  await Promise.all(Array.from({ length: 30 }, (_, i) => budget.run(`s${i % 5}`, signal, read)))
  expect(most).toBe(3)
})

test('a read past its time is a timeout, a cancelled one is cancelled, and a waiting one never starts', async () => {
  const budget = new QueryBudget({ total: 1, perSession: 1, timeoutMs: 20 })
  const deaf = () => new Promise<never>(() => undefined)
  await expect(budget.run('a', new AbortController().signal, deaf)).rejects.toMatchObject({
    code: 'timeout',
    retryable: true,
  })
  const abort = new AbortController()
  let started = false
  const waiting = budget.run('b', abort.signal, async () => {
    started = true
  })
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
  expect(started).toBe(false)
})

test('a feed keeps the newest value per key for a slow reader and ends with its signal', async () => {
  const emitter = new Emitter<{ key: string; n: number }>()
  const abort = new AbortController()
  const items = feed(emitter.event, (v) => v.key, abort.signal)
  const first = items.next()
  for (let n = 0; n < 1000; n++) emitter.fire({ key: n % 2 ? 'odd' : 'even', n })
  expect([(await first).value, (await items.next()).value].map((v) => v?.n)).toEqual([998, 999])
  const last = items.next()
  abort.abort()
  expect(await last).toEqual({ value: undefined, done: true })
})

test('the data folder is where each system expects it', () => {
  const at = (platform: NodeJS.Platform, env: Record<string, string>) =>
    defaultDataDir({ platform, env, home: '/home/ann' })
  expect(at('linux', {})).toBe('/home/ann/.local/share/watchdeck')
  expect(at('linux', { XDG_DATA_HOME: '/x' })).toBe('/x/watchdeck')
  expect(at('linux', { XDG_DATA_HOME: 'relative' })).toBe('/home/ann/.local/share/watchdeck')
  expect(at('darwin', {})).toBe('/home/ann/Library/Application Support/Watchdeck')
  expect(at('win32', { LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local' })).toBe(
    'C:\\Users\\ann\\AppData\\Local\\Watchdeck',
  )
  expect(at('linux', { WATCHDECK_DATA_DIR: '/d' })).toBe('/d')
})

test('secrets in memory are kept until deleted; the clock counts nanoseconds', async () => {
  const secrets = memoryVault()
  await secrets.set('__proto__', 'v')
  expect([await secrets.get('__proto__'), await secrets.get('constructor'), secrets.persistent]).toEqual([
    'v',
    undefined,
    false,
  ])
  await secrets.delete('__proto__')
  expect(await secrets.get('__proto__')).toBeUndefined()
  expect(Math.abs(Number(systemClock.now() / 1_000_000n) - Date.now())).toBeLessThan(1000)
})

test('a worker is its source from source, and a missing one of a build is named', () => {
  expect(workerFile('file:///app/src/main/import/index.ts', './parse.worker.ts')).toBe(
    '/app/src/main/import/parse.worker.ts',
  )
  expect(() => workerFile('file:///app/out/main/index.js', './parse.worker.ts')).toThrow(/no worker "parse"/)
})
