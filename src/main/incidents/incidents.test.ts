// Incidents through the contract: what may change, what may not, and what a pin keeps.

import { describe, expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { addSampleSource, SAMPLE_RANGE, SAMPLE_START } from '../../../test/support/sample-telemetry.ts'
import { NS_PER_S, formatRfc3339 } from '../../shared/base/time.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { clustersModule } from '../clusters/index.ts'
import { logsModule } from '../logs/index.ts'
import { incidentsModule } from './index.ts'

const MODULES = { modules: [clustersModule, incidentsModule, logsModule] }
const at = (minutes: number) => formatRfc3339(SAMPLE_START + BigInt(minutes * 60) * NS_PER_S)

async function started() {
  const t = await startTestEngine(MODULES)
  const source = await addSampleSource(t.stores)
  const incident = await t.client.call('incidents.create', {
    title: ' Cart is slow ',
    severity: 'major',
    range: SAMPLE_RANGE,
    sources: [source],
    tags: ['cart'],
    detectedAt: at(10),
  })
  return { t, source, incident, client: t.client }
}

describe('an incident', () => {
  test('starts as detected, with a stamp, a number and a trimmed title', async () => {
    const { t, incident } = await started()
    await using _ = t
    expect(incident).toMatchObject({
      number: 1,
      title: 'Cart is slow',
      stage: 'detected',
      readOnly: false,
      removed: false,
    })
    expect(incident.stamps.map((s) => [s.stage, s.at])).toEqual([['detected', at(10)]])
  })

  test('a pin without a title stands in the timeline under its query, not its method', async () => {
    const { t, incident, client } = await started()
    await using _ = t
    const input = { range: SAMPLE_RANGE, query: 'level>=error', buckets: 10 }
    await client.call('incidents.pin', { incident: incident.id, what: { method: 'logs.histogram', input } })
    const { table } = await client.call('incidents.timeline', { incident: incident.id })
    const { rows } = frameToJsonTable(table)
    expect(rows.filter((row) => row['lane'] === 'pin').map((row) => row['title'])).toEqual(['level>=error'])
  })

  test('keeps the first stamp of a stage however often the stage is reached, and takes no other', async () => {
    const { t, incident, client } = await started()
    await using _ = t
    await client.call('incidents.update', { id: incident.id, stage: 'mitigated', stageAt: at(30) })
    await client.call('incidents.update', { id: incident.id, stage: 'analysing', stageAt: at(35) })
    for (const stage of ['mitigated', 'analysing'] as const)
      await expect(client.call('incidents.update', { id: incident.id, stage, stageAt: at(40) })).rejects.toMatchObject({
        code: 'conflict',
        hint: expect.stringContaining('note'),
      })
    expect((await client.call('incidents.get', { id: incident.id })).stage).toBe('analysing')
    await client.call('incidents.update', { id: incident.id, stage: 'mitigated', stageAt: at(30) })
    await client.call('incidents.update', { id: incident.id, stage: 'analysing' })
    const after = await client.call('incidents.update', { id: incident.id, stage: 'mitigated' })
    expect(after.stage).toBe('mitigated')
    expect(after.stamps.map((s) => [s.stage, s.at])).toEqual([
      ['detected', at(10)],
      ['analysing', at(35)],
      ['mitigated', at(30)],
    ])
    const { entries } = await client.call('incidents.entries', { incident: incident.id })
    expect(entries.map((e) => [e.kind, e.title, e.at])).toEqual([
      ['stage', 'detected', at(10)],
      ['stage', 'mitigated', at(30)],
      ['stage', 'analysing', at(35)],
    ])
    await expect(client.call('incidents.editEntry', { id: entries[0]?.id ?? '', at: at(1) })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(client.call('incidents.removeEntry', { id: entries[0]?.id ?? '' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(
      client.call('incidents.update', { id: incident.id, stage: 'resolved', stageAt: 'now+1h' }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('is found by its words, tag, stage and severity, and can be removed and taken back', async () => {
    const { t, incident, client } = await started()
    await using _ = t
    const other = await client.call('incidents.create', { title: 'Search', severity: 'minor', range: SAMPLE_RANGE })
    const found = async (input: Record<string, unknown>) =>
      (await client.call('incidents.list', input)).incidents.map((i) => i.number)
    expect(await found({})).toEqual([2, 1])
    expect(await found({ text: 'cart' })).toEqual([1])
    expect(await found({ text: 'INC-2' })).toEqual([2])
    expect((await client.call('incidents.get', { id: 'inc-1' })).id).toBe(incident.id)
    expect((await client.call('incidents.entries', { incident: 'INC-1' })).entries).toHaveLength(1)
    expect(await found({ tag: 'cart' })).toEqual([1])
    const first = await client.call('incidents.list', { limit: 1 })
    expect(first.completeness).toEqual({ complete: true, missing: [], truncated: { returned: 1, total: 2 } })
    const last = await client.call('incidents.list', { limit: 1, cursor: first.nextCursor ?? '' })
    expect([...first.incidents, ...last.incidents].map((i) => i.number)).toEqual([2, 1])
    expect(last.nextCursor).toBeUndefined()
    expect(await found({ severity: 'minor' })).toEqual([2])
    await client.call('incidents.remove', { id: other.id })
    expect(await found({})).toEqual([1])
    await client.call('incidents.restore', { id: other.id })
    expect(await found({})).toEqual([2, 1])
    await expect(client.call('incidents.get', { id: 'nope' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(client.call('incidents.update', { id: incident.id, sources: ['nope'] })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(
      client.call('incidents.create', { title: '  ', severity: 'minor', range: SAMPLE_RANGE }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('a pin', () => {
  test('keeps its question with fixed times and sources, and the answer as it was given', async () => {
    const { t, incident, client, source } = await started()
    await using _ = t
    const input = { range: { from: at(0), to: at(5) }, query: 'paid', limit: 3 }
    const pin = await client.call('incidents.pin', {
      incident: incident.id,
      what: { method: 'logs.search', input },
      note: 'look',
    })
    expect(pin.what).toEqual({ method: 'logs.search', input: { ...input, sources: [source] } })
    const { answer } = await client.call('incidents.pinned', { id: pin.id })
    const given = await client.call('logs.search', { ...input, sources: [source] })
    expect((answer as { rows: unknown }).rows).toEqual(frameToJsonTable(given.table).rows)
    expect(pin.at).toBe(at(0))
  })

  test('of many rows says how many it kept', async () => {
    const { t, incident, client } = await started()
    await using _ = t
    await addSampleSource(t.stores, 'more', 60).then((id) =>
      client.call('incidents.update', { id: incident.id, sources: [...incident.sources, id] }),
    )
    const many = await startTestEngine(MODULES)
    await using __ = many
    const big = await addSampleSource(many.stores, 'big', 500)
    const { id } = await many.client.call('incidents.create', {
      title: 'x',
      severity: 'minor',
      range: { from: at(0), to: at(600) },
      sources: [big],
    })
    const pin = await many.client.call('incidents.pin', {
      incident: id,
      what: { method: 'logs.search', input: { range: { from: at(0), to: at(600) }, limit: 1400 } },
    })
    expect(pin.completeness).toMatchObject({ complete: false, truncated: { returned: 1000, total: 1400 } })
  })

  test('of what is no query, or of a failing query, is refused and nothing is kept', async () => {
    const { t, incident, client } = await started()
    await using _ = t
    for (const [method, input] of [
      ['incidents.remove', { id: incident.id }],
      ['toString', {}],
      ['jobs.watch', {}],
    ] as const)
      await expect(
        client.call('incidents.pin', { incident: incident.id, what: { method, input } }),
      ).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(
      client.call('incidents.pin', {
        incident: incident.id,
        what: { method: 'logs.search', input: { range: SAMPLE_RANGE, query: '(' } },
      }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
    expect((await client.call('incidents.get', { id: incident.id })).pins).toBe(0)
  })

  test('and a note can be edited, removed and taken back', async () => {
    const { t, incident, client } = await started()
    await using _ = t
    const note = await client.call('incidents.note', { incident: incident.id, markdown: 'a', at: at(3) })
    const edited = await client.call('incidents.editEntry', { id: note.id, markdown: 'b', at: at(4) })
    expect([edited.markdown, edited.at, edited.editedAt === null]).toEqual(['b', at(4), false])
    await client.call('incidents.removeEntry', { id: note.id })
    expect((await client.call('incidents.get', { id: incident.id })).notes).toBe(0)
    await client.call('incidents.restoreEntry', { id: note.id })
    expect(
      (await client.call('incidents.entries', { incident: incident.id })).entries
        .filter((e) => e.kind === 'note')
        .map((e) => e.markdown),
    ).toEqual(['b'])
  })
})

test('every change of an incident is chained in the audit', async () => {
  const { t, incident, client } = await started()
  await using _ = t
  await client.call('incidents.update', { id: incident.id, title: 'Other' })
  expect(t.stores.catalog.audit.verify()).toEqual({ ok: true })
})
