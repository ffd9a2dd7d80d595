// The connector for Jaeger 1.6x to 2.2x.

import type { Connector } from '../../platform/connector.ts'
import { openedSource } from '../common/opened.ts'
import { tunnelFor } from '../common/ssh/tunnel.ts'
import { runSteps, type Step, wayThere } from '../common/test-steps.ts'
import { JaegerClient } from './client.ts'
import { backendSteps, capabilitiesOf } from './probe.ts'
import { JaegerSource } from './source.ts'

export const jaegerConnector: Connector = {
  kind: 'jaeger',

  open(opened, services, changed) {
    const { spec } = opened
    let told = (): void => undefined
    const client = new JaegerClient(spec, services, () => told(), tunnelFor(spec, services))
    const traces = new JaegerSource(client)
    return openedSource(
      opened,
      services,
      changed,
      (onChange) => {
        told = onChange
        return { http: client.http, traces }
      },
      (asking) => capabilitiesOf(client, traces, services.clock.now(), asking),
    )
  },

  async test({ spec }, services, signal) {
    const tunnel = tunnelFor(spec, services)
    const client = new JaegerClient(spec, services, () => undefined, tunnel)
    const steps = function* (): Generator<Step> {
      yield* wayThere(spec, services, tunnel)
      yield* backendSteps(client, new JaegerSource(client), services.clock.now(), { signal, view: 'sources.test' })
    }
    try {
      return await runSteps(steps(), signal)
    } finally {
      await client.http.close()
    }
  },
}
