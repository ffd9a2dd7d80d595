// What live tests share: the addresses of the servers, and an engine with the connectors.

import { setTimeout } from 'node:timers/promises'
import { alertsModule } from '../../src/main/alerts/index.ts'
import { clustersModule } from '../../src/main/clusters/index.ts'
import { alertmanagerConnector } from '../../src/main/connectors/alertmanager/index.ts'
import { fileModule } from '../../src/main/file/index.ts'
import { recordingModule } from '../../src/main/recording/index.ts'
import { incidentsModule } from '../../src/main/incidents/index.ts'
import { metricsModule } from '../../src/main/metrics/index.ts'
import { jaegerConnector } from '../../src/main/connectors/jaeger/index.ts'
import { prometheusConnector } from '../../src/main/connectors/prometheus/index.ts'
import { zipkinConnector } from '../../src/main/connectors/zipkin/index.ts'
import { servicesModule } from '../../src/main/services/index.ts'
import { sourcesModuleWith } from '../../src/main/sources/index.ts'
import { exportModule } from '../../src/main/export/index.ts'
import { tracesModule } from '../../src/main/traces/index.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

export const LIVE = {
  prometheus: process.env['WATCHDECK_LIVE_PROMETHEUS'],
  prometheus2: process.env['WATCHDECK_LIVE_PROMETHEUS2'],
  alertmanager: process.env['WATCHDECK_LIVE_ALERTMANAGER'],
  jaeger: process.env['WATCHDECK_LIVE_JAEGER'],
  jaegerOtlp: process.env['WATCHDECK_LIVE_JAEGER_OTLP_HTTP'],
  zipkin: process.env['WATCHDECK_LIVE_ZIPKIN'],
  ssh: process.env['WATCHDECK_LIVE_SSH'],
  sshKey: process.env['WATCHDECK_LIVE_SSH_KEY'],
} as const

/** The name of a test says which variable it needs when it is skipped. */
export const needs = (name: keyof typeof LIVE): string => `(needs WATCHDECK_LIVE_${name.toUpperCase()})`

export const startLiveEngine = (): Promise<TestEngine> =>
  startTestEngine({
    modules: [
      metricsModule,
      tracesModule,
      servicesModule,
      clustersModule,
      incidentsModule,
      alertsModule,
      exportModule,
      fileModule,
      recordingModule,
      sourcesModuleWith([prometheusConnector, jaegerConnector, zipkinConnector, alertmanagerConnector]),
    ],
  })

export async function addPrometheus(t: TestEngine, url: string, name = 'lab'): Promise<string> {
  const { id } = await t.client.call('sources.add', { kind: 'prometheus', name, url })
  return id
}

/** A server that has just started has scraped nothing yet: wait until it holds a minute of itself. */
export async function scraped(url: string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    // a quarter of a minute back, where the tests end their windows
    const query = 'count_over_time(up{job="prometheus"}[1m] offset 30s) >= 3'
    const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`)
    const { data } = (await answer.json()) as { data: { result: unknown[] } }
    if (data.result.length > 0) return
    await setTimeout(1000)
  }
  throw new Error(`${url} has not scraped itself within two minutes.`)
}
