// The clocks of an incident, from its stamps.

import { expect, test } from 'vitest'
import { mainClock, stageClocks } from './clocks.ts'

const at = (clock: string) => `2026-11-02T${clock}:00.000000000Z`
const stamp = (stage: 'detected' | 'analysing' | 'mitigated' | 'resolved', clock: string) => ({
  stage,
  at: at(clock),
  recordedAt: at(clock),
})
const MINUTE = 60_000_000_000n
const ns = (clock: string) => BigInt(Date.parse(at(clock))) * 1_000_000n

test('an incident runs from its detection until it is mitigated, and stops at the end it has reached', () => {
  const detected = stamp('detected', '14:00')
  const mitigated = stamp('mitigated', '14:41')
  const resolved = stamp('resolved', '15:10')
  expect(mainClock({ stage: 'detected', stamps: [detected] }, ns('14:07'))).toEqual({
    ns: 7n * MINUTE,
    until: undefined,
  })
  expect(mainClock({ stage: 'mitigated', stamps: [detected, mitigated] }, ns('20:00'))).toEqual({
    ns: 41n * MINUTE,
    until: 'mitigated',
  })
  expect(mainClock({ stage: 'resolved', stamps: [detected, mitigated, resolved] }, ns('20:00'))).toEqual({
    ns: 70n * MINUTE,
    until: 'resolved',
  })
})

test('set back to analysing, the clock runs again', () => {
  const stamps = [stamp('detected', '14:00'), stamp('mitigated', '14:41')]
  expect(mainClock({ stage: 'analysing', stamps }, ns('15:00'))).toEqual({ ns: 60n * MINUTE, until: undefined })
})

test('stages stand in the order of their times, each with its distance from detection', () => {
  const stamps = [stamp('mitigated', '14:41'), stamp('detected', '14:00')]
  expect(stageClocks({ stamps }).map((c) => [c.stage, c.sinceNs])).toEqual([
    ['detected', undefined],
    ['mitigated', 41n * MINUTE],
  ])
})
