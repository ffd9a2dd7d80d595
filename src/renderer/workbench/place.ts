// Where the person is: view, time range, sources, filters and the view's own parameters. The address holds all of it
// and is the only copy; this file reads and writes the address, place-store.ts hands it to components.

import type { Filter } from './filters.ts'

/** JSON values that a view keeps in the address. */
export type Param = string | number | boolean | null | readonly Param[] | { readonly [key: string]: Param }
export type Params = Readonly<Record<string, Param>>

/** As typed or chosen: RFC 3339, or relative (`now-15m`, `now`). */
export interface RangeText {
  readonly from: string
  readonly to: string
}

export interface Place {
  /** id of the view: 'traces' */
  readonly view: string
  /** what follows it in the path: ['4bf9..'] */
  readonly path: readonly string[]
  readonly params: Params
  /** absent = the default range */
  readonly range: RangeText | undefined
  /** absent = all that are switched on */
  readonly sources: readonly string[] | undefined
  readonly filters: readonly Filter[]
}

export const START: Place = { view: 'start', path: [], params: {}, range: undefined, sources: undefined, filters: [] }

const OWN = new Set(['from', 'to', 'src', 'f', '__proto__'])

/** Text as it is where that is unambiguous, JSON otherwise. */
function encodeParam(value: Param): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return decodeParam(value) === value ? value : JSON.stringify(value)
}

function decodeParam(text: string): Param {
  if (!/^(?:-?\d|[[{"]|true$|false$|null$)/.test(text)) return text
  try {
    const value = JSON.parse(text) as Param
    // ids such as 0012 or 12345678901234567890 are text that JSON would bend
    return typeof value === 'number' && String(value) !== text ? text : value
  } catch {
    return text
  }
}

/** `service=checkout`, `!http.method=GET`; the field's own `=` and `\` are escaped. */
const encodeFilter = (f: Filter): string => `${f.exclude ? '!' : ''}${f.field.replace(/[\\=!]/g, '\\$&')}=${f.value}`

function decodeFilter(text: string): Filter | undefined {
  const exclude = text.startsWith('!')
  let field = ''
  for (let i = exclude ? 1 : 0; i < text.length; i++) {
    const c = text[i] as string
    if (c === '\\') field += text[++i] ?? ''
    else if (c === '=') return field === '' ? undefined : { field, value: text.slice(i + 1), exclude }
    else field += c
  }
  return undefined
}

/** Never throws: what it cannot read it leaves out. */
export function parsePlace(hash: string): Place {
  const text = hash.replace(/^#\/?/, '')
  const cut = text.indexOf('?')
  const path = (cut < 0 ? text : text.slice(0, cut))
    .split('/')
    .filter((s) => s !== '')
    .map(decodeSegment)
  const query = new URLSearchParams(cut < 0 ? '' : text.slice(cut + 1))
  const params: Record<string, Param> = {}
  for (const [key, value] of query) if (!OWN.has(key)) params[key] = decodeParam(value)
  const from = query.get('from')
  const to = query.get('to')
  const src = query.get('src')
  return {
    view: path[0] ?? START.view,
    path: path.slice(1),
    params,
    range: from === null && to === null ? undefined : { from: from ?? '', to: to ?? 'now' },
    sources: src === null ? undefined : src.split(',').filter((s) => s !== ''),
    filters: query
      .getAll('f')
      .map(decodeFilter)
      .filter((f) => f !== undefined),
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** The address of a place, in one fixed order so that equal places have equal addresses. */
export function formatPlace(place: Place): string {
  const query = new URLSearchParams()
  if (place.range) {
    query.set('from', place.range.from)
    query.set('to', place.range.to)
  }
  if (place.sources) query.set('src', place.sources.join(','))
  for (const filter of place.filters) query.append('f', encodeFilter(filter))
  for (const key of Object.keys(place.params).sort()) {
    const value = place.params[key]
    if (value !== undefined && !OWN.has(key)) query.set(key, encodeParam(value))
  }
  const path = [place.view, ...place.path].map(encodeURIComponent).join('/')
  const text = query.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/')
  return text === '' ? `#/${path}` : `#/${path}?${text}`
}

/** The place after a move with what stayed as it was: its parts are told apart by identity, and who shows them is not drawn again. */
export function movedPlace(before: Place, after: Place): Place {
  const params = Object.fromEntries(
    Object.entries(after.params).map(([key, value]) => [key, kept(before.params[key], value)] as const),
  )
  return {
    view: after.view,
    path: kept(before.path, after.path),
    params: kept(before.params, params),
    range: kept(before.range, after.range),
    sources: kept(before.sources, after.sources),
    filters: kept(before.filters, after.filters),
  }
}

const kept = <T>(before: T | undefined, after: T): T =>
  before !== undefined && JSON.stringify(before) === JSON.stringify(after) ? before : after
