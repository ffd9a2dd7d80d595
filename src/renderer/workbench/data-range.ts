// The stretch of time that a source's rows cover, as the views see it.

import { asEpochNs, formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { RangeText } from './place.ts'

/** A range narrower than this shows nothing: a file with one instant gets a second around it. */
const NARROWEST_NS = 1_000_000_000n

interface Extent {
  readonly from?: string | null | undefined
  readonly to?: string | null | undefined
}

/** Undefined where there are no rows with a time. */
export function dataRange(extent: Extent): RangeText | undefined {
  const from = tryParseRfc3339(extent.from ?? '')
  const to = tryParseRfc3339(extent.to ?? '')
  if (from === undefined || to === undefined) return undefined
  const pad = to - from < NARROWEST_NS ? NARROWEST_NS / 2n : 0n
  return {
    from: formatRfc3339(asEpochNs(from - pad)),
    to: formatRfc3339(asEpochNs(to + pad)),
  }
}

/** From the first row to the last of the sources that are asked; undefined where none has rows. */
export function allDataRange(
  sources: ReadonlyArray<Extent & { readonly id: string; readonly state: string }>,
  chosen: readonly string[] | undefined,
): RangeText | undefined {
  const ranges = sources
    .filter(({ id, state }) => state === 'ready' && (chosen === undefined || chosen.includes(id)))
    .map(dataRange)
    .filter((range) => range !== undefined)
  const froms = ranges.map(({ from }) => from).sort()
  const tos = ranges.map(({ to }) => to).sort()
  const [from, to] = [froms[0], tos.at(-1)]
  return from === undefined || to === undefined ? undefined : { from, to }
}
