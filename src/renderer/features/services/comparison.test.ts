// Which windows the overview compares, with ranges as an incident leaves them.
import { describe, expect, test } from 'vitest'
import { asEpochNs, type TimeRange } from '../../../shared/base/time.ts'
import { CHANGE_KINDS } from '../../../shared/contract/services.ts'
import { CUTS, earlierWindow, hasEarlier, onsetWindows, OTHERS, servicesMoved } from './comparison.ts'

const at = (text: string): bigint => BigInt(Date.parse(`2026-11-02T${text}Z`)) * 1_000_000n
const range = (from: string, to: string): TimeRange => ({ from: asEpochNs(at(from)), to: asEpochNs(at(to)) })
const clock = (r: TimeRange): string[] =>
  [r.from, r.to].map((ns) => new Date(Number(ns / 1_000_000n)).toISOString().slice(11, 19))
const whole = range('14:00:00', '16:00:00')
const service = { kind: 'service', score: 8, at: at('14:48:00') }

describe('a range that is all there is', () => {
  test('is cut at the onset of the greatest change of a service', () => {
    const c = onsetWindows(whole, [service, { kind: 'metric', score: 9.7, at: at('15:03:00') }], [])
    expect([c.rule, clock(c.before), clock(c.after), c.calmed]).toEqual([
      'onset',
      ['14:00:00', '14:48:00'],
      ['14:48:00', '16:00:00'],
      false,
    ])
  })

  test('needs nothing but services to be cut where one moved in its middle', () => {
    const others = [
      { kind: 'metric', score: 9.7, at: at('15:03:00') },
      { kind: 'version', score: 4.5, at: at('14:41:53') },
    ]
    const cuts = [service, ...others.filter((c) => c.kind !== 'metric')]
    expect(servicesMoved(whole, cuts)).toBe(true)
    expect(onsetWindows(whole, cuts, [])).toEqual(onsetWindows(whole, [service, ...others], []))
    expect(servicesMoved(whole, [...others, { ...service, at: at('14:02:00') }])).toBe(false)
  })

  test('keeps a rollout shortly before the onset out of the baseline, and an old one in it', () => {
    const rollouts = ['14:41:53', '14:30:00', '14:50:00'].map((t) => ({ kind: 'version', score: 4.5, at: at(t) }))
    expect(clock(onsetWindows(whole, [service, ...rollouts], []).before)).toEqual(['14:00:00', '14:41:00'])
  })

  test('ends where the last alert ended, but not while one fires', () => {
    const ended = { from: at('14:51:00'), to: at('15:26:30') }
    const c = onsetWindows(whole, [service], [ended, { from: at('14:10:00'), to: at('15:50:00') }])
    expect([clock(c.after), c.calmed]).toEqual([['14:48:00', '15:27:00'], true])
    expect(onsetWindows(whole, [service], [ended, { from: at('15:00:00'), to: null }]).calmed).toBe(false)
  })

  test('is halved when nothing stands out, or only at its very edge', () => {
    const edge = { kind: 'service', score: 9, at: at('14:02:00') }
    for (const changes of [[], [edge], [{ ...service, at: null }]])
      expect(clock(onsetWindows(whole, changes, []).after)).toEqual(['15:00:00', '16:00:00'])
  })
})

test('data from before the range counts when it covers a quarter of the baseline', () => {
  const chosen = range('15:00:00', '15:20:00')
  expect([
    hasEarlier(chosen, at('14:55:00')),
    hasEarlier(chosen, at('14:56:00')),
    hasEarlier(chosen, undefined),
  ]).toEqual([true, false, false])
})

test('the hour before and the same length before end where the range begins', () => {
  const chosen = range('15:00:00', '15:20:00')
  expect(clock(earlierWindow(chosen, 'hour').before)).toEqual(['14:00:00', '15:00:00'])
  expect(clock(earlierWindow(chosen, 'same').before)).toEqual(['14:40:00', '15:00:00'])
})

test('asks for every kind of change once', () => {
  expect([...CUTS, ...OTHERS].toSorted()).toEqual([...CHANGE_KINDS].toSorted())
})
