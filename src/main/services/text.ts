// A value with its unit as people write it: 11 %, 0.25 s, 1.2 GiB.

const short = (value: number): string =>
  value === 0 ? '0' : String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 4 : 2)))

const scaled = (value: number, steps: ReadonlyArray<readonly [number, string]>): string => {
  const [size, name] = steps.find(([s]) => Math.abs(value) >= s) ?? (steps.at(-1) as readonly [number, string])
  return `${short(value / size)} ${name}`
}

const TIMES = [
  [60e9, 'min'],
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'us'],
  [1, 'ns'],
] as const
const BYTES = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, 'B'],
] as const

/** `unit` is UCUM-like; `ratio`: write it in per cent. */
export function measureText(value: number | null, unit: string, ratio: boolean): string {
  if (value === null) return ''
  if (unit === 'ns') return value === 0 ? '0 s' : scaled(value, TIMES)
  if (unit === 's' || unit === 'seconds') return value === 0 ? '0 s' : scaled(value * 1e9, TIMES)
  if (unit === 'ms' || unit === 'milliseconds') return value === 0 ? '0 s' : scaled(value * 1e6, TIMES)
  if (unit === 'By' || unit === 'bytes') return value === 0 ? '0 B' : scaled(value, BYTES)
  if (unit === 'By/s' || unit === 'bytes/s') return value === 0 ? '0 B/s' : `${scaled(value, BYTES)}/s`
  if (ratio) return `${short(value * 100)} %`
  if (unit === '1' || unit === '' || unit === 'ratio') return short(value)
  return `${short(value)} ${unit === '1/s' || unit === '/s' ? '/s' : unit.replace(/^\{(.*)\}/, '$1').replace(/^1\/s$/, '/s')}`
}
