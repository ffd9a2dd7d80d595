// How much a source may be asked: an empty field is the usual limit, what is typed is in people's units.

import type { SourceLimits, SourceSpec, SourceSpecInput } from '../../../shared/contract/source-spec.ts'

interface Limit {
  readonly least: number
  readonly most: number
  readonly usual: number
  /** of the contract's unit in one of people's: bytes of a MB, milliseconds of a second */
  readonly scale: number
  readonly whole: boolean
  /** absent: of every kind */
  readonly kinds?: readonly SourceSpec['kind'][]
}

export const LIMITS: Readonly<Record<keyof SourceLimits, Limit>> = {
  inFlight: { least: 1, most: 64, usual: 4, scale: 1, whole: true },
  perSecond: { least: 0.1, most: 1000, usual: 20, scale: 1, whole: false },
  timeoutMs: { least: 0.1, most: 600, usual: 50, scale: 1000, whole: false },
  answerBytes: { least: 0.001, most: 4096, usual: 2048, scale: 1_048_576, whole: false },
  series: { least: 1, most: 1_000_000, usual: 20_000, scale: 1, whole: true, kinds: ['prometheus'] },
  traces: { least: 1, most: 1_000_000, usual: 2000, scale: 1, whole: true, kinds: ['jaeger', 'zipkin'] },
}
const KEYS = [
  'inFlight',
  'perSecond',
  'timeoutMs',
  'answerBytes',
  'series',
  'traces',
] as const satisfies readonly LimitKey[]

export type LimitKey = keyof SourceLimits
export type LimitsDraft = Readonly<Record<LimitKey, string>>

export const NO_LIMITS: LimitsDraft = {
  inFlight: '',
  perSecond: '',
  timeoutMs: '',
  answerBytes: '',
  series: '',
  traces: '',
}

export const limitKeysOf = (kind: SourceSpec['kind']): readonly LimitKey[] =>
  KEYS.filter((key) => LIMITS[key].kinds?.includes(kind) ?? true)

/** In the contract's unit; undefined when it is no number within its bounds. */
export function parseLimit(key: LimitKey, text: string): number | undefined {
  const { least, most, scale, whole } = LIMITS[key]
  const trimmed = text.trim()
  if (!(whole ? /^\d{1,9}$/ : /^\d{1,9}(\.\d{1,9})?$/).test(trimmed)) return undefined
  const value = Number(trimmed)
  if (value < least || value > most) return undefined
  return scale === 1 ? value : Math.round(value * scale)
}

const shown = (key: LimitKey, value: number): string => {
  const { scale, usual } = LIMITS[key]
  return value === usual * scale ? '' : String(Number((value / scale).toFixed(9)))
}

export function draftOfLimits(limits: Partial<SourceLimits>): LimitsDraft {
  const draft = { ...NO_LIMITS }
  for (const key of KEYS) {
    const value = limits[key]
    if (value !== undefined) draft[key] = shown(key, value)
  }
  return draft
}

export function limitsOf(draft: LimitsDraft): NonNullable<SourceSpecInput['limits']> {
  const typed = KEYS.flatMap((key): [LimitKey, number][] => {
    const value = parseLimit(key, draft[key])
    return value === undefined ? [] : [[key, value]]
  })
  return Object.fromEntries(typed)
}

export const wrongLimits = (draft: LimitsDraft, kind: SourceSpec['kind']): readonly LimitKey[] =>
  limitKeysOf(kind).filter((key) => draft[key].trim() !== '' && parseLimit(key, draft[key]) === undefined)
