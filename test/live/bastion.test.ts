// A source behind a bastion: the host key is asked for first, then one hop and two lead to the server, and a broken tunnel is
// made anew.

import { userInfo } from 'node:os'
import { beforeAll, describe, expect, test } from 'vitest'
import type { SourceSpecInput } from '../../src/shared/contract/source-spec.ts'
import { LIVE, needs, startLiveEngine, scraped } from './support.ts'

const { prometheus: url = '', ssh = '', sshKey = '' } = LIVE
const RANGE = { from: 'now-1h', to: 'now' }

describe.skipIf(url === '' || ssh === '')(`through SSH ${needs('ssh')} ${needs('prometheus')}`, () => {
  beforeAll(() => scraped(url))
  const [host = '', port = ''] = ssh.split(':')
  const hop = (hostKey?: string) => ({
    host,
    port: Number(port),
    user: userInfo().username,
    agent: false,
    key: { file: sshKey },
    ...(hostKey === undefined ? {} : { hostKey }),
  })
  const spec = (hops: ReturnType<typeof hop>[]): SourceSpecInput => ({
    kind: 'prometheus',
    name: 'behind',
    url,
    ssh: { hops, useConfig: false },
  })

  test('a key met for the first time is offered; accepted, every step goes well; another key is refused', async () => {
    await using t = await startLiveEngine()
    const first = await t.client.call('sources.test', { spec: spec([hop()]) })
    expect(first.steps.map((s) => [s.step, s.ok])).toEqual([
      ['settings', true],
      ['ssh', false],
    ])
    const key = first.steps[1]?.offer?.hostKey ?? ''
    expect(key).toMatch(/^SHA256:[\w+/]{43}$/)
    const second = await t.client.call('sources.test', { spec: spec([hop(key)]) })
    expect(second.steps.filter((s) => !s.ok)).toEqual([])
    expect(second.steps.map((s) => s.step)).toEqual([
      'settings',
      'ssh',
      'connect',
      'auth',
      'path',
      'version',
      'permissions',
      'clock',
    ])
    const wrong = await t.client.call('sources.test', { spec: spec([hop(`SHA256:${'A'.repeat(43)}`)]) })
    expect(wrong.steps.at(-1)).toMatchObject({
      step: 'ssh',
      ok: false,
      message: expect.stringContaining('not the one'),
    })
    expect(wrong.steps.at(-1)?.offer).toBeUndefined()
  })

  test('one hop and two lead to the server; what the far end cannot reach is said', async () => {
    await using t = await startLiveEngine()
    const { steps } = await t.client.call('sources.test', { spec: spec([hop()]) })
    const key = steps[1]?.offer?.hostKey
    for (const hops of [[hop(key)], [hop(key), hop(key)]]) {
      const { id } = await t.client.call('sources.add', spec(hops))
      const answer = await t.client.call('metrics.query', {
        range: RANGE,
        query: 'up{job="prometheus"}',
        sources: [id],
      })
      expect([...(answer.series[0]?.values.values ?? [])]).toEqual([1])
    }
    const nowhere = { ...spec([hop(key)]), url: 'http://127.0.0.1:9' }
    expect((await t.client.call('sources.test', { spec: nowhere })).steps.at(-1)).toMatchObject({
      step: 'connect',
      ok: false,
      message: 'The bastion could not connect to 127.0.0.1:9.',
    })
  })
})
