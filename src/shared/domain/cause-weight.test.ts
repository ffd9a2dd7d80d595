// The ranking of what changed: what explains stands above what it explains.
import { expect, test } from 'vitest'
import { type Calls, type Weighed, weighCauses } from './cause-weight.ts'

const MINUTE = 60_000_000_000n
const move = (service: string, score: number, minute: number, measure = 'p95'): Weighed => ({
  kind: 'service',
  subject: service,
  service,
  measure,
  score,
  at: BigInt(minute) * MINUTE,
})
const version = (service: string, minute: number): Weighed => ({
  kind: 'version',
  subject: service,
  service,
  measure: 'version',
  score: 4.5,
  at: BigInt(minute) * MINUTE,
})
const calls = (callees: Record<string, string[]>, producers: Record<string, string[]> = {}): Calls => {
  const sets = (of: Record<string, string[]>) =>
    new Map(Object.entries(of).map(([key, names]) => [key, new Set(names)]))
  return { callees: sets(callees), producers: sets(producers), hosts: new Map() }
}
const ranked = (rows: readonly Weighed[], of: Calls) =>
  weighCauses(rows, of, MINUTE)
    .toSorted((a, b) => b.score - a.score)
    .map((row) => `${row.kind} ${row.service}`)

test('callers that wait for a failing callee stand below it, and its new version above', () => {
  const rows = [move('web', 7.4, 48), move('checkout', 5.9, 48), move('payment', 5.2, 48), version('payment', 47)]
  expect(ranked(rows, calls({ web: ['checkout'], checkout: ['payment'] }))).toEqual([
    'version payment',
    'service payment',
    'service checkout',
    'service web',
  ])
})

test('a version of a service that did not move, or that came after, keeps its place', () => {
  const rows = [move('payment', 5.2, 48), version('pricing', 41), version('payment', 60), version('old', 1)]
  const scores = weighCauses(rows, calls({}), MINUTE).map((row) => row.score)
  expect(scores).toEqual([5.2, 4.5, 4.5, 4.5])
})

test('a version long before the move is not claimed', () => {
  expect(weighCauses([move('a', 6, 60), version('a', 30)], calls({}), MINUTE).map((row) => row.score)).toEqual([6, 4.5])
})

test('a callee that moved little, or later, explains nothing', () => {
  const of = calls({ web: ['small', 'late'] })
  const rows = [move('web', 7, 10), move('small', 3, 10), move('late', 6, 20)]
  expect(weighCauses(rows, of, MINUTE)).toEqual(rows)
})

test('services that call each other do not push each other down for ever', () => {
  const of = calls({ a: ['b'], b: ['a'] })
  const scores = weighCauses([move('a', 6, 10), move('b', 5, 10)], of, MINUTE).map((row) => row.score)
  expect(scores.every(Number.isFinite)).toBe(true)
  expect(Math.min(...scores)).toBeGreaterThan(4.9)
})

test('the lag of a group stands below the producer that failed before it, not the other way about', () => {
  const lag: Weighed = { ...move('mail', 9.7, 60, 'value'), kind: 'metric', subject: 'lag' }
  const of = calls({}, { mail: ['payment'] })
  expect(ranked([lag, move('payment', 5.2, 48)], of)).toEqual(['service payment', 'metric mail'])
  expect(ranked([lag, move('payment', 5.2, 70)], of)).toEqual(['metric mail', 'service payment'])
})

test('a consumer that only complains makes its new version the first', () => {
  const complaint: Weighed = { ...move('dispatch', 5, 50, 'lines'), kind: 'log-level', subject: 'error' }
  const usual: Weighed = { ...complaint, service: 'other', subject: 'info' }
  const rows = [move('till', 5.1, 52, 'errors'), complaint, version('dispatch', 49), usual, version('other', 49)]
  expect(ranked(rows, calls({}))[0]).toBe('version dispatch')
  expect(weighCauses(rows, calls({}), MINUTE).at(-1)?.score).toBe(4.5)
})

test('what got worse on one machine alone stands below the machine, and its callers below both', () => {
  const rows = [move('web', 9, 48), move('cart', 8, 48), move('other', 6, 48)]
  const node: Weighed = { ...move('', 7, 47), kind: 'metric', subject: 'node_load1', measure: 'value' }
  const of = (at: number) => ({
    ...calls({ web: ['cart'] }),
    hosts: new Map([['cart', [{ score: 7, at: BigInt(at) * MINUTE }]]]),
  })
  const subjects = (at: number) =>
    weighCauses([...rows, node], of(at), MINUTE)
      .toSorted((a, b) => b.score - a.score)
      .map((row) => row.subject)
  expect(subjects(47)).toEqual(['node_load1', 'cart', 'web', 'other'])
  // a machine that moved later explains nothing
  expect(subjects(60)).toEqual(['cart', 'web', 'node_load1', 'other'])
})

test('a bad version on one machine stands above the load that it makes there', () => {
  const node: Weighed = { ...move('', 7, 12), kind: 'metric', subject: 'node_load1', measure: 'value' }
  const of = (at: number): Calls => ({
    ...calls({}),
    hosts: new Map([['cart', [{ score: 7, at: BigInt(at) * MINUTE }]]]),
  })
  for (const fact of [version('cart', 10), { ...version('cart', 10), kind: 'object' }])
    expect(weighCauses([fact, move('cart', 8, 11), node], of(12), MINUTE).map((row) => [row.kind, row.score])).toEqual([
      [fact.kind, 9],
      ['service', 8],
      ['metric', 7],
    ])
  // a version that came after the load, or that is too old to be behind it, leaves the machine its place
  expect(ranked([version('cart', 11), move('cart', 8, 11), node], of(8))).toEqual([
    'version cart',
    'metric ',
    'service cart',
  ])
  expect(ranked([version('cart', 10), move('cart', 8, 60), node], of(58))[0]).toBe('metric ')
})
