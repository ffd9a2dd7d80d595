// How the values of a report are written: words, clocks, names and units, the same in every block.

import type { MetricUnit } from '../../shared/promql/index.ts'
import type { Words } from './words.ts'

export interface PinFormat {
  readonly words: Words
  /** RFC 3339 in UTC to the report's zone */
  time(at: string): string
  /** epoch ms to a short clock on an axis */
  clock(ms: number): string
  /** a source as people call it */
  nameOf(source: string): string
  readonly unitOf: MetricUnit
}
