// Spans of live sources beside the stored ones: parts, replacement, forgetting.
import { describe, expect, it } from 'vitest'
import { frameToJsonTable } from '../../../shared/frame/table.ts'
import { col } from '../../../shared/contract/define.ts'
import { asEpochNs } from '../../../shared/base/time.ts'
import type { TraceSummary } from '../../../shared/domain/live-source.ts'
import { filledSource, openTestStores, span, T0, type TestStores } from '../testing.ts'

const WHOLE = { complete: true, missing: [] }
const id = (n: number) => n.toString(16).padStart(32, '0')
const one = (n: number, spans: number, service = 'live') =>
  Array.from({ length: spans }, (_, i) =>
    span({
      traceId: id(n),
      spanId: (n * 100 + i + 1).toString(16).padStart(16, '0'),
      parentId: i === 0 ? '' : (n * 100 + 1).toString(16).padStart(16, '0'),
      start: T0 + BigInt(n) * 1_000_000_000n,
      service,
      attributes: { values: { n, 'http.route': '/x' } },
    }),
  )

function liveSource(stores: TestStores): { id: string; key: number } {
  const made = stores.catalog.sources.create({ name: 'jaeger', kind: 'jaeger', origin: [], readOnly: false })
  stores.catalog.sources.update(made.id, { state: 'ready' })
  return { id: made.id, key: made.key }
}

async function traces(
  stores: TestStores,
  source: string,
  parts: readonly number[],
  range?: [bigint, bigint],
  lists: readonly number[] = [],
) {
  const within = range && { from: asEpochNs(range[0]), to: asEpochNs(range[1]) }
  const scope = await stores.telemetry.scope(undefined, within, {
    live: [{ source, parts, lists, completeness: WHOLE }],
  })
  const frame = await stores.telemetry.frame(
    `SELECT trace_id, root_service, spans FROM ${scope.relation('traces', within)} ORDER BY start_ns, trace_id`,
    [],
    [col('trace', 'string'), col('root', 'string'), col('spans', 'int')],
  )
  return frameToJsonTable(frame).rows.map((row) => [row['trace'], row['root'], row['spans']])
}

