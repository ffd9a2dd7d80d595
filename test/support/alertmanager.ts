// A server that answers as Alertmanager's v2 API does: alerts as they are put, silences that mute, an audit of what was sent.

import { type Answer, type FaultServer, startFaultServer } from './fault-server.ts'

export interface Firing {
  readonly fingerprint: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly inhibitedBy?: readonly string[]
}

interface Silence {
  readonly id: string
  readonly matchers: ReadonlyArray<{ name: string; value: string; isRegex: boolean; isEqual: boolean }>
  readonly createdBy: string
  readonly comment: string
  readonly startsAt: string
  endsAt: string
  state: 'active' | 'expired'
}

export interface AlertmanagerDouble extends AsyncDisposable {
  readonly url: string
  readonly server: FaultServer
  firing: readonly Firing[]
  readonly silences: Silence[]
  /** the next change is taken, and its answer lost */
  loseAnswer: boolean
}

export const EXPRESSION = 'sum(rate(errors_total[5m])) > 5'

export async function startAlertmanager(): Promise<AlertmanagerDouble> {
  const state = { firing: [] as readonly Firing[], silences: [] as Silence[], loseAnswer: false }
  const json = (value: unknown, status = 200): Answer => ({
    status,
    type: 'application/json',
    body: JSON.stringify(value),
  })
  const silencing = ({ labels }: Firing): string[] =>
    state.silences
      .filter((s) => s.state === 'active' && s.matchers.every((m) => (labels[m.name] === m.value) === m.isEqual))
      .map(({ id }) => id)
  const alertOf = (alert: Firing) => ({
    ...alert,
    annotations: alert.annotations ?? {},
    // in the future: not the end of what fires
    endsAt: '2099-01-01T00:00:00.000Z',
    updatedAt: alert.startsAt,
    receivers: [{ name: 'nobody' }],
    status: {
      state: silencing(alert).length + (alert.inhibitedBy?.length ?? 0) > 0 ? 'suppressed' : 'active',
      silencedBy: silencing(alert),
      inhibitedBy: alert.inhibitedBy ?? [],
    },
    generatorURL: `http://prom:9090/graph?g0.expr=${encodeURIComponent(EXPRESSION)}&g0.tab=1`,
  })
  const server = await startFaultServer({
    answerTo: (path) => {
      const last = server.seen.at(-1)
      if (path.endsWith('/alerts')) return json(state.firing.map(alertOf))
      if (path.endsWith('/alerts/groups'))
        return json([{ labels: { alertname: 'A' }, receiver: { name: 'nobody' }, alerts: state.firing.map(alertOf) }])
      if (path.endsWith('/receivers')) return json([{ name: 'nobody' }])
      if (path.endsWith('/status')) return json({ versionInfo: { version: '0.25.0' }, cluster: { status: 'disabled' } })
      const one = /\/silence\/([^/]+)$/.exec(path)?.[1]
      if (one !== undefined && last?.method === 'DELETE') {
        const found = state.silences.find(({ id }) => id === one)
        if (!found) return json('silence not found', 500)
        found.state = 'expired'
        return json('')
      }
      if (path.endsWith('/silences') && last?.method === 'POST') {
        const sent = JSON.parse(last.body) as Omit<Silence, 'id' | 'state'>
        if (sent.comment === 'refuse') return json('silence invalid: no', 400)
        const id = `00000000-0000-0000-0000-00000000000${state.silences.length + 1}`
        state.silences.push({ ...sent, id, state: 'active' })
        if (!state.loseAnswer) return json({ silenceID: id })
        state.loseAnswer = false
        return { status: 502, type: 'text/html', body: '<!doctype html><title>Bad gateway</title>' }
      }
      if (path.endsWith('/silences'))
        return json(state.silences.map(({ state: now, ...each }) => ({ ...each, status: { state: now } })))
      return { status: 404, type: 'text/plain', body: '404 page not found' }
    },
  })
  return Object.assign(state, {
    url: server.url,
    server,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  })
}
