// The answer in words, from the two tables that it stands on.
import { expect, test } from 'vitest'
import { frameFromRows } from '../../../shared/frame/frame.ts'
import { services } from '../../../shared/contract/services.ts'
import { headlineOf } from './headline.ts'

const MINUTE = 60_000_000_000n
const overview = frameFromRows(services.overview.output.columns, [
  { service: 'frontend', errorRatio: 0.07, beforeErrorRatio: 0, p95Ns: 7.8e9, beforeP95Ns: 3.6e8 },
  { service: 'payment', errorRatio: 0.8, beforeErrorRatio: 0.001, p95Ns: 2.5e9, beforeP95Ns: 3.8e8 },
])
const changes = (rows: Array<Record<string, string | number | bigint>>) =>
  frameFromRows(services.changes.output.columns, rows)
const moved = (service: string, measure: string, score: number, direction = 'up') => ({
  kind: 'service',
  subject: service,
  service,
  measure,
  score,
  direction,
  at: 100n * MINUTE,
})
const rollout = (service: string, at: bigint) => ({
  kind: 'version',
  subject: service,
  service,
  measure: 'version',
  beforeText: '1.0',
  afterText: '1.1',
  score: 4.5,
  direction: 'changed',
  at,
})

test('errors lead, with the latency of the same service and the rollouts of the ten minutes before, newest first', () => {
  const headline = headlineOf(
    overview,
    changes([
      moved('frontend', 'p95', 9),
      moved('payment', 'errors', 6),
      moved('payment', 'p95', 5),
      rollout('pricing', 94n * MINUTE),
      rollout('payment', 99n * MINUTE),
      rollout('search', 80n * MINUTE),
      rollout('cart', 101n * MINUTE),
    ]),
  )
  expect(headline).toEqual({
    first: { service: 'payment', measure: 'errors', before: 0.001, after: 0.8 },
    also: { service: 'payment', measure: 'p95', before: 3.8e8, after: 2.5e9 },
    since: 100n * MINUTE,
    services: 2,
    rollouts: [
      { service: 'payment', before: '1.0', after: '1.1', at: 99n * MINUTE },
      { service: 'pricing', before: '1.0', after: '1.1', at: 94n * MINUTE },
    ],
  })
})

test('no service moved: no headline', () => {
  expect(headlineOf(overview, changes([rollout('payment', 1n)]))).toBeUndefined()
})
