// A handful of rows of every kind, for tests that need a source with something in it.

import type { Stores } from '../../src/main/engine/stores.ts'
import { formatRfc3339, NS_PER_S } from '../../src/shared/base/time.ts'
import {
  NO_ATTRIBUTES,
  type Resource,
  type SeriesInfo,
  type SpanRow,
  type TelemetryBatch,
} from '../../src/shared/domain/telemetry.ts'

/** 2026-11-02T14:00:00Z */
export const SAMPLE_START = 1_793_628_000_000_000_000n
export const SAMPLE_RANGE = { from: formatRfc3339(SAMPLE_START), to: formatRfc3339(SAMPLE_START + 3600n * NS_PER_S) }

const shop: Resource = { attributes: { values: { 'service.name': 'shop', 'host.ip': '10.1.2.3' } } }
const series: SeriesInfo = {
  name: 'http_requests_total',
  promName: 'http_requests_total',
  labels: { job: 'shop', instance: '10.1.2.3:8080' },
  type: 'sum',
  unit: '1',
  help: 'Requests',
  service: 'shop',
  temporality: 'cumulative',
  monotonic: true,
  attributes: NO_ATTRIBUTES,
}

/** `minutes` traces of two spans, three log lines a minute, one counter at 15 s, one pod with two versions, one event. */
export function sampleBatches(minutes = 60): TelemetryBatch[] {
  const spans: SpanRow[] = []
  const at = (seconds: number) => SAMPLE_START + BigInt(seconds) * NS_PER_S
  for (let m = 0; m < minutes; m++) {
    const traceId = (m + 1).toString(16).padStart(32, '0')
    const common = {
      traceId,
      service: 'shop',
      kind: 2 as const,
      status: m % 10 === 9 ? (2 as const) : (0 as const),
      resource: shop,
    }
    spans.push(
      {
        ...common,
        spanId: 'a'.padStart(16, '0'),
        parentId: '',
        operation: 'GET /cart',
        start: at(m * 60),
        durationNs: 50_000_000n,
        attributes: { values: { 'user.email': `u${m % 5}@shop.example` } },
      },
      {
        ...common,
        spanId: 'b'.padStart(16, '0'),
        parentId: 'a'.padStart(16, '0'),
        operation: 'SELECT cart',
        start: at(m * 60) + 1_000_000n,
        durationNs: 20_000_000n,
        attributes: NO_ATTRIBUTES,
      },
    )
  }
  return [
    { kind: 'spans', rows: spans },
    {
      kind: 'logs',
      rows: Array.from({ length: minutes * 3 }, (_, i) => ({
        time: at(i * 20),
        observedTime: 0n,
        severity: i % 7 === 0 ? 17 : 9,
        service: 'shop',
        body: `user u${i % 5}@shop.example from 10.0.0.${i % 9} paid with password=hunter${i}`,
        attributes: NO_ATTRIBUTES,
        resource: shop,
        traceId: '',
        spanId: '',
      })),
    },
    {
      kind: 'samples',
      rows: Array.from({ length: minutes * 4 }, (_, i) => ({
        series,
        time: at(i * 15),
        startTime: 0n,
        value: i === 5 ? Number.NaN : i * 3,
      })),
    },
    {
      kind: 'objects',
      rows: [1, 2].map((v) => ({
        time: at(v * 600),
        kind: 'Deployment',
        namespace: 'prod',
        name: 'shop',
        uid: 'uid-shop',
        resourceVersion: String(v),
        service: 'shop',
        deleted: false,
        body: { kind: 'Deployment', spec: { template: { spec: { containers: [{ image: `registry/shop:1.${v}` }] } } } },
      })),
    },
    {
      kind: 'happenings',
      rows: [
        {
          time: at(900),
          endTime: at(900),
          kind: 'k8s-event',
          severity: 'warning',
          reason: 'BackOff',
          message: 'restarting shop at 10.0.0.1',
          objectKind: 'Pod',
          namespace: 'prod',
          name: 'shop-1',
          service: 'shop',
          count: 3,
          uid: 'uid-pod',
          attributes: NO_ATTRIBUTES,
        },
      ],
    },
    {
      kind: 'user-events',
      rows: [{ time: at(60), id: 'e1', event: 'purchase', distinctId: 'u1', properties: NO_ATTRIBUTES }],
    },
  ]
}

/** A ready source of these rows; answers with its id. */
export async function addSampleSource(stores: Stores, name = 'sample', minutes = 60): Promise<string> {
  const { id } = stores.catalog.sources.create({ name, kind: 'import', origin: [], readOnly: false })
  const writer = await stores.telemetry.writer(id)
  for (const batch of sampleBatches(minutes)) await writer.write(batch)
  const written = await writer.commit()
  const { from, to, ...counts } = written
  stores.catalog.sources.update(id, {
    state: 'ready',
    counts: {
      spans: counts.spans,
      logs: counts.logs,
      samples: counts.samples,
      series: counts.series,
      objects: counts.objects,
      happenings: counts.happenings,
      userEvents: counts.userEvents,
    },
    rows: counts.spans + counts.logs + counts.samples,
    ...(from !== null && { from: formatRfc3339(from) }),
    ...(to !== null && { to: formatRfc3339(to) }),
  })
  return id
}
