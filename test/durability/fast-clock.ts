// A clock that goes 60 times as fast: a second of the test is a minute of an incident.

import { asEpochNs } from '../../src/shared/base/time.ts'
import type { Clock } from '../../src/main/platform/platform.ts'
import { T0 } from '../support/live-traces.ts'

const SPEED = 60
export const STARTS = T0 + 3_600_000_000_000n

/** @param since epoch milliseconds at which it shows `STARTS` */
export const fastClock = (since: number): Clock => ({
  now: () => asEpochNs(STARTS + BigInt(Math.round((Date.now() - since) * SPEED)) * 1_000_000n),
})
