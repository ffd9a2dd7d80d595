// The demo as a job of an engine: what is written, found again, cancelled and told.

import { describe, expect, it } from 'vitest'
import { demoModule } from '../../src/main/demo/index.ts'
import { incidentsModule } from '../../src/main/incidents/index.ts'
import { startTestEngine } from '../support/engine.ts'

const start = () => startTestEngine({ modules: [demoModule, incidentsModule] })

describe('demo.create', () => {
  it('writes a source, opens an incident that only says what an on-call would know, and uses both again', async () => {
    await using t = await start()
    const first = await t.client.call('demo.create', { seed: 1, scale: 0.05 })
    expect({ from: first.from, to: first.to, truth: first.truth }).toEqual({
      from: '2026-11-02T14:00:00.000000000Z',
      to: '2026-11-02T16:00:00.000000000Z',
      truth: undefined,
    })
    const again = await t.client.call('demo.create', { seed: 1, scale: 0.05, fault: 'rollout', withTruth: true })
    expect({ source: again.source, incident: again.incident }).toEqual({
      source: first.source,
      incident: first.incident,
    })
    expect(again.truth).toMatchObject({ fault: 'rollout', rootService: 'payment', rootEntity: 'Deployment/payment' })
    // the truth is told to who asked, and nowhere else
    const { jobs } = await t.client.call('jobs.list', {})
    const kept = await Promise.all(jobs.map(({ id }) => t.client.call('jobs.get', { id })))
    expect(kept.map(({ result }) => Object.keys(Object(result)).toSorted())).toEqual([
      ['from', 'incident', 'source', 'to'],
      ['from', 'incident', 'source', 'to'],
    ])
    const { sources } = await t.client.call('sources.list', {})
    expect(sources.map(({ kind, state }) => ({ kind, state }))).toEqual([{ kind: 'demo', state: 'ready' }])
    expect(sources[0]?.counts.spans).toBeGreaterThan(10_000)
    const incident = await t.client.call('incidents.get', { id: first.incident ?? '' })
    expect({ title: incident.title, sources: incident.sources, stage: incident.stage }).toEqual({
      title: 'Checkout errors',
      sources: [first.source],
      stage: 'detected',
    })
    expect(JSON.stringify([sources, incident])).not.toMatch(/rollout|payment|fault/)
  })

  it('opens the incident for a source that is there already at the time its first alert fired', async () => {
    await using t = await start()
    const quiet = await t.client.call('demo.create', { seed: 1, scale: 0.05, incident: false })
    expect(quiet.incident).toBeUndefined()
    const later = await t.client.call('demo.create', { seed: 1, scale: 0.05 })
    const incident = await t.client.call('incidents.get', { id: later.incident ?? '' })
    const at = incident.stamps[0]?.at ?? ''
    expect(later.source).toBe(quiet.source)
    expect(at > '2026-11-02T14:47' && at < '2026-11-02T15:00').toBe(true)
  })

  it('opens no incident where nothing went wrong', async () => {
    await using t = await start()
    const { incident } = await t.client.call('demo.create', { seed: 3, scale: 0.02, fault: 'none' })
    expect(incident).toBeUndefined()
    expect((await t.client.call('incidents.list', {})).incidents).toEqual([])
  })

  it('leaves nothing behind when it is cancelled', async () => {
    await using t = await start()
    const abort = new AbortController()
    const call = t.client.call(
      'demo.create',
      { seed: 1, scale: 0.2 },
      {
        signal: abort.signal,
        onProgress: ({ fraction }) => {
          if ((fraction ?? 0) > 0.1) abort.abort()
        },
      },
    )
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    // the writer's turn comes only after the cancelled one has let go of it
    const { source } = await t.client.call('demo.create', { seed: 2, scale: 0.01, incident: false })
    const { sources } = await t.client.call('sources.list', { includeRemoved: true })
    expect(sources.map((s) => s.id)).toEqual([source])
    const rows = await t.stores.telemetry.rows<{ n: bigint }>(
      'SELECT count(DISTINCT source) AS n FROM telemetry.logs',
      [],
    )
    expect(Number(rows[0]?.n)).toBe(1)
  })
})
