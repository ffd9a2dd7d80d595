// An engine beside a server that answers as one that evaluates rules does, and an Alertmanager if asked for.

import { asEpochNs, type EpochNs, tryParseRfc3339 } from '../../src/shared/base/time.ts'
import { frameToJsonTable } from '../../src/shared/frame/table.ts'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { startAlertmanager } from './alertmanager.ts'
import { startTestEngine, type TestEngine } from './engine.ts'
import { type Answer, startFaultServer } from './fault-server.ts'

export const NOW = '2026-11-24T10:00:00.000000000Z'
export const HOURS = { from: '2026-11-24T09:00:00Z', to: '2026-11-24T14:00:00Z' }
export const LABELS = { alertname: 'TargetDown', instance: 'db-1', job: 'db', severity: 'page', service: 'checkout' }
export const QUERY = 'up == 0'
export const ABSENT: Answer = { status: 404, type: 'text/plain', body: '404 page not found' }
export const FORBIDDEN: Answer = { status: 403, type: 'text/plain', body: 'no' }
const json = (data: unknown): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify({ status: 'success', data }),
})

export const firing = (more: object = {}) => ({
  labels: LABELS,
  annotations: { summary: 'db-1 does not answer', runbook_url: 'https://wiki.example/down' },
  state: 'firing',
  activeAt: '2026-11-24T09:57:00Z',
  value: '0e+00',
  ...more,
})
export const rule = (more: object = {}) => ({
  name: 'TargetDown',
  type: 'alerting',
  query: QUERY,
  duration: 60,
  labels: { severity: 'page' },
  annotations: {},
  state: 'firing',
  health: 'ok',
  evaluationTime: 0.001,
  lastEvaluation: NOW,
  ...more,
})

export class StoppedClock {
  at = tryParseRfc3339(NOW) as EpochNs
  now(): EpochNs {
    return this.at
  }
  pass(seconds: number): void {
    this.at = asEpochNs(this.at + BigInt(seconds) * 1_000_000_000n)
  }
}

async function startRules() {
  const state = { alerts: [firing()] as unknown, rules: [rule()] as unknown, config: ABSENT as Answer | string }
  const server = await startFaultServer({
    answerTo: (path) => {
      if (path.endsWith('/alerts'))
        return state.alerts === null ? ABSENT : isAnswer(state.alerts) ? state.alerts : json({ alerts: state.alerts })
      if (path.endsWith('/rules'))
        return isAnswer(state.rules) ? state.rules : json({ groups: [{ name: 'g', rules: state.rules }] })
      if (path.endsWith('/status/config'))
        return typeof state.config === 'string' ? json({ yaml: state.config }) : state.config
      if (path.endsWith('/query_range')) return json({ resultType: 'matrix', result: [] })
      if (path.endsWith('/query')) return json({ resultType: 'vector', result: [] })
      return path.endsWith('/buildinfo') ? json({ version: '3.16.0' }) : ABSENT
    },
  })
  return Object.assign(state, { server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() })
}
const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null && 'status' in value

export async function openedRules(
  options: { alertmanager?: boolean; environments?: [string, string]; dataDir?: string } = {},
) {
  const clock = new StoppedClock()
  const rules = await startRules()
  const am = await startAlertmanager()
  const t = await startTestEngine({
    modules: ALL_MODULES,
    clock,
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
  })
  const [one, other] = options.environments ?? ['', '']
  const named = (environment: string) => (environment === '' ? {} : { environment })
  const prom = await t.client.call('sources.add', {
    kind: 'prometheus',
    name: 'prom',
    url: rules.server.url,
    ...named(one),
  })
  const routed = options.alertmanager
    ? (await t.client.call('sources.add', { kind: 'alertmanager', name: 'am', url: am.url, ...named(other) })).id
    : ''
  return {
    t,
    clock,
    rules,
    am,
    prom: prom.id,
    routed,
    list: (input: object = {}) => listed(t, input),
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await am[Symbol.asyncDispose]()
      await rules[Symbol.asyncDispose]()
    },
  }
}

export async function listed(t: TestEngine, input: object = {}) {
  const { table, completeness } = await t.client.call('alerts.list', { range: HOURS, ...input })
  return { rows: frameToJsonTable(table).rows, completeness }
}
export const brief = ({ rows }: Awaited<ReturnType<typeof listed>>) =>
  rows.map((row) => [row['state'], row['startsAt'], row['value']])
export const reasons = ({ completeness }: Awaited<ReturnType<typeof listed>>) =>
  completeness.missing.map(({ reason }) => reason).filter((reason) => !reason.startsWith('Alerts that had ended'))
