// The connector for Prometheus and what answers its API: Thanos, Mimir, Cortex, VictoriaMetrics.

import type { Connector } from '../../platform/connector.ts'
import { openedSource, testOf } from '../common/opened.ts'
import { PrometheusAlerts } from './alerts.ts'
import { PromClient } from './client.ts'
import { backendSteps, capabilitiesOf } from './probe.ts'
import { PrometheusSource } from './source.ts'
import { Stores } from './stores.ts'

export const prometheusConnector: Connector = {
  kind: 'prometheus',

  open: (opened, services, changed) =>
    openedSource(opened, services, changed, (told, tunnel, known) => {
      const client = new PromClient(opened.spec, services, told, tunnel)
      const stores = new Stores(client)
      const alerts = new PrometheusAlerts(opened.id, client, stores, known)
      const source = new PrometheusSource(opened.id, client, stores, services.clock, known)
      return {
        http: client.http,
        get metrics() {
          return known()?.flags['queries'] === false ? undefined : source
        },
        server: source,
        get alerts() {
          return known()?.flags['alerts'] === false ? undefined : alerts
        },
        capabilitiesOf: (asking) => capabilitiesOf(client, asking),
      }
    }),

  test: testOf((spec, services, tunnel) => {
    const client = new PromClient(spec, services, () => undefined, tunnel)
    return { http: client.http, steps: (asking) => backendSteps(client, asking) }
  }),
}
