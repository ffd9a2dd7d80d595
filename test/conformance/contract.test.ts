// Every method of the contract through the built command line, on a small demo: good input answers in the contract's
// shapes (times, durations, tables, completeness), wrong and missing input is refused with a code, a field and a hint.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AlertmanagerDouble, startAlertmanager } from '../support/alertmanager.ts'
import { ensureBuilt } from '../../scripts/lib/out.ts'
import { contractSchemas, type MethodSchema } from '../../src/main/cli/schemas.ts'
import { dialEngine } from '../../src/main/cli/local-socket.ts'
import { readHolder } from '../../src/main/engine/lock.ts'
import { WatchdeckError } from '../../src/shared/base/errors.ts'
import { zCompleteness } from '../../src/shared/contract/define.ts'
import { methodNames, methodSpec } from '../../src/shared/contract/index.ts'
import { STREAM_METHODS } from '../../src/shared/contract/streams.ts'
import { createUntypedClient, type UntypedClient } from '../../src/shared/rpc/client.ts'

const CLI = resolve(import.meta.dirname, '../../out/main/cli.js')
const { methods } = contractSchemas()

type Answer = Record<string, unknown>
const answers = new Map<string, Answer>()
let dataDir = ''
let serving: ChildProcess | undefined
let client: UntypedClient | undefined
let alertmanager: AlertmanagerDouble | undefined
let alerting = ''

/** `watchdeck call`: what it printed, or the error object of its stderr. */
function call(method: string, input: unknown): Promise<{ out: string; error: Answer | undefined }> {
  const words = ['call', method, '--input', JSON.stringify(input), '--data-dir', dataDir]
  if (STREAM_METHODS.includes(method)) words.push('--limit', '1')
  return new Promise((done) => {
    const env = { ...process.env, LANG: 'C', LC_ALL: 'C' }
    execFile(process.execPath, [CLI, ...words], { env, maxBuffer: 2 ** 28 }, (failure, out, err) => {
      const last = failure ? (err.trim().split('\n').at(-1) ?? '') : ''
      done({ out, error: last === '' ? undefined : (JSON.parse(last) as { error: Answer }).error })
    })
  })
}

