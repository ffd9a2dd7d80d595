// What answers Prometheus's API and is none. Answers are cut from those of real servers: VictoriaMetrics 1.150 (single node,
// cluster and vmalert), Thanos 0.43.0-dev (query, sidecars and a ruler) and Mimir 3.1 (all in one process).

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../../test/support/engine.ts'
import { type Answer, startFaultServer } from '../../../../test/support/fault-server.ts'
import { StoppedClock } from '../../../../test/support/rule-server.ts'
import { frameToJsonTable } from '../../../shared/frame/table.ts'
import { alertsModule } from '../../alerts/index.ts'
import { metricsModule } from '../../metrics/index.ts'
import { sourcesModuleWith } from '../../sources/index.ts'
import { explain } from './envelope.ts'
import { prometheusConnector } from './index.ts'

const ok = (data: unknown, more: object = {}): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify({ status: 'success', ...more, data }),
})
const plain = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body })

/** `answers` by the end of a path; the rest is `absent`. */
async function opened(answers: Record<string, Answer>, absent: (path: string) => Answer) {
  const clock = new StoppedClock()
  const server = await startFaultServer({
    answerTo: (path) => Object.entries(answers).find(([end]) => path.endsWith(end))?.[1] ?? absent(path),
  })
  const modules = [metricsModule, alertsModule, sourcesModuleWith([prometheusConnector])]
  const t = await startTestEngine({ modules, clock })
  const spec = { kind: 'prometheus' as const, name: 'p', url: server.url }
  const { id } = await t.client.call('sources.add', spec)
  const range = { from: '2026-11-24T09:00:00Z', to: '2026-11-24T14:00:00Z' }
  return {
    t,
    clock,
    id,
    answers,
    steps: async () =>
      (await t.client.call('sources.test', { spec })).steps.map(({ step, message }) => [step, message]),
    query: () => t.client.call('metrics.query', { query: 'count(up)', range }),
    alerts: async () => {
      const { table, completeness } = await t.client.call('alerts.list', { range })
      return { rows: frameToJsonTable(table).rows, completeness }
    },
    reasons: ({ completeness }: { completeness: { missing: ReadonlyArray<{ reason: string }> } }) =>
      completeness.missing.map(({ reason }) => reason),
    /** what it turned out to be */
    known: async () => {
      const found = async () => (await t.client.call('sources.health', { id })).sources[0]?.capabilities
      await expect.poll(found, { timeout: 20_000 }).toBeTruthy()
      return await found()
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

const ONE = { resultType: 'vector', result: [{ metric: {}, value: [1_796_031_259, '1'] }] }
const victoria = (more: Record<string, Answer> = {}) =>
  opened(
    {
      '/status/buildinfo': ok({ version: '2.24.0' }),
      '/vmui/config.json': {
        status: 200,
        type: 'application/json',
        body: '{"version":"v1.150.0-cluster","license":{"type":"opensource"},"vmalert":{"enabled":true}}',
      },
      '/query': ok(ONE),
      '/labels': ok(['__name__']),
      '/metadata': ok({}),
      '/status/tsdb': ok({}),
      '/alerts': ok({ alerts: [] }),
      ...more,
    },
    (path) => plain(400, `unsupported path requested: "${path}"\n`),
  )

test('VictoriaMetrics says that it is Prometheus 2.24.0, and is told as what it is (23)', async () => {
  await using o = await victoria()
  expect(await o.steps()).toContainEqual(['version', 'VictoriaMetrics 1.150.0-cluster'])
  const { table, completeness } = await o.t.client.call('metrics.server', {})
  expect(frameToJsonTable(table).rows.map((row) => [row['part'], row['name'], row['value']])).toEqual([
    ['build', 'answers as Prometheus', '2.24.0'],
    ['build', 'product', 'VictoriaMetrics'],
    ['build', 'version', '1.150.0-cluster'],
  ])
  // a part that it has not is answered by 400, which is no gap
  expect(completeness.complete).toBe(true)
})

test('behind something that lets the API through alone it is VictoriaMetrics without a version (23)', async () => {
  await using o = await victoria({ '/vmui/config.json': plain(403, 'no') })
  expect(await o.steps()).toContainEqual(['version', 'VictoriaMetrics; it does not say its version'])
})

test('what refuses a query in its own words answers queries, and is asked the next one (23)', async () => {
  const refused = { status: 'error', errorType: '422', error: 'cannot execute query: no memory left' }
  await using o = await victoria({ '/query': { status: 422, type: 'application/json', body: JSON.stringify(refused) } })
  await o.alerts()
  expect(await o.known()).toMatchObject({ flags: { queries: true } })
  o.answers['/query'] = ok(ONE)
  expect((await o.query()).series).toHaveLength(1)
})

test('a storage node of a cluster that does not answer is a gap (23)', async () => {
  await using o = await victoria({ '/query': ok(ONE, { isPartial: true }), '/alerts': ok({ alerts: [] }) })
  const answer = await o.query()
  expect(answer.series).toHaveLength(1)
  expect(o.reasons(answer)).toEqual([
    'Some storage nodes of the cluster did not answer: what they hold is missing (isPartial).',
  ])
  o.answers['/query'] = ok(ONE, { isPartial: false })
  expect((await o.query()).completeness.complete).toBe(true)
  o.answers['/status/tsdb'] = ok({ seriesCountByMetricName: [{ name: 'up', value: 1 }] }, { isPartial: true })
  expect((await o.t.client.call('metrics.cardinality', {})).completeness.complete).toBe(false)
})

test('native histograms that VictoriaMetrics holds as ranges are a heatmap (6, 23)', async () => {
  const bucket = (vmrange: string, value: string) => ({ metric: { vmrange }, values: [[1_763_989_200, value]] })
  const result = [bucket('1.105e-02...1.205e-02', '3'), bucket('1.000e+18...+Inf', '1')]
  await using o = await victoria({ '/query_range': ok({ resultType: 'matrix', result }) })
  const range = { from: '2025-11-24T12:00:00Z', to: '2025-11-24T14:00:00Z' }
  const metric = 'prometheus_http_request_duration_seconds'
  const { bounds, counts } = await o.t.client.call('metrics.heatmap', { metric, range, width: 600 })
  expect([[...bounds], [...counts]]).toEqual([
    [0.01205, Infinity],
    [3, 1],
  ])
})

test('VictoriaMetrics names a refusal by its status; its words are told (2, 23)', () => {
  const body = (errorType: string, error: string) => JSON.stringify({ status: 'error', errorType, error })
  const nope =
    'error when executing query="nope(up)" for (time=1796030860256, step=300000): unsupported function "nope"'
  expect(explain(400, body('400', nope))?.error).toMatchObject({ code: 'invalid_input', message: nope })
  const limits = [
    'cannot select more than -search.maxSamplesPerQuery=1000 samples; possible solutions: increase the -search.maxSamplesPerQuery',
    'error when executing query="vector(1)" on the time range (start=1795430982000, end=1796030982000, step=1000): too many points for the given start=1795430982000, end=1796030982000 and step=1000: 600001; the maximum number of points is 30000; (see -search.maxPointsPerTimeseries command-line flag)',
  ]
  for (const error of limits) expect(explain(422, body('422', error))?.error.code).toBe('limit_exceeded')
  const down = 'cannot fetch tenants from vmstorage nodes: cannot dial 127.0.0.1:31522: connection refused'
  expect(explain(503, body('503', down))).toMatchObject({ outage: true, error: { message: down } })
  const wrong = explain(
    400,
    'unsupported URL format for path "/api/v1/query". Make sure you\'re using cluster URL format',
  )
  expect(wrong?.error).toMatchObject({ code: 'not_found', hint: expect.stringContaining('/select/0/prometheus') })
})

test('vmalert has rules and alerts and answers no queries: it is tested as such, and asked for nothing else', async () => {
  const alert = {
    state: 'firing',
    name: 'AlwaysFiring',
    value: '1',
    labels: { alertgroup: 'family', alertname: 'AlwaysFiring', cluster: 'vm', severity: 'critical' },
    annotations: { summary: 'Always fires' },
    activeAt: '2026-11-24T09:27:20Z',
    id: '18039217504414047312',
    expression: 'vector(1)',
  }
  await using o = await opened({ '/alerts': ok({ alerts: [alert] }), '/rules': ok({ groups: [] }) }, (path) =>
    plain(400, `unsupported path requested: "${path}"\n`),
  )
  const steps = await o.steps()
  expect(steps).toContainEqual(['path', '/api/v1 tells rules and alerts, and answers no queries'])
  expect(steps.at(-1)?.[0]).toBe('clock')
  expect((await o.alerts()).rows).toMatchObject([{ name: 'AlwaysFiring', state: 'active' }])
  expect(await o.known()).toMatchObject({ flags: { queries: false, alerts: true } })
  expect((await o.query()).completeness).toEqual({ complete: true, missing: [] })
  expect((await o.t.client.call('metrics.rules', {})).completeness.complete).toBe(true)
})

const told = (activeAt: string) => ({
  labels: { alertname: 'AlwaysFiring', severity: 'critical' },
  annotations: { summary: 'Always fires' },
  state: 'firing',
  activeAt,
  value: '1e+00',
  partialResponseStrategy: 'WARN',
})
const ruleOf = (cluster: string, activeAt: string) => ({
  state: 'firing',
  name: 'AlwaysFiring',
  query: 'vector(1)',
  duration: 10,
  labels: { cluster, severity: 'critical' },
  annotations: { summary: 'Always fires' },
  alerts: [told(activeAt)],
  health: 'ok',
  type: 'alerting',
})
const RULES = [ruleOf('eu', '2026-11-24T09:44:26.938Z'), ruleOf('us', '2026-11-24T09:27:51.938Z')]
const groups = (rules: unknown) => ok({ groups: [{ name: 'family', file: 'rules.yml', rules, interval: 5 }] })
const sidecar = (cluster: string, lastError: string | null) => ({
  name: `127.0.0.1:${cluster === 'eu' ? 31911 : 31912}`,
  lastCheck: '2026-11-24T09:53:11.330663458Z',
  lastError,
  labelSets: [{ cluster, replica: '0' }],
  minTime: 1_796_030_877_000,
  maxTime: 9_223_372_036_854_776_000,
})
const DOWN = 'rpc error: code = DeadlineExceeded desc = latest balancer error'
const thanos = () =>
  opened(
    {
      '/status/buildinfo': ok({ version: '0.43.0-dev', revision: '', branch: '', goVersion: 'go1.26.8' }),
      '/stores': ok({ sidecar: [sidecar('eu', null), sidecar('us', null)] }),
      '/alerts': ok({ alerts: RULES.flatMap(({ alerts }) => alerts) }),
      '/rules': groups(RULES),
      '/query': ok({ ...ONE, analysis: {} }),
    },
    () => plain(404, '404 page not found\n'),
  )

test('alerts of two clusters that Thanos tells under the same labels are two, told by their rules (22)', async () => {
  await using o = await thanos()
  const { rows } = await o.alerts()
  expect(rows.map((row) => [(row['labels'] as Record<string, string>)['cluster'], row['startsAt']])).toEqual([
    ['eu', '2026-11-24T09:44:36.938000000Z'],
    ['us', '2026-11-24T09:28:01.938000000Z'],
  ])
  expect(rows[0]).toMatchObject({ expression: 'vector(1)', value: 1 })
})

test('whose alerts they are is known from before while Thanos does not say what it is', async () => {
  await using o = await thanos()
  await o.query()
  await o.known()
  o.answers['/status/buildinfo'] = plain(503, 'busy')
  expect((await o.alerts()).rows).toHaveLength(2)
})

test('a store that Thanos does not reach is a gap, though its answers no longer say so; its alerts do not end (22)', async () => {
  await using o = await thanos()
  await o.alerts()
  o.answers['/stores'] = ok({ sidecar: [sidecar('eu', null), sidecar('us', DOWN)] })
  o.answers['/rules'] = groups(RULES.slice(0, 1))
  expect(await o.known()).toMatchObject({ product: 'Thanos', version: '0.43.0-dev' })
  const { rows: facts } = frameToJsonTable((await o.t.client.call('metrics.server', { part: 'stores' })).table)
  expect(facts.map((row) => [row['name'], row['worries']])).toEqual([
    ['sidecar 127.0.0.1:31912', true],
    ['sidecar 127.0.0.1:31911', false],
  ])
  await using later = await thanos()
  later.answers['/stores'] = o.answers['/stores']
  await later.known().catch(() => undefined)
  await later.alerts()
  await later.known()
  const reason = `Thanos does not reach sidecar 127.0.0.1:31912 {"cluster":"us","replica":"0"}: ${DOWN}`
  expect(later.reasons(await later.query())).toEqual([reason])
  expect(later.reasons(await later.t.client.call('metrics.rules', {}))).toEqual([reason])
  later.answers['/rules'] = o.answers['/rules']
  later.clock.pass(30)
  const after = await later.alerts()
  expect(after.rows.map((row) => row['state'])).toEqual(['active', 'active'])
  expect(later.reasons(after)).toContain(reason)
})

test('the ruler of Thanos names its alerts otherwise, and tells them by its rules (22)', async () => {
  await using o = await opened(
    {
      '/status/buildinfo': ok({ version: '0.43.0-dev', revision: '', branch: '', goVersion: 'go1.26.8' }),
      '/alerts': ok({ Alerts: null }),
      '/rules': groups([]),
    },
    () => plain(404, '404 page not found\n'),
  )
  expect(await o.steps()).toContainEqual(['version', 'Thanos 0.43.0-dev'])
  expect((await o.alerts()).rows).toEqual([])
  o.answers['/rules'] = groups([{ ...RULES[0], labels: { replica: '9', ruler: 'tr', severity: 'critical' } }])
  o.clock.pass(30)
  expect((await o.alerts()).rows).toMatchObject([{ labels: { ruler: 'tr' }, state: 'active' }])
  expect(await o.known()).toMatchObject({ flags: { queries: false, alerts: true } })
})

const mimir = (more: Record<string, Answer>) =>
  opened(
    {
      '/status/buildinfo': ok({
        application: 'Grafana Mimir',
        version: '3.1.0-aced80d7',
        revision: 'aced80d74930',
        branch: 'main',
        goVersion: 'go1.26.8',
        features: { ruler_config_api: 'true' },
      }),
      '/query': ok(ONE),
      '/labels': ok(['__name__']),
      ...more,
    },
    () => plain(404, '404 page not found\n'),
  )
const SEVERAL: Answer = {
  status: 400,
  type: 'application/json',
  body: '{"status":"error","data":null,"errorType":"bad_data","error":"no valid org id found"}',
}

test('Mimir answers queries of several tenants, and tells rules and alerts of one: that is a gap (21)', async () => {
  await using o = await mimir({ '/alerts': SEVERAL, '/rules': SEVERAL })
  expect(await o.steps()).toContainEqual(['version', 'Grafana Mimir 3.1.0-aced80d7'])
  expect((await o.query()).series).toHaveLength(1)
  for (const asked of [() => o.t.client.call('metrics.rules', {}), () => o.alerts()])
    expect(o.reasons(await asked())).toEqual(['This is told of one tenant at a time.'])
})

test('Mimir without a tenant says that it wants one (21)', () => {
  expect(explain(401, 'no org id\n')?.error).toMatchObject({
    code: 'unauthenticated',
    message: 'The source wants to know the tenant (401).',
  })
})

test('Mimir tells alerts as the rules of one tenant make them', async () => {
  const labels = { alertname: 'AlwaysFiring', severity: 'critical' }
  const alert = { labels, annotations: {}, state: 'firing', activeAt: '2026-11-24T09:26:19.208Z', value: '1e+00' }
  const rule = { ...RULES[0], labels: { severity: 'critical' }, alerts: null }
  await using o = await mimir({ '/alerts': ok({ alerts: [alert] }), '/rules': groups([rule]) })
  expect((await o.alerts()).rows).toMatchObject([{ labels, expression: 'vector(1)', state: 'active' }])
  expect(await o.known()).toMatchObject({ cannot: ['tsdb-status', 'silences'], flags: { queries: true } })
})
