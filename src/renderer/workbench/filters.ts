// Filters that narrow every view at once: a service or an attribute, in or out. Kept in the address, shown as chips.

import type { SpanFilter } from '../../shared/contract/traces.ts'

export interface Filter {
  /** 'service', 'operation', 'level', or an attribute key */
  readonly field: string
  /** '*' = any value */
  readonly value: string
  readonly exclude: boolean
}

export const sameFilter = (a: Filter, b: Filter): boolean =>
  a.field === b.field && a.value === b.value && a.exclude === b.exclude

/** Adds a filter; its opposite and doubles of it go. */
export function withFilter(filters: readonly Filter[], added: Filter): Filter[] {
  return [...filters.filter((f) => f.field !== added.field || f.value !== added.value), added]
}

export const withoutFilter = (filters: readonly Filter[], removed: Filter): Filter[] =>
  filters.filter((f) => !sameFilter(f, removed))

const plain = /^[\w.*/:-]+$/
const quoted = (value: string): string =>
  value === '*' || (plain.test(value) && !/[*?]/.test(value)) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`

/** The filters in the log query language, joined with what the person typed: `(typed) service:checkout -level:debug`. */
export function logQueryOf(filters: readonly Filter[], typed = ''): string {
  const terms = filters.map((f) => `${f.exclude ? '-' : ''}${f.field}:${quoted(f.value)}`)
  const own = typed.trim()
  if (own === '') return terms.join(' ')
  return terms.length === 0 ? own : `(${own}) ${terms.join(' ')}`
}

/** The filters as a span filter of the contract; `level` and `body` speak of logs and are left out. */
export function spanFilterOf(filters: readonly Filter[], own: SpanFilter = {}): SpanFilter {
  const attributes: Record<string, string | number | boolean> = { ...own.attributes }
  const out: SpanFilter = { ...own }
  for (const f of filters) {
    if (f.field === 'level' || f.field === 'body') continue
    if (f.field === 'service' && !f.exclude && out.service === undefined) out.service = f.value
    else if (f.field === 'operation' && !f.exclude && out.operation === undefined) out.operation = f.value
    else if (f.field === 'status' && !f.exclude && (f.value === 'ok' || f.value === 'error' || f.value === 'unset'))
      out.status = f.value
    else attributes[f.field === 'service' ? 'service.name' : f.field] = f.exclude ? `!${f.value}` : f.value
  }
  if (Object.keys(attributes).length > 0) out.attributes = attributes
  return out
}

/** The service that the filters narrow to, where they name one. */
export const serviceOf = (filters: readonly Filter[]): string | undefined =>
  filters.find((f) => f.field === 'service' && !f.exclude)?.value
