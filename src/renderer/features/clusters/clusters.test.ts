// What stands first among objects, and how happenings fall into slices of time.
import { expect, test } from 'vitest'
import { asEpochNs } from '../../../shared/base/time.ts'
import { frameFromRows } from '../../../shared/frame/frame.ts'
import { compareObjects, toneOfHappening, toneOfState } from './states.ts'
import { volumeOf } from './volume.ts'

test('states have the tone that an operator gives them; a deleted object has none', () => {
  const tones = ['CrashLoopBackOff', 'ImagePullBackOff', 'Degraded', 'MemoryPressure', 'Updating', 'Running', 'Present']
  expect(tones.map((s) => toneOfState(s, false))).toEqual([
    'critical',
    'critical',
    'warning',
    'warning',
    'note',
    'ok',
    'neutral',
  ])
  expect(toneOfState('CrashLoopBackOff', true)).toBe('neutral')
  expect(toneOfHappening('alert', 'warning')).toBe('critical')
  expect(toneOfHappening('k8s-event', 'normal')).toBe('neutral')
})

test('troubled objects come first, then what changed, newest first, then the rest as it was', () => {
  const object = (name: string, tone: 'critical' | 'ok', versions: number, changed: bigint) => ({
    name,
    tone,
    deleted: false,
    versions,
    changed,
  })
  const sorted = [
    object('quiet a', 'ok', 1, 9n),
    object('moved early', 'ok', 2, 1n),
    object('quiet b', 'ok', 1, 3n),
    object('moved late', 'ok', 3, 5n),
    object('broken', 'critical', 1, 0n),
  ].sort(compareObjects)
  expect(sorted.map((o) => o.name)).toEqual(['broken', 'moved late', 'moved early', 'quiet a', 'quiet b'])
})

test('every happening inside the range is counted once, in its slice and kind', () => {
  const range = { from: asEpochNs(0n), to: asEpochNs(600n) }
  const frame = frameFromRows(
    [
      { name: 'time', type: 'time' },
      { name: 'kind', type: 'string' },
    ],
    [
      { time: 0n, kind: 'alert' },
      { time: 9n, kind: 'alert' },
      { time: 10n, kind: 'change' },
      { time: 599n, kind: 'k8s-event' },
      { time: 600n, kind: 'alert' },
    ],
  )
  const { times, counts } = volumeOf(frame, range)
  expect([times.length, times[1], counts.alert[0], counts.change[1], counts['k8s-event'][59]]).toEqual([
    60,
    10n,
    2,
    1,
    1,
  ])
  expect(counts.alert.reduce((a, b) => a + b)).toBe(2)
})
