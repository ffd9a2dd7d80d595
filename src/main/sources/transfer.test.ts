// Sources from Grafana's provisioning files, from environment variables, and out and in again without secrets.

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { jaegerConnector } from '../connectors/jaeger/index.ts'
import { prometheusConnector } from '../connectors/prometheus/index.ts'
import { zipkinConnector } from '../connectors/zipkin/index.ts'
import { sourcesModuleWith } from './index.ts'
import { readSources, sourcesOfEnvironment, writeSources } from './transfer.ts'

const start = () =>
  startTestEngine({ modules: [sourcesModuleWith([prometheusConnector, jaegerConnector, zipkinConnector])] })

/** after https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources */
const GRAFANA = `
apiVersion: 1
deleteDatasources:
  - name: Old
datasources:
  - name: Prod metrics
    type: prometheus
    access: proxy
    url: https://mimir.example/prometheus
    basicAuth: true
    basicAuthUser: ana
    jsonData:
      httpMethod: POST
      tlsSkipVerify: true
      customQueryParameters: dedup=true
      httpHeaderName1: X-Scope-OrgID
      httpHeaderName2: X-Key
    secureJsonData:
      basicAuthPassword: PLANTED-password
      httpHeaderValue1: team-a
      httpHeaderValue2: $KEY_OF_PROXY
  - name: Traces
    type: jaeger
    url: http://jaeger:16686
    jsonData: { httpHeaderName1: Authorization }
    secureJsonData: { httpHeaderValue1: "Bearer \${JAEGER_TOKEN}" }
  - { name: Old traces, type: zipkin, url: "http://zipkin:9411" }
  - { name: AMP, type: prometheus, url: "https://aps.example/workspaces/1", jsonData: { sigV4Auth: true, sigV4Region: eu-west-1 }, secureJsonData: { sigV4AccessKey: AKIA } }
  - { name: Logs, type: loki, url: "http://loki:3100" }
  - { name: Broken, type: jaeger, url: nonsense }
`

test('a provisioning file of Grafana becomes sources; what is not taken over is said', () => {
  const { found, skipped } = readSources(GRAFANA)
  expect(found.map(({ spec, left }) => ({ ...spec, limits: undefined, proxy: undefined, left }))).toEqual([
    {
      kind: 'prometheus',
      name: 'Prod metrics',
      url: 'https://mimir.example/prometheus',
      auth: { type: 'basic', username: 'ana', password: 'PLANTED-password' },
      tenant: 'team-a',
      headers: { 'X-Key': { env: 'KEY_OF_PROXY' } },
      params: { dedup: 'true' },
      left: ['certificates are checked here, though the file says not to'],
    },
    {
      kind: 'jaeger',
      name: 'Traces',
      url: 'http://jaeger:16686',
      auth: { type: 'bearer', token: { env: 'JAEGER_TOKEN' } },
      left: [],
    },
    { kind: 'zipkin', name: 'Old traces', url: 'http://zipkin:9411', auth: { type: 'none' }, left: [] },
    {
      kind: 'prometheus',
      name: 'AMP',
      url: 'https://aps.example/workspaces/1',
      auth: {
        type: 'sigv4',
        region: 'eu-west-1',
        service: 'aps',
        accessKeyId: 'AKIA',
        secretAccessKey: { env: 'WATCHDECK_SECRET_AMP' },
      },
      left: ['its secret access key is not in the file'],
    },
  ])
  expect(skipped).toEqual([
    { name: 'Logs', reason: 'there is no connector for the type "loki"' },
    { name: 'Broken', reason: expect.stringMatching(/^not valid: url/) },
  ])
  for (const [text, said] of [
    ['a: [', 'no YAML'],
    ['a: 1', 'no data sources'],
  ] as const)
    expect(() => readSources(text)).toThrow(said)
})

test('a dry run adds nothing; sources are added once, and no answer has their secrets', async () => {
  await using t = await start()
  const look = await t.client.call('sources.read', { text: GRAFANA, dryRun: true })
  expect(look.sources.map(({ name, id, known }) => [name, id, known])).toEqual(
    ['Prod metrics', 'Traces', 'Old traces', 'AMP'].map((name) => [name, undefined, false]),
  )
  expect((await t.client.call('sources.list', {})).sources).toEqual([])
  const added = await t.client.call('sources.read', { text: GRAFANA, keep: 'session' })
  expect(added.sources.every(({ id }) => id !== undefined)).toBe(true)
  const again = await t.client.call('sources.read', { text: GRAFANA, keep: 'session' })
  expect(again.sources.map(({ id, known }) => [id, known])).toEqual(Array(4).fill([undefined, true]))
  const { text, sources } = await t.client.call('sources.write', {})
  expect(sources).toBe(4)
  expect(text).toContain('"WATCHDECK_SECRET_PROD_METRICS_AUTH_PASSWORD"')
  expect(JSON.stringify([look, added, again, text])).not.toContain('PLANTED')
  await using other = await start()
  const taken = await other.client.call('sources.read', { text })
  expect(taken.sources.map(({ name }) => name).sort()).toEqual(['AMP', 'Old traces', 'Prod metrics', 'Traces'])
})

test('a program for a token does not come in with a file unless a person says so', async () => {
  await using t = await start()
  const text = writeSources([
    ...readSources(
      JSON.stringify({
        watchdeckSources: [
          { kind: 'jaeger', name: 'j', url: 'http://j', auth: { type: 'bearer', token: { command: ['/bin/evil'] } } },
        ],
      }),
    ).found.map(({ spec }) => spec),
  ])
  const refused = await t.client.call('sources.read', { text })
  expect(refused.sources).toMatchObject([
    { name: 'j', left: [expect.stringContaining('would be run on this machine'), expect.any(String)] },
  ])
  expect((await t.client.call('sources.list', {})).sources).toEqual([])
})

test('environment variables name sources; their secrets stay there', () => {
  const { found, skipped } = sourcesOfEnvironment({
    WATCHDECK_SOURCE_PROD_URL: 'https://prom.example',
    WATCHDECK_SOURCE_PROD_KIND: 'prometheus',
    WATCHDECK_SOURCE_PROD_TOKEN: 'PLANTED',
    WATCHDECK_SOURCE_PROD_ENVIRONMENT: 'prod',
    WATCHDECK_SOURCE_MY_JAEGER_URL: 'http://jaeger:16686',
    WATCHDECK_SOURCE_MY_JAEGER_USER: 'ana',
    WATCHDECK_SOURCE_WHAT_URL: 'http://x',
    ZIPKIN_URL: 'http://zipkin:9411',
    OTHER_URL: 'http://y',
  })
  expect(found.map(({ spec: { kind, name, url, auth, environment } }) => [kind, name, url, auth, environment])).toEqual(
    [
      [
        'jaeger',
        'my-jaeger',
        'http://jaeger:16686',
        { type: 'basic', username: 'ana', password: { env: 'WATCHDECK_SOURCE_MY_JAEGER_PASSWORD' } },
        undefined,
      ],
      [
        'prometheus',
        'prod',
        'https://prom.example',
        { type: 'bearer', token: { env: 'WATCHDECK_SOURCE_PROD_TOKEN' } },
        'prod',
      ],
      ['zipkin', 'zipkin', 'http://zipkin:9411', { type: 'none' }, undefined],
    ],
  )
  expect(skipped).toEqual([
    {
      name: 'WATCHDECK_SOURCE_WHAT_URL',
      reason: expect.stringContaining('WATCHDECK_SOURCE_WHAT_KIND does not say what it is'),
    },
  ])
})
