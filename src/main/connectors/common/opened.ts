// What every source over HTTP is to the engine: its pulse and ledger, what it can do once it has answered, its test, its end.

import type { Asking, Capabilities } from '../../../shared/domain/live-source.ts'
import type { Connector, ConnectorServices, LiveSource, OpenedSpec } from '../../platform/connector.ts'
import type { Tunnel } from './dispatcher.ts'
import type { HttpSource } from './http.ts'
import { tunnelFor } from './ssh/tunnel.ts'
import { runSteps, type Step, wayThere } from './test-steps.ts'

/** What a connector makes of its client; looked at anew each time, so that an interface may come and go with what is known. */
type Answers = Pick<LiveSource, 'metrics' | 'server' | 'traces' | 'alerts'> & {
  readonly http: HttpSource
  /** what the backend is; asked beside the first questions and never before them */
  capabilitiesOf(asking: Asking): Promise<Capabilities>
}

/** @param make its client tells `told` that the pulse changed; `known` is what the backend turned out to be, so far */
export function openedSource(
  { id, spec }: OpenedSpec,
  services: ConnectorServices,
  changed: () => void,
  make: (told: () => void, tunnel: Tunnel | undefined, known: () => Capabilities | undefined) => Answers,
): LiveSource {
  let capabilities: Capabilities | undefined
  let asked = false
  const closed = new AbortController()
  const onChange = (): void => {
    changed()
    if (asked || answers.http.pulse().state !== 'ok') return
    asked = true
    answers.capabilitiesOf({ signal: closed.signal, view: 'sources.health' }).then(
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
  const answers = make(onChange, tunnelFor(spec, services), () => capabilities)
  return {
    id,
    kind: spec.kind,
    get metrics() {
      return answers.metrics
    },
    get server() {
      return answers.server
    },
    get traces() {
      return answers.traces
    },
    get alerts() {
      return answers.alerts
    },
    pulse: () => answers.http.pulse(),
    load: () => answers.http.load(),
    get capabilities() {
      return capabilities
    },
    close: async () => {
      closed.abort()
      await answers.http.close()
    },
  }
}

/**
 * Goes the way to the source step by step, then those of its backend. Nothing is kept.
 * @param make its client, and what it is asked
 */
export function testOf(
  make: (
    spec: OpenedSpec['spec'],
    services: ConnectorServices,
    tunnel: Tunnel | undefined,
  ) => { readonly http: HttpSource; steps(asking: Asking): Iterable<Step> },
): Connector['test'] {
  return async ({ spec }, services, signal) => {
    const tunnel = tunnelFor(spec, services)
    const { http, steps } = make(spec, services, tunnel)
    const all = function* (): Generator<Step> {
      yield* wayThere(spec, services, tunnel)
      yield* steps({ signal, view: 'sources.test' })
    }
    try {
      return await runSteps(all(), signal)
    } finally {
      await http.close()
    }
  }
}