const pick = (method: string, path: string): string => {
  let value: unknown = answers.get(method)
  for (const part of path.split('.'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined
  if (typeof value !== 'string') throw new Error(`${method} answered without ${path}`)
  return value
}
const range = () => ({ from: pick('demo.create', 'from'), to: pick('demo.create', 'to') })
const source = () => pick('demo.create', 'source')
const incident = () => pick('incidents.create', 'id')
const traceId = () => pick('traces.search', 'rows.0.traceId')
const live = () => ({ kind: 'prometheus', name: 'nobody', url: 'http://127.0.0.1:9' })
const path = (name: string) => join(dataDir, name)
const nothing = () => ({})

/** In an order in which each finds what it needs: one good input per method. */
const WALK: ReadonlyArray<readonly [method: string, input: () => unknown]> = [
  ['demo.create', () => ({ seed: 2, scale: 0.01 })],
  ['system.info', nothing],
  ['system.ping', nothing],
  ['system.spent', nothing],
  ['settings.get', nothing],
  ['settings.vault', nothing],
  ['settings.unlockVault', () => ({ passphrase: 'correct horse' })],
  ['settings.set', () => ({ zone: 'UTC' })],
  ['settings.defaults', nothing],
  ['settings.reset', () => ({ names: ['density'] })],
  ['settings.redaction', () => ({ text: 'of ana@shop.example' })],
  ['services.overview', () => ({ range: range() })],
  ['services.sparklines', () => ({ range: range() })],
  ['services.map', () => ({ range: range() })],
  ['services.measured', () => ({ range: range() })],
  ['services.changes', () => ({ range: range() })],
  ['traces.search', () => ({ range: range(), limit: 3 })],
  ['traces.scatter', () => ({ range: range() })],
  ['traces.get', () => ({ traceId: traceId() })],
  ['traces.header', () => ({ traceId: traceId() })],
  ['traces.waterfall', () => ({ traceId: traceId() })],
  ['traces.locate', () => ({ traceId: traceId(), find: 'a' })],
  ['traces.flame', () => ({ traceId: traceId() })],
  ['traces.span', () => ({ traceId: traceId(), spanId: pick('traces.get', 'rows.0.spanId') })],
  ['traces.stats', () => ({ range: range(), groupBy: ['service', 'attr:http.request.method'] })],
  ['traces.differences', () => ({ range: range(), selection: { minDuration: '100ms' } })],
  ['traces.compareGroups', () => ({ a: { range: range() }, b: { range: range(), filter: { status: 'error' } } })],
  ['traces.groupDifferences', () => ({ a: { range: range() }, b: { range: range(), filter: { status: 'error' } } })],
  ['traces.compare', () => ({ a: traceId(), b: pick('traces.search', 'rows.1.traceId') })],
  ['traces.keys', () => ({ range: range() })],
  ['traces.values', () => ({ range: range(), key: 'service' })],
  ['logs.search', () => ({ range: range(), query: 'level>=warn', limit: 3 })],
  ['logs.histogram', () => ({ range: range(), buckets: 10 })],
  ['logs.count', () => ({ range: range() })],
  ['logs.fields', () => ({ range: range() })],
  ['logs.context', () => ({ id: pick('logs.search', 'rows.0.id'), before: 2, after: 2 })],
  ['metrics.search', () => ({ limit: 5 })],
  ['metrics.labels', nothing],
  ['metrics.series', () => ({ selector: 'up', limit: 3 })],
  ['metrics.query', () => ({ range: range(), step: '10m', query: 'sum(up)' })],
  ['metrics.lane', () => ({ range: range(), query: pick('metrics.search', 'rows.0.name') })],
  ['metrics.heatmap', () => ({ range: range(), metric: 'http_server_request_duration_seconds' })],
  ['metrics.exemplars', () => ({ range: range(), query: pick('metrics.search', 'rows.0.name') })],
  ['metrics.rules', nothing],
  ['metrics.targets', nothing],
  ['metrics.server', nothing],
  ['metrics.cardinality', nothing],
  ['metrics.costly', () => ({ metric: pick('metrics.search', 'rows.0.name'), at: range().to, sources: [source()] })],
  ['clusters.objects', () => ({ range: range(), limit: 3 })],
  ['clusters.object', () => ({ uid: pick('clusters.objects', 'rows.0.uid') })],
  ['clusters.happenings', () => ({ range: range(), limit: 3 })],
  ['alerts.list', () => ({ range: { from: '2026-01-01T00:00:00Z', to: 'now' }, sources: [alerting] })],
  ['alerts.marks', () => ({ range: range() })],
  ['alerts.groups', nothing],
  [
    'alerts.planSilence',
    () => ({
      source: alerting,
      matchers: [{ name: 'a', value: 'b' }],
      lasts: '1h',
      creator: 'walk',
      comment: 'walked',
    }),
  ],
  ['alerts.silence', () => ({ plan: pick('alerts.planSilence', 'plan') })],
  ['alerts.silences', nothing],
  ['alerts.expire', () => ({ source: alerting, id: pick('alerts.silence', 'id') })],
  ['alerts.actions', nothing],
  ['alerts.raise', () => ({ source: alerting, fingerprint: 'f1', startsAt: pick('alerts.list', 'rows.0.startsAt') })],
  ['recording.plan', () => ({ incident: pick('alerts.raise', 'id') })],
  ['recording.status', () => ({ incident: pick('alerts.raise', 'id') })],
  ['incidents.create', () => ({ title: 'Walk', severity: 'minor', range: range(), sources: [source()] })],
  ['incidents.list', nothing],
  ['incidents.get', () => ({ id: incident() })],
  ['incidents.update', () => ({ id: incident(), title: 'Walked' })],
  ['incidents.pin', () => ({ incident: incident(), what: { method: 'logs.count', input: { range: range() } } })],
  ['incidents.note', () => ({ incident: incident(), markdown: 'seen' })],
  ['incidents.editEntry', () => ({ id: pick('incidents.note', 'id'), markdown: 'seen twice' })],
  ['incidents.removeEntry', () => ({ id: pick('incidents.note', 'id') })],
  ['incidents.restoreEntry', () => ({ id: pick('incidents.note', 'id') })],
  ['incidents.entries', () => ({ incident: incident() })],
  ['incidents.pinned', () => ({ id: pick('incidents.pin', 'id') })],
  ['incidents.timeline', () => ({ incident: incident() })],
  ['incidents.chatSummary', () => ({ incident: incident() })],
  ['file.estimate', () => ({ incident: incident() })],
  ['file.save', () => ({ incident: incident(), path: path('walk.watchdeck') })],
  ['file.verify', () => ({ path: path('walk.watchdeck') })],
  ['file.open', () => ({ path: path('walk.watchdeck') })],
  ['file.adopt', () => ({ incident: pick('file.open', 'incident') })],
  ['file.unpacked', nothing],
  ['file.forget', () => ({ key: pick('file.open', 'source').split('-')[1] })],
  ['file.close', () => ({ source: pick('file.open', 'source') })],
  ['report.render', () => ({ incident: incident(), format: 'md' })],
  ['incidents.remove', () => ({ id: incident() })],
  ['incidents.restore', () => ({ id: incident() })],
  ['export.table', () => ({ method: 'traces.search', input: { range: range(), limit: 3 }, format: 'csv' })],
  [
    'export.tableFile',
    () => ({ method: 'traces.search', input: { range: range() }, format: 'ndjson', path: path('table.ndjson') }),
  ],
  ['export.run', () => ({ sources: [source()], format: 'otlp-json', kinds: ['traces'], path: path('out.json') })],
  ['import.preview', () => ({ paths: [path('lines.ndjson')] })],
  ['import.run', () => ({ paths: [path('lines.ndjson')], source: 'lines' })],
  [
    'import.saveRecipe',
    () => ({ name: 'lines', path: path('lines.ndjson'), mapping: { format: 'ndjson', encoding: 'utf-8' } }),
  ],
  ['import.recipes', nothing],
  ['import.removeRecipe', () => ({ id: pick('import.saveRecipe', 'id') })],
  ['sources.list', nothing],
  ['sources.imports', () => ({ id: pick('import.run', 'source') })],
  ['sources.update', () => ({ id: pick('import.run', 'source'), clockOffsetNs: 5 })],
  ['sources.remove', () => ({ id: pick('import.run', 'source') })],
  ['sources.restore', () => ({ id: pick('import.run', 'source') })],
  ['receiver.start', () => ({ port: 14_318 })],
  ['receiver.status', nothing],
  ['receiver.stop', nothing],
  ['sources.add', live],
  ['sources.sshHosts', () => ({})],
  ['sources.spec', () => ({ id: pick('sources.add', 'id') })],
  ['sources.edit', () => ({ id: pick('sources.add', 'id'), spec: { ...live(), name: 'somebody' } })],
  ['sources.revert', () => ({ id: pick('sources.add', 'id') })],
  ['sources.test', () => ({ spec: live() })],
  ['sources.health', nothing],
  ['sources.read', () => ({ text: 'datasources: [{ name: j, type: jaeger, url: "http://127.0.0.1:9" }]' })],
  ['sources.write', nothing],
  ['sources.purge', nothing],
  ['jobs.list', nothing],
  ['jobs.get', () => ({ id: pick('jobs.list', 'jobs.0.id') })],
  ['jobs.clear', nothing],
  ['settings.lockVault', nothing],
  ['system.backup', () => ({ path: path('backup') })],
  ['system.backups', nothing],
  ['system.restore', () => ({ path: path('backup') })],
  ['space.status', nothing],
  ['system.cancelRestore', nothing],
  ['space.usage', nothing],
  ['space.plan', nothing],
  ['space.run', () => ({ items: [`source:${pick('import.run', 'source')}`] })],
  ['space.runs', nothing],
  ['space.undo', () => ({ run: pick('space.run', 'run') })],
  ['space.reclaim', () => ({})],
]
/** Streams and recordings never end by themselves, and what runs is needed to end it: their refusals are walked. */
const NOT_WALKED = ['system.changes', 'jobs.watch', 'jobs.cancel', 'recording.start', 'recording.stop']

beforeAll(async () => {
  expect(await ensureBuilt()).toBe(true)
  dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-walk-'))
  writeFileSync(path('lines.ndjson'), '{"time":"2026-11-02T14:00:00Z","level":"info","message":"hello"}\n')
  const child = spawn(process.execPath, [CLI, 'serve', '--no-open', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  serving = child
  await new Promise<void>((done, fail) => {
    child.stdout.once('data', () => done())
    child.once('exit', () => fail(new Error('the engine did not start')))
  })
  const address = readHolder(dataDir)?.address
  if (address === undefined) throw new Error('the engine published no address')
  const transport = await dialEngine(address)
  client = createUntypedClient({ connect: () => transport })
  alertmanager = await startAlertmanager()
  alertmanager.firing = [{ fingerprint: 'f1', labels: { alertname: 'A' }, startsAt: '2026-11-02T14:00:00Z' }]
  const added = await call('sources.add', { kind: 'alertmanager', name: 'alerts', url: alertmanager.url })
  alerting = (JSON.parse(added.out) as { id: string }).id
}, 180_000)

afterAll(async () => {
  client?.[Symbol.dispose]()
  await alertmanager?.[Symbol.asyncDispose]()
  const child = serving
  if (child) {
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await gone
  }
  rmSync(dataDir, { recursive: true, force: true })
})

test('the walk knows every method', () => {
  const known = [...WALK.map(([method]) => method), ...NOT_WALKED].sort()
  expect(known).toEqual([...methodNames()].sort())
})

test('the streams that are known by name alone are those of the contract', () => {
  expect([...STREAM_METHODS].sort()).toEqual(
    methodNames()
      .filter((name) => methodSpec(name)?.kind === 'stream')
      .sort(),
  )
})

describe('good input', () => {
  test.each(WALK)(
    '%s answers as the contract says',
    async (method, input) => {
      const { out, error } = await call(method, input())
      expect(error).toBeUndefined()
      const answer = JSON.parse(out) as Answer
      answers.set(method, answer)
      expect(problemsOf(methods[method], answer)).toEqual([])
    },
    60_000,
  )
})

test('nobody else may read what the engine keeps', { skip: process.platform === 'win32' }, () => {
  const open = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.endsWith('lines.ndjson') && (statSync(path).mode & 0o077) !== 0)
  expect(open).toEqual([])
})

describe('missing and wrong input', () => {
  const withFields = Object.entries(methods).flatMap(([method, schema]) => {
    const required = (schema.input['required'] as readonly string[] | undefined) ?? []
    const fields = Object.keys((schema.input['properties'] as object | undefined) ?? {})
    return fields.length === 0 ? [] : [{ method, required, field: required[0] ?? (fields[0] as string) }]
  })

  test.each(withFields.filter((m) => m.required.length > 0))('$method names what is missing', async ({ method }) => {
    const error = await refusal(method, {})
    expect([error.code, typeof error.hint]).toEqual(['invalid_input', 'string'])
    expect(JSON.stringify(error.details)).toContain(method)
  })

  test.each(withFields)('$method says what is wrong with $field', async ({ method, field }) => {
    const error = await refusal(method, { [field]: [{ no: 'such' }] })
    expect(error.code).toBe('invalid_input')
    expect([method, error.message.length > 10, error.hint === undefined || error.hint.length > 5]).toEqual([
      method,
      true,
      true,
    ])
  })

  test('a refusal of the command line is one JSON object with nothing on stdout', async () => {
    const { out, error } = await call('traces.search', { range: range(), minDuration: 1.5 })
    expect(out).toBe('')
    expect(error).toMatchObject({
      code: 'invalid_input',
      hint: 'Give "250ms", "1h30m" or integer nanoseconds.',
      retryable: false,
    })
  })

  test('the same group twice is refused with what to do', async () => {
    const error = await refusal('traces.stats', { range: range(), groupBy: ['service', 'service'] })
    expect([error.code, error.hint]).toEqual(['invalid_input', 'Leave one of them out.'])
  })
})

async function refusal(method: string, input: unknown): Promise<WatchdeckError> {
  try {
    if (methods[method]?.kind === 'stream')
      for await (const item of (client as UntypedClient).stream(method, input)) throw new Error(JSON.stringify(item))
    else await (client as UntypedClient).call(method, input)
  } catch (error) {
    if (error instanceof WatchdeckError) return error
    throw error
  }
  throw new Error(`${method} took ${JSON.stringify(input)}`)
}

const TIME = /^-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/
const isNs = (value: unknown) =>
  value === null || Number.isInteger(value) || (typeof value === 'string' && /^-?\d{16,}$/.test(value))

/** What of an answer is not as the contract's page says. */
function problemsOf(schema: MethodSchema | undefined, answer: Answer): string[] {
  const problems: string[] = []
  if (!zCompleteness.safeParse(answer['completeness']).success) problems.push('it has no completeness')
  if (schema && 'columns' in schema.output) {
    const promised = schema.output.columns as ReadonlyArray<{ name: string; type: string }>
    const { columns, rows } = answer as { columns?: unknown; rows?: unknown }
    if (!Array.isArray(columns) || !Array.isArray(rows)) return [...problems, 'it is no table']
    for (const column of promised)
      if (!columns.some((c: { name: string; type: string }) => c.name === column.name && c.type === column.type))
        problems.push(`column ${column.name} is not there as ${column.type}`)
  }
  walk(answer, '', problems)
  return problems.slice(0, 10)
}

function walk(value: unknown, at: string, problems: string[]): void {
  if (Array.isArray(value)) return value.forEach((inner, i) => walk(inner, `${at}[${i}]`, problems))
  if (typeof value !== 'object' || value === null) return
  if ('columns' in value && 'rows' in value && Array.isArray(value.columns) && Array.isArray(value.rows))
    return table(value.columns as Column[], value.rows as Answer[], at, problems)
  for (const [key, inner] of Object.entries(value)) {
    if (/Ns$/.test(key) && !isNs(inner)) problems.push(`${at}.${key} is no whole number: ${JSON.stringify(inner)}`)
    if (/^(trace|span)Id$/.test(key) && typeof inner === 'string' && !/^([0-9a-f]{32}|[0-9a-f]{16})?$/.test(inner))
      problems.push(`${at}.${key} is no id: ${inner}`)
    walk(inner, `${at}.${key}`, problems)
  }
}

interface Column {
  readonly name: string
  readonly type: string
  readonly unit?: string
}

function table(columns: readonly Column[], rows: readonly Answer[], at: string, problems: string[]): void {
  for (const { name, type } of columns)
    for (const row of rows.slice(0, 50)) {
      const value = row[name]
      if (value === undefined) problems.push(`${at} ${name} is missing in a row`)
      else if (value !== null && !fits(type, value))
        problems.push(`${at} ${name} is no ${type}: ${JSON.stringify(value)}`)
    }
  for (const { name, type, unit } of columns)
    if (/Ns$/.test(name) && type !== 'json' && (type !== 'int' || unit !== 'ns'))
      problems.push(`${at} ${name} is ${type} in ${unit}, not int in ns`)
}

function fits(type: string, value: unknown): boolean {
  switch (type) {
    case 'time':
      return typeof value === 'string' && TIME.test(value)
    case 'int':
      return Number.isInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value))
    case 'float':
      return typeof value === 'number' || value === 'NaN' || value === '+Inf' || value === '-Inf'
    case 'string':
      return typeof value === 'string'
    case 'bool':
      return typeof value === 'boolean'
    default:
      return type === 'json'
  }
}
