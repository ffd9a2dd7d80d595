// The OpenTelemetry SDK of Python sends traces, logs and metrics over HTTP and gRPC, and all that it says it sent is here.
// Its packages are installed into a folder of the test, once; without Python, or without a way to its packages, it is skipped.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { logsModule } from '../../src/main/logs/index.ts'
import { metricsModule } from '../../src/main/metrics/index.ts'
import { receiverModule } from '../../src/main/receiver/index.ts'
import { tracesModule } from '../../src/main/traces/index.ts'
import { startTestEngine } from '../support/engine.ts'
import { freePort } from '../support/ports.ts'

const VERSION = '1.45.2'
const PACKAGES = [
  `opentelemetry-sdk==${VERSION}`,
  `opentelemetry-exporter-otlp-proto-http==${VERSION}`,
  `opentelemetry-exporter-otlp-proto-grpc==${VERSION}`,
]
const FOLDER = resolve(import.meta.dirname, '../../node_modules/.cache/watchdeck', `otlp-python-${VERSION}`)
const PYTHON = join(FOLDER, 'bin', 'python')

/** Why it cannot be run; undefined: it can. */
function prepare(): string | undefined {
  const made = join(FOLDER, 'made')
  if (existsSync(made)) return undefined
  const run = (command: string, args: readonly string[]): string | undefined => {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000 })
    return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n').at(-1) ?? `status ${status}`)
  }
  const noVenv = run('python3', ['-m', 'venv', FOLDER])
  if (noVenv !== undefined) return `no python3 with venv: ${noVenv}`
  const noPackages = run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...PACKAGES])
  if (noPackages !== undefined) return `pip cannot install ${PACKAGES[0]}: ${noPackages}`
  return run(PYTHON, ['-c', `open(${JSON.stringify(made)}, 'w').close()`])
}

interface Sent {
  readonly done: readonly boolean[]
  readonly spans: ReadonlyArray<{
    traceId: string
    spanId: string
    parentId: string
    name: string
    status: number
    message: string | null
    start: string
    attributes: Record<string, unknown>
    events: number[]
  }>
}

function program(args: readonly string[]): Promise<Sent> {
  return new Promise((done, fail) => {
    const child = spawn(PYTHON, [join(import.meta.dirname, 'otlp-sdk.py'), ...args], {
      env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (part: Buffer) => (out += part.toString()))
    child.stderr.on('data', (part: Buffer) => (err += part.toString()))
    child.once('error', fail)
    child.once('close', (code) => (code === 0 ? done(JSON.parse(out) as Sent) : fail(new Error(`${code}: ${err}`))))
  })
}

const missing = prepare()
if (missing !== undefined) process.stdout.write(`Skipped: the OpenTelemetry SDK of Python (${missing})\n`)

test.skipIf(missing !== undefined).each(['http', 'grpc'] as const)(
  'the OpenTelemetry SDK of Python over %s (needs python3 and its packages)',
  async (protocol) => {
    await using t = await startTestEngine({ modules: [receiverModule, tracesModule, logsModule, metricsModule] })
    const status = await t.client.call('receiver.start', { port: await freePort(), grpcPort: await freePort() })
    const endpoint = protocol === 'http' ? status.endpoint : (status.grpcEndpoint as string)
    const name = `py-${protocol}`
    const sent = await program([protocol, endpoint, name])
    expect(sent.done.includes(false)).toBe(false)
    expect(await t.client.call('receiver.status', {})).toMatchObject({ rejected: 0, refused: 0 })

    const { telemetry } = t.stores
    const scope = await telemetry.scope(undefined)
    const rows = await telemetry.rows<Record<string, string | number | bigint | null>>(
      `SELECT s.trace_id, lpad(lower(to_hex(s.span_id)), 16, '0') AS span_id, CASE WHEN s.parent_id = 0 THEN '' ELSE lpad(lower(to_hex(s.parent_id)), 16, '0') END AS parent_id,
         s.service, s.operation, s.status, s.status_message, s.start_ns, s.events, a.json, r.json AS resource, c.json AS scope, c.extra
       FROM ${scope.relation('spans')} s JOIN ${scope.relation('attributes')} a ON a.hash = s.attrs
       JOIN ${scope.relation('attributes')} r ON r.hash = s.resource JOIN ${scope.relation('attributes')} c ON c.hash = s.scope`,
      [],
    )
    const byId = (a: { spanId: string }, b: { spanId: string }) => (a.spanId < b.spanId ? -1 : 1)
    const found = rows.map((row) => ({
      traceId: row['trace_id'],
      spanId: String(row['span_id']),
      parentId: row['parent_id'],
      name: row['operation'],
      status: row['status'],
      message: row['status_message'],
      start: String(row['start_ns']),
      attributes: JSON.parse(String(row['json'])) as unknown,
      events: ((JSON.parse(String(row['events'] ?? '[]')) as Array<{ attributes: { attempt: number } }>) ?? []).map(
        (event) => event.attributes.attempt,
      ),
    }))
    expect(found.sort(byId)).toEqual([...sent.spans].sort(byId))
    for (const row of rows) {
      expect(row['service']).toBe(name)
      expect(JSON.parse(String(row['resource']))).toMatchObject({
        'service.instance.id': 'i-1',
        'deployment.environment': '生产',
      })
      expect(JSON.parse(String(row['scope']))).toEqual({ 'scope.key': 'scope value' })
      expect(JSON.parse(String(row['extra']))).toMatchObject({ name: 'py', version: '1.2' })
    }

    const range = { from: 'now-1h', to: 'now+1h' } as const
    const count = async (query: string) => (await t.client.call('logs.count', { range, query })).count
    expect([await count('charged'), await count('level:error refused')]).toEqual([630, 70])
    const lines = await telemetry.rows<{ trace_id: string; n: bigint }>(
      `SELECT trace_id, count(*) AS n FROM ${scope.relation('logs')} GROUP BY trace_id`,
      [],
    )
    expect(lines.map(({ trace_id }) => trace_id).sort()).toEqual([...new Set(sent.spans.map((s) => s.traceId))].sort())

    const ask = async (query: string) => {
      const { series } = await t.client.call('metrics.query', { range, query })
      return series.map(({ values, histograms }) => values.values[0] ?? histograms?.[0]?.[1])
    }
    const of = `{job="${name}"}[2h]`
    expect(await ask(`sum_over_time(orders_total${of})`)).toEqual([200])
    expect(await ask(`sum_over_time(latency_seconds_count${of})`)).toEqual([100])
    expect(await ask(`sum_over_time(latency_seconds_bucket{job="${name}", le="1"}[2h])`)).toEqual([11])
    expect(await ask(`histogram_count(last_over_time(size_bytes${of}))`)).toEqual([100])
    expect(await ask(`histogram_sum(last_over_time(size_bytes${of}))`)).toEqual([328_350])
  },
  180_000,
)
