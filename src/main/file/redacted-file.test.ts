// A redacted file has nothing of what was to be kept out, in the questions of its pins either, and answers them all the same.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { room, time } from '../../../test/support/recording-room.ts'
import { INSTANCE } from '../../../test/support/scraped.ts'
import { zHeld } from '../../shared/contract/sources.ts'
import { MOST_SELECTOR_CHARACTERS, MOST_SELECTORS } from '../../shared/domain/held.ts'
import { zSavedSource } from '../storage/incident-file/manifest.ts'
import { openIncidentFile } from '../storage/incident-file/read.ts'

const ADDRESS = '10.0.0.1'

test('the address in a pin’s query stays on the laptop, and the pin’s metric is answered in its own file', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident, source } = await r.open()
  const range = { from: time(50), to: time(60) }
  const pin = async (method: 'metrics.query' | 'metrics.lane', input: object) =>
    client.call('incidents.pin', { incident, what: { method, input: { range, sources: [source], ...input } } })
  await pin('metrics.query', {
    step: '1m',
    query: `rate(requests_total{instance="${INSTANCE}"}[2m]) # bob@shop.example`,
  })
  await pin('metrics.lane', { width: 100, query: 'requests_total{instance=~"10\\\\.0\\\\.0\\\\.1:9090"}' })
  await client.call('incidents.update', { id: incident, tags: [ADDRESS], roles: { lead: 'bob@shop.example' } })
  await client.start('recording.start', { incident })
  await r.first()
  r.at(61)
  await r.pass()
  await client.call('recording.stop', { incident })

  const path = join(r.t.dataDir, 'x.watchdeck')
  await client.call('file.save', { incident, path, redact: ['ip', 'email'] })
  await using file = await openIncidentFile(path)
  const saved = await file.incident()
  for (const planted of [ADDRESS, '10\\\\.0', 'bob@shop.example']) expect(JSON.stringify(saved)).not.toContain(planted)
  expect((await readFile(path)).includes(ADDRESS)).toBe(false)

  await client.call('sources.remove', { id: source })
  const opened = await client.call('file.open', { path })
  const { entries } = await client.call('incidents.entries', { incident: opened.incident })
  const queries = entries.flatMap(({ what }) => (typeof what?.input['query'] === 'string' ? [what.input['query']] : []))
  const asked = queries.filter((query) => query.includes('instance'))
  expect(asked).toHaveLength(2)
  for (const query of asked) {
    expect(query).toMatch(/instance=~?"<ip:\w{10}>:9090"/)
    const question = { range: { from: time(51), to: time(59) }, step: '1m', query, sources: [opened.source] }
    const answer = await client.call('metrics.query', question)
    expect([query, answer.series.map(({ metric }) => metric['job']), answer.completeness.missing]).toEqual([
      query,
      ['a', 'b'],
      [],
    ])
  }
})

test('selectors past what is looked at are left out of the file, which says that they were not recorded', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident, source } = await r.open()
  await client.start('recording.start', { incident })
  await r.first()
  r.at(61)
  await r.pass()
  await client.call('recording.stop', { incident })
  const record = r.t.stores.catalog.recordings.get(incident)
  const [track] = record?.tracks.filter(({ part, query }) => part === 'metrics' && query.includes('requests')) ?? []
  if (record === undefined || track === undefined) throw new Error('nothing was recorded')
  const more = Array.from({ length: MOST_SELECTORS }, (_, n) => ({ ...track, query: `{__name__="m${n}"}` }))
  const long = { ...track, query: `{__name__="${'x'.repeat(MOST_SELECTOR_CHARACTERS)}"}` }
  r.t.stores.catalog.recordings.save({ ...record, tracks: [long, ...record.tracks, ...more] })
  const path = join(r.t.dataDir, 'x.watchdeck')
  await client.call('file.save', { incident, path })
  await client.call('sources.remove', { id: source })
  const opened = await client.call('file.open', { path })
  const { sources } = await client.call('sources.list', {})
  const held = sources.find(({ id }) => id === opened.source)?.held
  expect(held?.selectors).toHaveLength(MOST_SELECTORS)
  expect(zHeld.safeParse(held).success).toBe(true)
  const told = async (query: string) => {
    const question = { range: { from: time(51), to: time(59) }, step: '1m', query, sources: [opened.source] }
    return (await client.call('metrics.query', question)).completeness.missing.length
  }
  expect([await told('requests_total'), await told('m1'), await told(`m${MOST_SELECTORS - 1}`)]).toEqual([0, 0, 1])
})

test('of a file that brings more selectors, or longer ones, those within the bounds are taken', () => {
  const selectors = ['x'.repeat(20_000), ...Array.from({ length: 9_999 }, (_, n) => `m${n}`)]
  const times = { from: time(0), to: time(1) }
  const counts = { spans: 0, logs: 0, samples: 0, series: 0, objects: 0, happenings: 0, userEvents: 0 }
  const source = {
    id: 'a',
    name: 'a',
    kind: 'prometheus',
    counts,
    held: { ...times, kinds: [], services: [], selectors },
  }
  const { held } = zSavedSource.parse(source)
  expect(held?.selectors).toEqual(selectors.slice(1, MOST_SELECTORS + 1))
})

test('a title that grows by what stands for its addresses is cut, and the file opens', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident } = await r.open()
  const title = Array.from({ length: 42 }, (_, i) => `${String.fromCharCode(97 + (i % 26))}@b.cc`).join(' ')
  await client.call('incidents.update', { id: incident, title })
  const path = join(r.t.dataDir, 'x.watchdeck')
  await client.call('file.save', { incident, path, redact: ['email'] })
  const opened = await client.call('file.open', { path })
  const { title: kept } = await client.call('incidents.get', { id: opened.incident })
  expect(kept).toHaveLength(400)
  expect(kept).not.toContain('@b.cc')
})
