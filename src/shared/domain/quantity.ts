// Numbers as people read them: a value and its unit apart, so that the unit can be dimmed and a column can share one scale.

export interface Quantity {
  readonly value: string
  /** '' where the number stands alone */
  readonly unit: string
}

export interface Scale {
  readonly unit: string
  /** what one of the unit is worth in the base unit */
  readonly size: number
}

export type UnitKind = 'duration' | 'bytes' | 'ratio' | 'rate' | 'percent' | 'plain'

const DURATION: readonly Scale[] = [
  { unit: 'd', size: 86_400e9 },
  { unit: 'h', size: 3600e9 },
  { unit: 'min', size: 60e9 },
  { unit: 's', size: 1e9 },
  { unit: 'ms', size: 1e6 },
  { unit: 'µs', size: 1e3 },
  { unit: 'ns', size: 1 },
]
const BYTES: readonly Scale[] = [
  { unit: 'TiB', size: 2 ** 40 },
  { unit: 'GiB', size: 2 ** 30 },
  { unit: 'MiB', size: 2 ** 20 },
  { unit: 'KiB', size: 2 ** 10 },
  { unit: 'B', size: 1 },
]
const BYTES_SI: readonly Scale[] = [
  { unit: 'TB', size: 1e12 },
  { unit: 'GB', size: 1e9 },
  { unit: 'MB', size: 1e6 },
  { unit: 'kB', size: 1e3 },
  { unit: 'B', size: 1 },
]

/** The units that a person reads: bytes by 1024 or 1000, durations in the unit read best or always in one. */
export interface Units {
  readonly bytes: 'iec' | 'si'
  readonly durations: 'auto' | 'ms' | 's'
}
const USUAL_UNITS: Units = { bytes: 'iec', durations: 'auto' }

const bytesOf = (units: Units): readonly Scale[] => (units.bytes === 'si' ? BYTES_SI : BYTES)
const durationsOf = (units: Units): readonly Scale[] =>
  units.durations === 'auto' ? DURATION : DURATION.filter(({ unit }) => unit === units.durations)

const COUNT: readonly Scale[] = [
  { unit: 'T', size: 1e12 },
  { unit: 'G', size: 1e9 },
  { unit: 'M', size: 1e6 },
  { unit: 'k', size: 1e3 },
  { unit: '', size: 1 },
]

/** What a unit (UCUM, OpenTelemetry or Prometheus spelling) means, and how many base units (ns, By, 1) one of it is. */
export function unitKind(unit: string | undefined): { kind: UnitKind; factor: number; suffix: string } {
  switch (unit) {
    case 'ns':
    case 'nanoseconds':
      return { kind: 'duration', factor: 1, suffix: '' }
    case 'us':
    case 'µs':
    case 'microseconds':
      return { kind: 'duration', factor: 1e3, suffix: '' }
    case 'ms':
    case 'milliseconds':
      return { kind: 'duration', factor: 1e6, suffix: '' }
    case 's':
    case 'seconds':
      return { kind: 'duration', factor: 1e9, suffix: '' }
    case 'By':
    case 'bytes':
    case 'B':
      return { kind: 'bytes', factor: 1, suffix: '' }
    case 'By/s':
    case 'bytes/s':
      return { kind: 'bytes', factor: 1, suffix: '/s' }
    case '1':
    case 'ratio':
      return { kind: 'ratio', factor: 1, suffix: '' }
    case '%':
    case 'percent':
      return { kind: 'percent', factor: 1, suffix: '' }
    case '1/s':
    case '{request}/s':
      return { kind: 'rate', factor: 1, suffix: '/s' }
    default: {
      const annotation = /^\{(.+)\}$/.exec(unit ?? '')
      return { kind: 'plain', factor: 1, suffix: annotation ? (annotation[1] as string) : (unit ?? '') }
    }
  }
}

function pick(scales: readonly Scale[], magnitude: number): Scale {
  for (const scale of scales) if (magnitude >= scale.size) return scale
  return scales[scales.length - 1] as Scale
}

/** The scale that suits the largest of the values, for a column or an axis whose numbers are compared. */
export function scaleFor(unit: string | undefined, values: Iterable<number>, units: Units = USUAL_UNITS): Scale {
  const { kind, factor } = unitKind(unit)
  let top = 0
  for (const v of values) if (Number.isFinite(v)) top = Math.max(top, Math.abs(v) * factor)
  if (kind === 'duration') return pick(durationsOf(units), top)
  if (kind === 'bytes') return pick(bytesOf(units), top)
  if (kind === 'ratio' || kind === 'percent') return { unit: '%', size: 1 }
  return top < 1e5 ? { unit: '', size: 1 } : pick(COUNT, top)
}

