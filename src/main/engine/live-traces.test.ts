// How much of a live source is read: as many traces of the question as its limit lets, the newest first, whatever is held.

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { startFaultServer } from '../../../test/support/fault-server.ts'
import { hex, known, SECOND, T0, traces } from '../../../test/support/live-traces.ts'
import { traceBackend } from '../../../test/support/trace-backends.ts'
import { asEpochNs } from '../../shared/base/time.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { jaegerConnector } from '../connectors/jaeger/index.ts'
import { sourcesModuleWith } from '../sources/index.ts'
import { tracesModule } from '../traces/index.ts'

const LIMIT = 100
const limits = { traces: LIMIT, perSecond: 1000 }

test.each(['2.20', '2.13'] as const)(
  'a narrower question is not at its limit because all traces were (%s)',
  async (shape) => {
    const rare = { service: 'rare', resource: { attributes: { values: { 'service.name': 'rare' } } } }
    const spans = traces(300).map((span, n) => (n % 100 === 0 ? { ...span, ...rare } : span))
    await using o = await known(shape, spans, { limits })
    const all = await o.search()
    expect(all.ids.length).toBeLessThan(300)
    expect(all.completeness.missing[0]?.reason).toContain(`the newest ${LIMIT} traces were read`)
    const narrowed = await o.search({ service: 'rare' })
    expect([narrowed.ids.length, narrowed.completeness.complete]).toEqual([6, true])
  },
)

test('what is new is read although as many traces as the limit are held', async () => {
  let now = T0 + 3600n * SECOND
  let spans = traces(300, 10n * SECOND)
  await using server = await startFaultServer({ answerTo: (path, params) => traceBackend('2.13', spans)(path, params) })
  await using t = await startTestEngine({
    modules: [tracesModule, sourcesModuleWith([jaegerConnector])],
    clock: { now: () => asEpochNs(now) },
  })
  await t.client.call('sources.add', { kind: 'jaeger', name: 'j', url: server.url, limits, keep: 'session' })
  const newest = async () => {
    const range = { from: String(T0), to: String(now) }
    const { table, completeness } = await t.client.call('traces.search', { range, limit: 1000 })
    const { from, to } = completeness.missing[0] ?? {}
    return { id: frameToJsonTable(table).rows[0]?.['traceId'], missing: [completeness.missing.length, from, to] }
  }
  const before = await newest()
  expect(before.missing[0]).toBe(1)
  now += 300n * SECOND
  const id = hex(999, 32)
  spans = [...spans, ...traces(1).map((span) => ({ ...span, traceId: id, start: span.start + 3650n * SECOND }))]
  expect(await newest()).toEqual({ id, missing: before.missing })
})
