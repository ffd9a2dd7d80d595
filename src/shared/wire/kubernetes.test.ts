// What must not be kept of Kubernetes objects: the values of Secrets, wherever they stand.

import { describe, expect, it } from 'vitest'
import { Collector } from './collector.ts'
import { kubernetesJsonReader, kubernetesYamlReader } from './kubernetes.ts'

const PASSWORD = 'aHVudGVyMg=='
const secret = (version: string, name = 'db') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    ...(name !== '' && { name }),
    namespace: 'shop',
    uid: 'u1',
    resourceVersion: version,
    creationTimestamp: '2026-11-02T13:00:00Z',
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': `{"kind":"Secret","data":{"password":"${PASSWORD}"}}`,
      owner: 'payments',
    },
  },
  data: { password: PASSWORD, user: 'c2hvcA==' },
  stringData: { url: 'postgres://shop:hunter2@db' },
  type: 'Opaque',
})

function read(text: string, reader: typeof kubernetesJsonReader = kubernetesJsonReader): Collector {
  const into = new Collector()
  const wire = reader({ into, fileTime: 1_793_628_000_000_000_000n })
  wire.push(new TextEncoder().encode(text))
  wire.end()
  return into
}

const bodiesOf = (into: Collector) => into.objects.map(({ body }) => body as Record<string, Record<string, string>>)
const everything = (into: Collector) =>
  JSON.stringify(into, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))

describe('a Kubernetes Secret', () => {
  const list = { apiVersion: 'v1', kind: 'List', items: [secret('1')] }
  it.each([
    ['alone', JSON.stringify(secret('1')), kubernetesJsonReader],
    ['in a list', JSON.stringify(list), kubernetesJsonReader],
    ['in a list of its kind', JSON.stringify({ ...list, kind: 'SecretList' }), kubernetesJsonReader],
    ['out of a watch', JSON.stringify({ type: 'MODIFIED', object: secret('1') }), kubernetesJsonReader],
    ['in YAML', JSON.stringify(secret('1')), kubernetesYamlReader],
    ['without a name, as an example of what was skipped', JSON.stringify(secret('1', '')), kubernetesJsonReader],
  ])('leaves no value behind: %s', (_, text, reader) => {
    const kept = everything(read(text, reader))
    for (const value of [PASSWORD, 'c2hvcA==', 'hunter2']) expect(kept).not.toContain(value)
  })

  it('says how long its values are, and a rotation to the same length is a change', () => {
    const [before, after] = ['1', '2'].map((version) => bodiesOf(read(JSON.stringify(secret(version))))[0])
    expect(before).toMatchObject({
      data: { password: '<hidden: 12 characters, version 1>', user: '<hidden: 8 characters, version 1>' },
      stringData: { url: '<hidden: 26 characters, version 1>' },
      metadata: { name: 'db', annotations: { owner: 'payments' } },
    })
    expect(after?.['data']).not.toEqual(before?.['data'])
  })
})

it('values of a ConfigMap under keys that speak of secrets are hidden, others stay', () => {
  const map = {
    kind: 'ConfigMap',
    metadata: { name: 'payment', uid: 'u2', resourceVersion: '7', creationTimestamp: '2026-11-02T13:00:00Z' },
    data: { DB_PASSWORD: 'hunter2', api_key: 'k', timeout: '2s', 'app.properties': 'retries=3' },
  }
  expect(bodiesOf(read(JSON.stringify(map)))[0]?.['data']).toEqual({
    DB_PASSWORD: '<hidden: 7 characters, version 7>',
    api_key: '<hidden: 1 characters, version 7>',
    timeout: '2s',
    'app.properties': 'retries=3',
  })
})

it.each([
  ['beyond 64 bits', '9999-12-31T23:59:59Z'],
  ['far in the future', '2199-12-31T23:59:59Z'],
])('an event that was last seen at a time %s ends when it was first seen, and that is told', (_, lastTimestamp) => {
  const into = new Collector()
  const wire = kubernetesJsonReader({
    into,
    fileTime: 1_793_628_000_000_000_000n,
    plausible: { from: 946_684_800_000_000_000n, to: 1_825_164_000_000_000_000n },
  })
  const event = { kind: 'Event', reason: 'BackOff', firstTimestamp: '2026-11-02T13:10:00Z', lastTimestamp }
  wire.push(new TextEncoder().encode(JSON.stringify(event)))
  wire.end()
  const [row] = into.happenings
  expect(row?.endTime).toBe(row?.time)
  expect(into.notes).toEqual(['an event that was last seen at a time that cannot be ends when it was first seen'])
})

it('a banner of comments between documents is no object and no skip', () => {
  const banner = '#'.repeat(200)
  const pod = (name: string) =>
    `kind: Pod\nmetadata: {name: ${name}, uid: ${name}, creationTimestamp: "2026-11-02T13:00:00Z"}\n`
  const into = read(
    `${banner}\n# of\n${banner}\n---\n${pod('a')}---\n  ${banner} end\n\n---\n${pod('b')}`,
    kubernetesYamlReader,
  )
  expect(into.objects.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(into.skipped).toEqual([])
})
