// Alerts on lanes: what overlaps under one name is one stretch.
import { expect, test } from 'vitest'
import { united } from './use-alert-marks.ts'

const mark = (label: string, at: number, until: number, tone: 'warning' | 'critical' = 'warning') => ({
  label,
  at: BigInt(at),
  until: BigInt(until),
  tone,
})

test('stretches of one alert that overlap or touch are one, others stay apart', () => {
  expect(
    united([
      mark('TargetDown', 50, 60),
      mark('TargetDown', 0, 30),
      mark('TargetDown', 10, 20),
      mark('TargetDown', 30, 40),
      mark('HighLatency', 5, 15),
      mark('TargetDown', 5, 15, 'critical'),
    ]),
  ).toEqual([
    mark('TargetDown', 0, 40),
    mark('HighLatency', 5, 15),
    mark('TargetDown', 5, 15, 'critical'),
    mark('TargetDown', 50, 60),
  ])
  expect(united([])).toEqual([])
})
