// The fault matrix of live traces: what is missing is said, what was read stays, the source recovers by itself.

import { describe, expect, test } from 'vitest'
import { startFaultServer } from '../../../../test/support/fault-server.ts'
import { opened, RANGE, SECOND, T0, traces } from '../../../../test/support/live-traces.ts'
import { traceBackend } from '../../../../test/support/trace-backends.ts'

test('a sign-in page in place of everything is not taken for an old Jaeger: it is one again when the page goes', async () => {
  await using o = await opened('2.20', traces(2))
  o.server.fault = 'page'
  await expect(o.search()).rejects.toMatchObject({ message: expect.stringContaining('“Sign in”') })
  o.server.fault = 'none'
  await expect
    .poll(
      () =>
        o.search().then(
          ({ ids }) => ids.length,
          () => 0,
        ),
      { timeout: 30_000, interval: 200 },
    )
    .toBe(2)
  expect(o.asked().at(-1)).toContain('/api/v3/')
})

const MATRIX = [
  ['frozen', /no whole answer within 0.4 s/],
  ['cut', /connection was cut/],
  ['busy', /fewer queries \(429\)/],
  ['unknown-caller', /does not know who asks/],
  ['page', /web page came instead of an answer \(“Sign in”\)/],
  ['half-json', /not an answer of|cut/],
  ['wrong-json', /not an answer of/],
] as const

describe.each(['2.20', 'zipkin'] as const)('%s', (shape) => {
  test.each(MATRIX)(
    '%s: said plainly alone, a gap beside another source, well again by itself',
    async (fault, said) => {
      await using o = await opened(shape, traces(3), fault === 'frozen' ? { limits: { timeoutMs: 400 } } : {})
      await using healthy = await startFaultServer({ answerTo: traceBackend('zipkin', traces(8).slice(8)) })
      const good = await o.t.client.call('sources.add', { kind: 'zipkin', name: 'good', url: healthy.url })
      // what the backend is was found out before
      await o.t.client.call('traces.header', { traceId: '1', sources: [o.id] })
      o.server.fault = fault
      await expect(o.search({ sources: [o.id] })).rejects.toMatchObject({ message: expect.stringMatching(said) })
      const both = await o.search({ sources: [o.id, good.id] })
      expect(both.ids.length).toBe(4)
      expect(both.completeness.missing).toMatchObject([{ source: o.id, reason: expect.stringMatching(said) }])
      o.server.fault = 'none'
      await expect
        .poll(
          () =>
            o.search({ sources: [o.id] }).then(
              (a) => a.ids.length,
              () => 0,
            ),
          { timeout: 30_000, interval: 200 },
        )
        .toBe(3)
    },
  )

  test('what was read still answers when the server is gone, and says since when it is', async () => {
    await using o = await opened(shape, traces(3))
    await o.search()
    o.server.fault = 'error'
    const later = { from: RANGE.from, to: String(T0 + 7200n * SECOND) }
    const answer = await o.search({ range: later })
    expect(answer.ids).toHaveLength(3)
    expect(answer.completeness.missing).toMatchObject([
      {
        source: o.id,
        from: '2025-10-09T09:53:20.000000000Z',
        reason: expect.stringMatching(/\(500\).* Last answer: /),
      },
    ])
  })
})
