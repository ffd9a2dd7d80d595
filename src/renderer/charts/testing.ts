// The picture that tests of painted lines paint on.

import { asEpochNs } from '../../shared/base/time.ts'
import type { Plane } from './many-lines.ts'

export const SIZE = 10

/** Ten by ten pixels: instants 0 to 10, values 0 (below) to 10 (above). */
export const plane = (more: Partial<Plane> = {}): Plane => ({
  width: SIZE,
  height: SIZE,
  from: asEpochNs(0n),
  to: asEpochNs(10n),
  low: 0,
  high: 10,
  lowAt: SIZE,
  highAt: 0,
  log: false,
  thickness: 1,
  stepNs: undefined,
  leastNs: 0n,
  ...more,
})

export const points = (pairs: ReadonlyArray<readonly [number, number]>) => ({
  times: BigInt64Array.from(pairs, ([at]) => BigInt(at)),
  values: Float64Array.from(pairs, ([, value]) => value),
})
