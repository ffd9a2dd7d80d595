// One scale for every kind of change, so that a ranking may mix them: score = log2(1 + |z|), where z says how many robust
// standard deviations (IQR / 1.349) of its own baseline a thing moved. 2 = three deviations, 3.5 = ten, 6.7 = a hundred.
//
// The deviation never falls below 2 % of the baseline's median nor below a floor in the measure's own unit, and a
// baseline that never moved at all has no information about what is usual: its |z| counts ten at most. What has no
// series gets the score of a comparable move (and then what cause-weight.ts makes of it): a new version 4.5 (it is certain, and a frequent cause), a changed
// object 3.5, events by how far their number is from the expected one in Poisson deviations.

export const SCORE_OF_VERSION = 4.5
export const SCORE_OF_OBJECT = 3.5
/** below three robust deviations a change is noise */
export const LEAST_Z = 3
/** the most that a move away from a constant baseline counts */
export const CONSTANT_Z = 10

export const scoreOf = (z: number): number => Math.log2(1 + Math.abs(z))

/** Deviation of a count from what the baseline leads to expect. */
export const poissonZ = (count: number, expected: number): number => (count - expected) / Math.sqrt(expected + 1)

export interface Measures {
  readonly requests: number
  readonly ratePerSecond: number
  readonly errorRatio: number
  readonly p95Ns: number
}

/** How much a service as a whole changed: the largest of its error, latency and rate moves, as a score. */
export function serviceChange(before: Measures | undefined, after: Measures | undefined): number {
  if (!before || !after) return before || after ? scoreOf(CONSTANT_Z) : 0
  const requests = Math.max(1, Math.min(before.requests, after.requests))
  const errors =
    (after.errorRatio - before.errorRatio) / (0.005 + Math.sqrt(Math.max(before.errorRatio, 0.001) / requests))
  const latency = (after.p95Ns - before.p95Ns) / Math.max(0.1 * before.p95Ns, 1e6, before.p95Ns / Math.sqrt(requests))
  const rate =
    (after.ratePerSecond - before.ratePerSecond) /
    Math.max(0.1 * before.ratePerSecond, before.ratePerSecond / Math.sqrt(requests), 0.01)
  return Math.max(scoreOf(errors), scoreOf(latency), scoreOf(rate))
}
