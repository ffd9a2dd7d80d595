// The first screen of a log search over 10,000,000 lines: p95 over queries of each kind. LOG_ROWS=n for another size.

import { logsModule } from '../../src/main/logs/index.ts'
import { type LogRow, NO_ATTRIBUTES } from '../../src/shared/domain/telemetry.ts'
import { startTestEngine } from '../support/engine.ts'
import type { Measure } from './run.ts'

const ROWS = Number(process.env['LOG_ROWS'] ?? 10_000_000)
const START = 1_790_000_000_000_000_000n
const STEP = 1_000_000n
const resources = Array.from({ length: 40 }, (_, i) => ({ attributes: { values: { 'k8s.pod.name': `pod-${i}` } } }))
const attributes = Array.from({ length: 500 }, (_, i) => ({
  values: { 'http.status_code': i % 60 === 0 ? 503 : 200, route: `/r/${i}` },
}))

function line(i: number): LogRow {
  return {
    time: START + BigInt(i) * STEP,
    observedTime: 0n,
    severity: i % 97 === 0 ? 17 : i % 11 === 0 ? 13 : 9,
    service: `service-${i % 14}`,
    body: `request ${(i * 7919) % 1_000_003} to upstream-${i % 23} finished with status ${i % 60} after ${(i * 31) % 997} ms${i % 1_000_000 === 5 ? ' poison message' : ''}`,
    attributes: attributes[i % 500] ?? NO_ATTRIBUTES,
    resource: resources[i % 40] as LogRow['resource'],
    traceId: '',
    spanId: '',
  }
}

/** Of each kind some that fill a page at once and some that find little or nothing. */
const QUERIES: ReadonlyArray<readonly [kind: string, atMost: number, queries: readonly string[]]> = [
  [
    'fields and levels',
    300,
    [
      '',
      'level>=error',
      'service:service-3',
      'http.status_code>=500',
      'k8s.pod.name:pod-7 level:warn',
      'route:/r/499',
      'level:fatal',
      'service:absent',
      'absent:*',
      'service:service-1 -level:info',
    ],
  ],
  [
    'words',
    1000,
    [
      'finished',
      'upstream-7',
      '"status 59"',
      'poison',
      '"poison message"',
      'zebra',
      'ZEBRA -finished',
      'after 996',
      "'Poison'",
      'pois*mess',
    ],
  ],
  [
    'regex',
    2000,
    [
      '/status 5\\d/',
      '/after 9\\d\\d ms$/',
      '/poison/',
      '/pois.n m/',
      '/zebra\\d+/',
      '/^request 77\\d+ /',
      '/z[aeiou]bra/',
      '/(zebra|quagga)/',
    ],
  ],
]

export async function main(): Promise<Measure[]> {
  await using t = await startTestEngine({ modules: [logsModule], checkAnswers: false })
  const source = t.stores.catalog.sources.create({ name: 'bench', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(source.id)
  for (let i = 0; i < ROWS; i += 50_000)
    await writer.write({
      kind: 'logs',
      rows: Array.from({ length: Math.min(50_000, ROWS - i) }, (_, k) => line(i + k)),
    })
  await writer.commit()
  t.stores.catalog.sources.update(source.id, { state: 'ready' })
  const range = { from: String(START), to: String(START + BigInt(ROWS) * STEP) }
  const measures: Measure[] = []
  for (const [kind, atMost, queries] of QUERIES) {
    const took: number[] = []
    let slowest = { query: '', ms: 0 }
    for (const query of [...queries, ...queries]) {
      const start = performance.now()
      await t.client.call('logs.search', { range, query })
      const ms = performance.now() - start
      took.push(ms)
      if (ms > slowest.ms) slowest = { query, ms }
    }
    took.sort((a, b) => a - b)
    measures.push({
      name: `${kind}: p95 of ${took.length} (slowest ${slowest.query})`,
      value: took[Math.ceil(took.length * 0.95) - 1] as number,
      unit: 'ms',
      target: { atMost },
    })
  }
  return measures
}
