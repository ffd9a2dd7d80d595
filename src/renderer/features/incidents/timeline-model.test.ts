// The timeline's layout: what is drawn where, and that nothing is lost on the way.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asEpochNs } from '../../../shared/base/time.ts'
import { layOut, neighbour, type TimelineItem } from './timeline-model.ts'

const range = { from: asEpochNs(0n), to: asEpochNs(1000n) }
const item = (at: bigint, more: Partial<TimelineItem> = {}): TimelineItem => ({
  row: 0,
  lane: 'k8s-event',
  at,
  until: undefined,
  tone: 'neutral',
  title: `at ${at}`,
  detail: '',
  service: '',
  entry: undefined,
  target: undefined,
  ...more,
})
const lane = (items: readonly TimelineItem[], name: TimelineItem['lane']) => {
  const found = layOut(items, range, 1000).find((l) => l.lane === name)
  if (!found) throw new Error(name)
  return found
}

describe('the incident timeline', () => {
  test('points that would touch become one mark, with the worst tone of them', () => {
    const { marks } = lane([item(100n), item(103n, { tone: 'warning' }), item(300n)], 'k8s-event')
    expect(marks.map((m) => [m.x, m.items.length, m.tone])).toEqual([
      [100, 2, 'warning'],
      [300, 1, 'neutral'],
    ])
  })

  test('alerts that overlap lie in rows of their own, and are cut at the edges of what is shown', () => {
    const alert = (at: bigint, until: bigint) => item(at, { lane: 'alert', until })
    const { marks, rows } = lane([alert(-50n, 100n), alert(50n, 200n), alert(150n, 1200n)], 'alert')
    expect(marks.map((m) => [m.x, m.width, m.row])).toEqual([
      [0, 100, 0],
      [50, 150, 1],
      [150, 850, 0],
    ])
    expect(rows).toBe(2)
  })

  test('what lies outside is counted, never dropped in silence', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -500n, max: 1500n }), { maxLength: 200 }), (times) => {
        const sorted = [...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((at) => item(at))
        const { marks, before, after } = lane(sorted, 'k8s-event')
        const drawn = marks.flatMap((m) => m.items)
        expect(drawn.length + before + after).toBe(times.length)
        expect(marks.every((m) => m.width < 8)).toBe(true)
      }),
    )
  })

  test('arrow keys walk along a lane and jump to the nearest mark of the next lane that has any', () => {
    const lanes = layOut([item(100n), item(500n), item(490n, { lane: 'pin' }), item(50n, { lane: 'pin' })], range, 1000)
    const first = neighbour(lanes, undefined, 'right')
    expect(first?.items[0]?.at).toBe(100n)
    const second = neighbour(lanes, first, 'right')
    expect(second?.items[0]?.at).toBe(500n)
    expect(neighbour(lanes, second, 'right')).toBe(second)
    expect(neighbour(lanes, second, 'down')?.items[0]?.at).toBe(490n)
    expect(neighbour(lanes, neighbour(lanes, second, 'down'), 'up')?.items[0]?.at).toBe(500n)
  })
})
