// The connector for Jaeger 1.6x to 2.2x.

import type { Connector } from '../../platform/connector.ts'
import { openedSource, testOf } from '../common/opened.ts'
import { JaegerClient } from './client.ts'
import { backendSteps, capabilitiesOf } from './probe.ts'
import { JaegerSource } from './source.ts'

export const jaegerConnector: Connector = {
  kind: 'jaeger',

  open: (opened, services, changed) =>
    openedSource(opened, services, changed, (told, tunnel) => {
      const client = new JaegerClient(opened.spec, services, told, tunnel)
      const traces = new JaegerSource(client)
      return {
        http: client.http,
        traces,
        capabilitiesOf: (asking) => capabilitiesOf(client, traces, services.clock.now(), asking),
      }
    }),

  test: testOf((spec, services, tunnel) => {
    const client = new JaegerClient(spec, services, () => undefined, tunnel)
    const source = new JaegerSource(client)
    return { http: client.http, steps: (asking) => backendSteps(client, source, services.clock.now(), asking) }
  }),
}
