// What the log query row offers while one types: fields, values of a field, levels and operators, from the engine's own
// counts of the lines in view.

import { LEVELS } from '../../../shared/domain/telemetry.ts'
import { engine, jsonOf, numberOf, textOf } from '../../lib/engine/index.ts'
import type { CompletionItem, CompletionSource } from '../../ui/index.ts'
import type { LogQuestion } from './use-lines.ts'

/** Where the cursor stands: after `field:` or `field>=`, or in a word that may become a field. */
export type CursorPlace =
  | { readonly kind: 'value'; readonly field: string; readonly operator: string; readonly typed: string }
  | { readonly kind: 'word'; readonly typed: string }
  | { readonly kind: 'none' }

/** The part of the query that the cursor is in, judged by the text before it. */
export function cursorPlace(before: string): CursorPlace {
  if (insideQuotes(before)) return { kind: 'none' }
  const word = /(?:^|[\s(])-?([^\s()]*)$/u.exec(before)?.[1] ?? ''
  const named = /^([\p{L}_@][\p{L}\p{N}_.@/-]*)(:(?!\/\/)|>=|<=|>|<)(.*)$/u.exec(word)
  if (named)
    return { kind: 'value', field: named[1] as string, operator: named[2] as string, typed: named[3] as string }
  return /^[\p{L}_@]/u.test(word) || word === '' ? { kind: 'word', typed: word } : { kind: 'none' }
}

function insideQuotes(text: string): boolean {
  let open = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string
    if (open !== '') {
      if (c === '\\') i++
      else if (c === open) open = ''
    } else if ((c === '"' || c === "'") && (i === 0 || /[\s(:]/.test(text[i - 1] as string))) open = c
  }
  return open !== ''
}

/** A value as it must be written after `field:`. */
export function writtenValue(value: string): string {
  return /^[\p{L}\p{N}_.:@%+,;=#-][\p{L}\p{N}_.:@%+,;=#/-]*$/u.test(value) && !/^(?:AND|OR|NOT)$/.test(value)
    ? value
    : `"${value.replace(/[\\"]/g, '\\$&')}"`
}

const OPERATORS: readonly CompletionItem[] = [
  { label: 'AND', insert: 'AND ' },
  { label: 'OR', insert: 'OR ' },
  { label: 'NOT', insert: 'NOT ' },
]

interface Known {
  readonly field: string
  readonly type: string
  readonly present: number
  readonly top: ReadonlyArray<{ value: string; count: number }>
}

async function knownFields(question: LogQuestion, signal: AbortSignal): Promise<Known[]> {
  const { table } = await engine().call('logs.fields', { ...question, query: '', top: 50 }, { signal })
  return Array.from({ length: table.rowCount }, (_, row) => ({
    field: textOf(table, 'field', row),
    type: textOf(table, 'type', row),
    present: numberOf(table, 'present', row),
    top: topOf(jsonOf(table, 'top', row)),
  }))
}

/** The `top` column of logs.fields. */
export function topOf(value: unknown): Array<{ value: string; count: number }> {
  if (!Array.isArray(value)) return []
  return value.flatMap((v: unknown) =>
    typeof v === 'object' && v !== null && 'value' in v && 'count' in v
      ? [{ value: String(v.value), count: Number(v.count) }]
      : [],
  )
}

const matching = (text: string, typed: string): boolean => text.toLowerCase().includes(typed.toLowerCase())

/** Asks the engine once per range and sources; `inWords` words a count for the list. */
export function completionFor(question: LogQuestion, inWords: (count: number) => string): CompletionSource {
  let known: Promise<Known[]> | undefined
  return async (before, signal) => {
    const place = cursorPlace(before)
    if (place.kind === 'none') return null
    known ??= knownFields(question, signal)
    let fields: Known[]
    try {
      fields = await known
    } catch {
      // no completion while the engine cannot say; the query itself will tell why
      known = undefined
      return null
    }
    if (place.kind === 'value') {
      const levels = place.field.toLowerCase() === 'level'
      if (place.operator !== ':' && !levels) return null
      const values = levels
        ? LEVELS.filter((l) => l !== 'unknown').map((value) => ({ value: value as string, count: undefined }))
        : (fields.find((f) => f.field === place.field)?.top ?? [])
      const items = values
        .filter((v) => matching(v.value, place.typed))
        .map((v) => ({
          label: v.value,
          insert: `${writtenValue(v.value)} `,
          ...(v.count === undefined ? {} : { detail: inWords(v.count) }),
        }))
      if (place.typed === '' && place.operator === ':') items.push({ label: '*', insert: '* ' })
      return { items, replace: place.typed.length }
    }
    const names = fields
      .filter((f) => matching(f.field, place.typed))
      .slice(0, 100)
      .map((f) => ({ label: f.field, detail: inWords(f.present), insert: `${f.field}:` }))
    const operators = /\S\s+$/.test(before) || /^[ANO]/.test(place.typed) ? OPERATORS : []
    return {
      items: [...operators.filter((o) => o.label.startsWith(place.typed)), ...names],
      replace: place.typed.length,
    }
  }
}
