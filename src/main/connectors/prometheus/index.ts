// The connector for Prometheus and what answers its API: Thanos, Mimir, Cortex, VictoriaMetrics.

import type { Asking, Capabilities } from '../../../shared/domain/live-source.ts'
import type { Connector, LiveSource } from '../../platform/connector.ts'
import { tunnelFor } from '../common/ssh/tunnel.ts'
import { runSteps, type Step, wayThere } from '../common/test-steps.ts'
import { PrometheusAlerts } from './alerts.ts'
import { PromClient } from './client.ts'
import { backendSteps, capabilitiesOf } from './probe.ts'
import { PrometheusSource } from './source.ts'

export const prometheusConnector: Connector = {
  kind: 'prometheus',

  open({ id, spec }, services, changed): LiveSource {
    const client = new PromClient(spec, services, () => onChange(), tunnelFor(spec, services))
    let capabilities: Capabilities | undefined
    let asked = false
    const closed = new AbortController()
    /** once it has answered something: what it is, beside the first questions and never before them */
    const onChange = (): void => {
      changed()
      if (asked || client.http.pulse().state !== 'ok') return
      asked = true
      const asking: Asking = { signal: closed.signal, view: 'sources.health' }
      capabilitiesOf(client, asking).then(
        (found) => {
          capabilities = found
          changed()
        },
        (error: unknown) => {
          asked = false
          if (!closed.signal.aborted) services.warn('capabilities could not be read', { source: id, error })
        },
      )
    }
    const alerts = new PrometheusAlerts(client)
    return {
      id,
      kind: 'prometheus',
      get alerts() {
        return capabilities?.flags['alerts'] === false ? undefined : alerts
      },
      metrics: new PrometheusSource(id, client, services.clock, () => capabilities),
      pulse: () => client.http.pulse(),
      load: () => client.http.load(),
      get capabilities() {
        return capabilities
      },
      close: async () => {
        closed.abort()
        await client.http.close()
      },
    }
  },

  async test({ spec }, services, signal) {
    const tunnel = tunnelFor(spec, services)
    // steps are asked once each: a retry would hide what a person wants to see
    const client = new PromClient(spec, services, () => undefined, tunnel)
    const steps = function* (): Generator<Step> {
      yield* wayThere(spec, services, tunnel)
      yield* backendSteps(client, { signal, view: 'sources.test' })
    }
    try {
      return await runSteps(steps(), signal)
    } finally {
      await client.http.close()
    }
  },
}
