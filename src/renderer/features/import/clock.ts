// The correction of a wrong clock as people type it: `+1.5s`, `-250ms`, `1h`, `0`.

import { formatDuration, tryParseDuration } from '../../../shared/base/time.ts'

/** A correction beyond ten years is a typing mistake. */
const MOST_NS = 10n * 365n * 86_400n * 1_000_000_000n

/** Nanoseconds; undefined when it is no duration. A plain number is refused, because its unit would be a guess. */
export function parseClockOffset(text: string): bigint | undefined {
  const typed = text.trim().replaceAll(' ', '').replace(/^[−–]/, '-').replace(/^\+/, '')
  if (text.trim() === '' || /^-?0+$/.test(typed)) return 0n
  if (/^-?\d+$/.test(typed)) return undefined
  const ns = tryParseDuration(typed)
  return ns === undefined || ns > MOST_NS || ns < -MOST_NS ? undefined : ns
}

/** `+1s500ms`, `-250ms`, `0s`. */
export const formatClockOffset = (ns: bigint): string => (ns > 0n ? `+${formatDuration(ns)}` : formatDuration(ns))