describe('spans of live sources', () => {
  it('stand beside stored ones in one relation, and only where the question brought them', async () => {
    await using stores = await openTestStores()
    await filledSource(stores, { kind: 'spans', rows: one(1, 2, 'stored') })
    const live = liveSource(stores)
    const a = stores.telemetry.live.nextPart()
    const b = stores.telemetry.live.nextPart()
    await stores.telemetry.live.add(live.key, a, [...one(2, 3), ...one(3, 1)])
    await stores.telemetry.live.add(live.key, b, [...one(3, 1), ...one(4, 2)])
    expect(stores.telemetry.live.spans).toBe(6)
    const stored = [id(1), 'stored', 2]
    expect(await traces(stores, live.id, [])).toEqual([stored])
    expect(await traces(stores, live.id, [a])).toEqual([stored, [id(2), 'live', 3], [id(3), 'live', 1]])
    expect(await traces(stores, live.id, [a, b])).toEqual([
      stored,
      [id(2), 'live', 3],
      [id(3), 'live', 1],
      [id(4), 'live', 2],
    ])
    expect(await traces(stores, live.id, [b], [T0 + 4_000_000_000n, T0 + 5_000_000_000n])).toEqual([[id(4), 'live', 2]])
    const scope = await stores.telemetry.scope(undefined)
    expect(await stores.telemetry.rows(`SELECT count(*) AS n FROM ${scope.relation('spans')}`, [])).toEqual([{ n: 2n }])
  })

  it('replace a trace that has grown, and carry their attributes and the clock of the source', async () => {
    await using stores = await openTestStores()
    const live = liveSource(stores)
    stores.catalog.sources.update(live.id, { clockOffsetNs: '1000' })
    const part = stores.telemetry.live.nextPart()
    await stores.telemetry.live.add(live.key, part, one(7, 1))
    const later = stores.telemetry.live.nextPart()
    await stores.telemetry.live.add(live.key, later, one(7, 3))
    expect(stores.telemetry.live.spans).toBe(3)
    const scope = await stores.telemetry.scope([live.id], undefined, {
      live: [{ source: live.id, parts: [part], completeness: WHOLE }],
    })
    const rows = await stores.telemetry.rows<{ n: bigint; at: bigint; route: string }>(
      `SELECT count(*) AS n, min(start_ns) AS at, any_value(json ->> '/http.route') AS route
       FROM ${scope.relation('spans')} s JOIN ${scope.relation('attributes')} a ON a.hash = s.attrs`,
      [],
    )
    expect(rows).toEqual([{ n: 3n, at: T0 + 7_000_000_000n + 1000n, route: '/x' }])
  })

  it('are forgotten when no part that is kept has them, and can be brought again', async () => {
    await using stores = await openTestStores()
    const live = liveSource(stores)
    const a = stores.telemetry.live.nextPart()
    const b = stores.telemetry.live.nextPart()
    await stores.telemetry.live.add(live.key, a, [...one(1, 2), ...one(2, 2)])
    await stores.telemetry.live.add(live.key, b, one(2, 2))
    await stores.telemetry.live.keep([b])
    expect(stores.telemetry.live.spans).toBe(2)
    expect(await traces(stores, live.id, [a, b])).toEqual([[id(2), 'live', 2]])
    await stores.telemetry.live.add(live.key, b, one(1, 2))
    expect(await traces(stores, live.id, [b])).toEqual([
      [id(1), 'live', 2],
      [id(2), 'live', 2],
    ])
    await stores.telemetry.live.keep([])
    expect(stores.telemetry.live.spans).toBe(0)
    expect(await traces(stores, live.id, [a, b])).toEqual([])
  })

  it('that were told without their spans stand in lists alone; what knows more spans of a trace, or its own times, counts', async () => {
    await using stores = await openTestStores()
    const live = liveSource(stores)
    const { live: rows } = stores.telemetry
    const told = (n: number, spans: number, over: Partial<TraceSummary> = {}): TraceSummary => ({
      traceId: id(n),
      start: T0 + BigInt(n) * 1_000_000_000n,
      durationNs: 5n,
      rootService: 'told',
      rootOperation: '\u0000 "\u{1f6d2}\\',
      spans,
      errors: 1,
      services: [['told', spans, 1]],
      ...over,
    })
    const list = rows.nextPart()
    await rows.addSummaries(live.key, list, [
      told(1, 2),
      told(2, 2),
      told(3, 2, { rootService: '', rootOperation: '' }),
    ])
    const listed = (range?: [bigint, bigint]) => traces(stores, live.id, [], range, [list])
    expect(await listed()).toEqual([
      [id(1), 'told', 2],
      [id(2), 'told', 2],
      [id(3), 'told', 2],
    ])
    expect(rows.spans).toBe(3)
    // of a question about spans they are no part
    expect(await traces(stores, live.id, [list])).toEqual([])

    // one is opened, with a clock that puts it an hour before; one has grown since it was told; one grows later
    const opened = rows.nextPart()
    await rows.add(live.key, opened, [
      ...one(1, 2).map((row) => ({ ...row, start: row.start - 3_600_000_000_000n })),
      ...one(2, 3),
      ...one(3, 1),
    ])
    const all = [T0 - 7_200_000_000_000n, T0 + 10_000_000_000n] as const
    expect(await listed([...all])).toEqual([
      [id(1), 'live', 2],
      [id(2), 'live', 3],
      [id(3), 'told', 2],
    ])
    // in the list that it was opened from it stays
    expect(await listed([T0, all[1]])).toEqual([
      [id(1), 'told', 2],
      [id(2), 'live', 3],
      [id(3), 'told', 2],
    ])
    expect(await traces(stores, live.id, [opened])).toEqual([
      [id(1), 'live', 2],
      [id(2), 'live', 3],
      [id(3), 'live', 1],
    ])
    await rows.keep([opened])
    expect(await listed()).toEqual([])
    await rows.keep([])
    expect(rows.spans).toBe(0)
  })
})
