// Numbers as people read them, and a stopwatch. The numbers are the domain's: the report writes them the same way.

import * as plain from '../../shared/domain/quantity.ts'
import { type Language, resolveLanguage, usePreferences } from './preferences.ts'

export {
  formatCount,
  type Quantity,
  type Scale,
  shareEnd,
  significantDecimals,
  unitKind,
  type UnitKind,
} from '../../shared/domain/quantity.ts'

/** Those of the settings. Whoever shows them is drawn anew when they change (App.tsx). */
const units = (): plain.Units => usePreferences.getState()
type Options = { scale?: plain.Scale; decimals?: number }

export const scaleFor = (unit: string | undefined, values: Iterable<number>): plain.Scale =>
  plain.scaleFor(unit, values, units())
export const columnScale = (unit: string | undefined, values: ArrayLike<number>): plain.Scale =>
  plain.columnScale(unit, values, units())
export const quantity = (value: number | bigint, unit?: string, options: Options = {}): plain.Quantity =>
  plain.quantity(value, unit, { ...options, units: units() })
export const formatQuantity = (value: number | bigint, unit?: string, options: Options = {}): string =>
  plain.formatQuantity(value, unit, { ...options, units: units() })
export const formatBytes = (bytes: number): string => formatQuantity(bytes, 'By')
export const formatDurationNs = (ns: number | bigint): string => formatQuantity(ns, 'ns')

/** A stopwatch: `00:41:07`, with days before it when there are any: `2d 03:00:00`, in Chinese `2 天 03:00:00`. */
export function formatClock(
  ns: bigint,
  language: Language = resolveLanguage(usePreferences.getState().language, navigator.languages),
): string {
  const negative = ns < 0n
  let seconds = (negative ? -ns : ns) / 1_000_000_000n
  const days = seconds / 86_400n
  seconds %= 86_400n
  const two = (n: bigint): string => n.toString().padStart(2, '0')
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`
  return `${negative ? '-' : ''}${days > 0n ? `${days}${language === 'zh-CN' ? ' 天' : 'd'} ` : ''}${clock}`
}
