// Times that a source says it has not. They are kept in the source's own time, as its rows are; whoever tells or saves them
// wants them by the corrected clock.

import { formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { SourceRecord } from './catalog/api.ts'

/** By the corrected clock; what is not a time is left out. */
export function missingOf({ missing = [], clockOffsetNs }: Pick<SourceRecord, 'missing' | 'clockOffsetNs'>) {
  const offset = BigInt(clockOffsetNs)
  return missing.flatMap(({ from, to, reason }) => {
    const [start, end] = [tryParseRfc3339(from), tryParseRfc3339(to)]
    return start === undefined || end === undefined ? [] : [{ from: start + offset, to: end + offset, reason }]
  })
}

/** The same as texts. */
export const toldMissing = (source: Pick<SourceRecord, 'missing' | 'clockOffsetNs'>) =>
  missingOf(source).map(({ from, to, reason }) => ({ from: formatRfc3339(from), to: formatRfc3339(to), reason }))
