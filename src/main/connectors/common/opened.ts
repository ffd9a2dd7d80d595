// What every source over HTTP is to the engine: its pulse and ledger, what it can do once it has answered, its end.

import type { Asking, Capabilities } from '../../../shared/domain/live-source.ts'
import type { ConnectorServices, LiveSource, OpenedSpec } from '../../platform/connector.ts'
import type { HttpSource } from './http.ts'

/**
 * @param make the client and the interfaces that it answers; `told` is to be called when the pulse changes
 * @param ask what the backend is; asked beside the first questions and never before them
 */
export function openedSource(
  { id, spec }: OpenedSpec,
  services: ConnectorServices,
  changed: () => void,
  make: (told: () => void) => Pick<LiveSource, 'metrics' | 'traces' | 'alerts'> & { readonly http: HttpSource },
  ask: (asking: Asking) => Promise<Capabilities>,
): LiveSource {
  let capabilities: Capabilities | undefined
  let asked = false
  const closed = new AbortController()
  const { http, ...answers } = make(() => onChange())
  const onChange = (): void => {
    changed()
    if (asked || http.pulse().state !== 'ok') return
    asked = true
    ask({ signal: closed.signal, view: 'sources.health' }).then(
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
  return {
    id,
    kind: spec.kind,
    ...answers,
    pulse: () => http.pulse(),
    load: () => http.load(),
    get capabilities() {
      return capabilities
    },
    close: async () => {
      closed.abort()
      await http.close()
    },
  }
}
