// Functions of one number: mathematics, trigonometry, and parts of a date (seconds since the epoch, UTC).

export type FloatFunction = (value: number, a: number, b: number) => number

const day = (seconds: number): Date => new Date(Math.trunc(seconds) * 1000)

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1
}

export const DATE_FUNCTIONS: ReadonlyMap<string, FloatFunction> = new Map<string, FloatFunction>([
  ['days_in_month', (s) => new Date(Date.UTC(day(s).getUTCFullYear(), day(s).getUTCMonth() + 1, 0)).getUTCDate()],
  ['day_of_month', (s) => day(s).getUTCDate()],
  ['day_of_week', (s) => day(s).getUTCDay()],
  ['day_of_year', (s) => dayOfYear(day(s))],
  ['hour', (s) => day(s).getUTCHours()],
  ['minute', (s) => day(s).getUTCMinutes()],
  ['month', (s) => day(s).getUTCMonth() + 1],
  ['year', (s) => day(s).getUTCFullYear()],
])

/** Go's Max and Min: NaN wins, as does Math's. `a` and `b` are the scalar arguments. */
export const FLOAT_FUNCTIONS: ReadonlyMap<string, FloatFunction> = new Map<string, FloatFunction>([
  ['abs', Math.abs],
  ['ceil', Math.ceil],
  ['floor', Math.floor],
  ['exp', Math.exp],
  ['sqrt', Math.sqrt],
  ['ln', Math.log],
  ['log2', Math.log2],
  ['log10', Math.log10],
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
  ['asin', Math.asin],
  ['acos', Math.acos],
  ['atan', Math.atan],
  ['sinh', Math.sinh],
  ['cosh', Math.cosh],
  ['tanh', Math.tanh],
  ['asinh', Math.asinh],
  ['acosh', Math.acosh],
  ['atanh', Math.atanh],
  ['rad', (v) => (v * Math.PI) / 180],
  ['deg', (v) => (v * 180) / Math.PI],
  ['sgn', (v) => (v < 0 ? -1 : v > 0 ? 1 : v)],
  ['clamp', (v, low, high) => Math.max(low, Math.min(high, v))],
  ['clamp_min', (v, low) => Math.max(low, v)],
  ['clamp_max', (v, high) => Math.min(high, v)],
  ['round', (v, nearest) => Math.floor(v * (1 / nearest) + 0.5) / (1 / nearest)],
  ...DATE_FUNCTIONS,
])
