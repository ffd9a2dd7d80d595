// Numbers as people read them, and a stopwatch. The numbers are the domain's: the report writes them the same way.

export {
  columnScale,
  formatBytes,
  formatCount,
  formatDurationNs,
  formatQuantity,
  type Quantity,
  quantity,
  type Scale,
  scaleFor,
  significantDecimals,
  unitKind,
  type UnitKind,
} from '../../shared/domain/quantity.ts'

/** A stopwatch: `00:41:07`, with days before it when there are any: `2d 03:00:00`. */
export function formatClock(ns: bigint): string {
  const negative = ns < 0n
  let seconds = (negative ? -ns : ns) / 1_000_000_000n
  const days = seconds / 86_400n
  seconds %= 86_400n
  const two = (n: bigint): string => n.toString().padStart(2, '0')
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`
  return `${negative ? '-' : ''}${days > 0n ? `${days}d ` : ''}${clock}`
}
