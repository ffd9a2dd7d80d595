// A source that nothing but its rows speaks of gets the range that its writer had told.
import { expect, test } from 'vitest'
import { OPEN_END } from '../../../shared/domain/alerts.ts'
import type { HappeningRow, ObjectRow, TelemetryBatch } from '../../../shared/domain/telemetry.ts'
import { addRows, log, openTestStores, span, T0 } from '../testing.ts'

const happening = (fields: Partial<HappeningRow>): HappeningRow => ({
  time: T0,
  endTime: T0,
  kind: 'k8s-event',
  severity: 'warning',
  reason: 'BackOff',
  message: '',
  objectKind: 'Pod',
  namespace: 'shop',
  name: 'web',
  service: 'web',
  count: 1,
  uid: 'u1',
  attributes: { values: {} },
  ...fields,
})
const object: ObjectRow = {
  time: T0 - 10n ** 18n,
  kind: 'Pod',
  namespace: 'shop',
  name: 'web',
  uid: 'u1',
  resourceVersion: '1',
  service: 'web',
  deleted: false,
  body: {},
}

test.each<[string, TelemetryBatch[]]>([
  [
    'spans, by their ends',
    [{ kind: 'spans', rows: [span({ durationNs: 5_000n }), span({ start: T0 + 1n, durationNs: 1n })] }],
  ],
  ['a span without length', [{ kind: 'spans', rows: [span({ durationNs: 0n })] }]],
  ['events, by when they were seen last', [{ kind: 'happenings', rows: [happening({ endTime: T0 + 77n })] }]],
  ['an alert that fires still', [{ kind: 'happenings', rows: [happening({ kind: 'alert', endTime: OPEN_END })] }]],
  ['times of nothing', [{ kind: 'logs', rows: [log(), log({ time: 0n })] }]],
  [
    'objects beside what happened',
    [
      { kind: 'objects', rows: [object] },
      { kind: 'logs', rows: [log()] },
    ],
  ],
  ['objects alone', [{ kind: 'objects', rows: [object] }]],
  [
    'offsets, which are not counted',
    [{ kind: 'offsets', rows: [{ time: T0, topic: 't', partition: 0, group: 'g', committed: 1, logEnd: 2 }] }],
  ],
])('the range of %s', async (_, batches) => {
  await using stores = await openTestStores()
  const { id, key } = stores.catalog.sources.create({ name: 's', kind: 'import', origin: [], readOnly: false })
  const written = await addRows(stores, id, ...batches)
  const counted = (await stores.telemetry.sourceKeys()).get(key)
  expect(written.from).not.toBe(null)
  expect({ from: counted?.from, to: counted?.to }).toEqual({ from: written.from, to: written.to })
})
