// An engine that records a Prometheus of the test's own; its waits and its clock are in the test's hands.

import { asEpochNs, formatRfc3339 } from '../../src/shared/base/time.ts'
import { recordedCopyId, type RecordingRecord } from '../../src/shared/domain/recording.ts'
import { alertsModule } from '../../src/main/alerts/index.ts'
import { clustersModule } from '../../src/main/clusters/index.ts'
import { jaegerConnector } from '../../src/main/connectors/jaeger/index.ts'
import { prometheusConnector } from '../../src/main/connectors/prometheus/index.ts'
import { fileModule } from '../../src/main/file/index.ts'
import { incidentsModule } from '../../src/main/incidents/index.ts'
import { metricsModule } from '../../src/main/metrics/index.ts'
import { recordingModuleWith } from '../../src/main/recording/index.ts'
import { reportModule } from '../../src/main/report/index.ts'
import { sourcesModuleWith } from '../../src/main/sources/index.ts'
import { openCatalog } from '../../src/main/storage/catalog/catalog.ts'
import { tracesModule } from '../../src/main/traces/index.ts'
import { startTestEngine } from './engine.ts'
import { startFaultServer } from './fault-server.ts'
import { T0 } from './live-traces.ts'
import { scraped } from './scraped.ts'

export const MINUTE = 60_000_000_000n
export const QUERY = 'sum(rate(requests_total[2m]))'

/** Waits are over when the test says so; `pass` answers when the recording waits again. */
export function handPace() {
  let wake: () => void = () => undefined
  let arrived: () => void = () => undefined
  const arrival = () => new Promise<void>((resolve) => (arrived = resolve))
  let waiting = arrival()
  return {
    pace: {
      everyMs: 60_000,
      wait: (_ms: number, signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          wake = resolve
          signal.addEventListener('abort', () => resolve(), { once: true })
          if (signal.aborted) resolve()
          arrived()
        }),
    },
    first: () => waiting,
    async pass() {
      waiting = arrival()
      wake()
      await waiting
    },
  }
}

export const MODULES = [
  metricsModule,
  tracesModule,
  incidentsModule,
  clustersModule,
  alertsModule,
  fileModule,
  reportModule,
]

export async function room(
  options: { lost?: { from: number; to: number }; dataDir?: string; warnings?: string[] } = {},
) {
  const backend = scraped(options.lost, options.warnings)
  const server = await startFaultServer({ answerTo: backend.answerTo })
  const hand = handPace()
  let now = T0 + 60n * MINUTE
  const t = await startTestEngine({
    modules: [...MODULES, sourcesModuleWith([prometheusConnector, jaegerConnector]), recordingModuleWith(hand.pace)],
    clock: { now: () => asEpochNs(now) },
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
  })
  return {
    t,
    ...hand,
    server,
    backend,
    at: (minutes: number) => void (now = T0 + BigInt(Math.round(minutes * 60)) * 1_000_000_000n),
    async open() {
      const { id: source } = await t.client.call('sources.add', { kind: 'prometheus', name: 'prod', url: server.url })
      const { id: incident } = await t.client.call('incidents.create', {
        title: 'x',
        severity: 'minor',
        range: { from: time(50), to: time(60) },
        sources: [source],
      })
      const what = {
        method: 'metrics.lane',
        input: { query: QUERY, range: { from: time(50), to: time(60) }, width: 600 },
      }
      await t.client.call('incidents.pin', { incident, what, lane: true })
      return { source, incident, copy: recordedCopyId(incident, source) }
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

export function writeBack(dataDir: string, record: RecordingRecord): void {
  using undo = new DisposableStack()
  const catalog = undo.adopt(openCatalog(dataDir, { now: () => asEpochNs(T0) }), (each) => each.close())
  catalog.recordings.save(record)
}

export const time = (minutes: number): string => formatRfc3339(T0 + BigInt(minutes) * MINUTE)
