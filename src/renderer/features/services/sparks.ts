// The answer of services.sparklines by service, as the small pictures want it.

import type { Frame } from '../../../shared/frame/frame.ts'
import { numberOf, textOf } from '../../lib/engine/index.ts'

export interface Spark {
  readonly requests: Float64Array
  readonly errors: Float64Array
  /** ns; NaN where there were no requests */
  readonly p95: Float64Array
}
export type Sparks = ReadonlyMap<string, Spark>

/** Rows come by service, then time; every service has every bucket. */
export function sparksOf(frame: Frame): Sparks {
  const out = new Map<string, Spark>()
  let start = 0
  for (let row = 1; row <= frame.rowCount; row++) {
    const service = textOf(frame, 'service', start)
    if (row < frame.rowCount && textOf(frame, 'service', row) === service) continue
    const column = (name: string): Float64Array =>
      Float64Array.from({ length: row - start }, (_, i) => numberOf(frame, name, start + i))
    out.set(service, { requests: column('requests'), errors: column('errors'), p95: column('p95Ns') })
    start = row
  }
  return out
}