/**
 * The scale of a column of any numbers: the one in which most of them are read well. The largest would make 0.0007 s of
 * the many fast ones beside a slow one.
 */
export function columnScale(unit: string | undefined, values: ArrayLike<number>, units: Units = USUAL_UNITS): Scale {
  const sizes = Float64Array.from(values, Math.abs)
    .filter((v) => v > 0 && Number.isFinite(v))
    .sort()
  if (sizes.length === 0) return scaleFor(unit, [], units)
  const median = sizes[sizes.length >> 1] as number
  const largest = sizes[sizes.length - 1] as number
  return scaleFor(unit, [Math.max(median, largest / 1e5)], units)
}

/** Where the axis of a share ends that comes near to all: steps of 30 % would go on to 120 %. undefined: where it likes. */
export function shareEnd(unit: string | undefined, top: number): number | undefined {
  const { kind } = unitKind(unit)
  const whole = kind === 'ratio' ? 1 : kind === 'percent' ? 100 : undefined
  return whole !== undefined && top > 0.6 * whole && top <= whole ? whole : undefined
}

const plainFormats = new Map<number, Intl.NumberFormat>()
function grouped(value: number, digits: number): string {
  let format = plainFormats.get(digits)
  if (!format) {
    format = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    plainFormats.set(digits, format)
  }
  return format.format(value)
}

/** About three significant digits, never exponent notation below 10^21. */
export function significantDecimals(value: number): number {
  const size = Math.abs(value)
  if (size === 0 || size >= 100 || !Number.isFinite(size)) return 0
  if (size >= 10) return 1
  if (size >= 1) return 2
  return Math.min(9, 2 - Math.floor(Math.log10(size)))
}

function trimmed(value: number): string {
  const text = grouped(value, significantDecimals(value))
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return undefined
}

/**
 * A number with its unit. With `scale` (of `scaleFor`) all numbers of a column share one unit; without it each picks its
 * own. Ratios become per cent. `decimals` fixes the digits after the point for columns aligned on it.
 */
export function quantity(
  value: number | bigint,
  unit?: string,
  options: { scale?: Scale; decimals?: number; units?: Units } = {},
): Quantity {
  const number = Number(value)
  const odd = special(number)
  const { kind, factor, suffix } = unitKind(unit)
  if (odd !== undefined) return { value: odd, unit: '' }
  const text = (n: number): string => (options.decimals === undefined ? trimmed(n) : grouped(n, options.decimals))
  if (kind === 'ratio') return { value: text(number * 100), unit: '%' }
  if (kind === 'percent') return { value: text(number), unit: '%' }
  const base = number * factor
  const { units = USUAL_UNITS } = options
  const scales = kind === 'duration' ? durationsOf(units) : kind === 'bytes' ? bytesOf(units) : COUNT
  const small = scales === COUNT && Math.abs(base) < 1e5
  const scale =
    options.scale ??
    (base === 0
      ? { unit: kind === 'duration' ? (units.durations === 's' ? 's' : 'ms') : kind === 'bytes' ? 'B' : '', size: 1 }
      : small
        ? { unit: '', size: 1 }
        : pick(scales, Math.abs(base)))
  return { value: text(base / scale.size), unit: joinUnit(scale.unit, suffix) }
}

function joinUnit(prefix: string, suffix: string): string {
  if (suffix === '' || suffix.startsWith('/')) return prefix + suffix
  return prefix === '' ? suffix : `${prefix} ${suffix}`
}

/** The quantity as one text, the unit after a thin gap: `2.4 s`, `11.2 %`, `18 k`. */
export function formatQuantity(
  value: number | bigint,
  unit?: string,
  options?: { scale?: Scale; decimals?: number; units?: Units },
): string {
  const q = quantity(value, unit, options)
  return q.unit === '' ? q.value : `${q.value} ${q.unit}`
}

/** A whole number with separators, exact: `400,000`. */
export const formatCount = (value: number | bigint): string => new Intl.NumberFormat('en').format(value)

export const formatDurationNs = (ns: number | bigint): string => formatQuantity(ns, 'ns')
