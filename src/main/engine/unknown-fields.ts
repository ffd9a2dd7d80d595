// Fields of an input that its method does not have, at any depth: named, with the nearest that it has.

import { z } from 'zod'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { pathText } from './hints.ts'

export interface UnknownField {
  readonly path: readonly PropertyKey[]
  /** the fields that are known there */
  readonly known: readonly string[]
}

/** The first field of a valid input that the schema would leave out. Unions and free records are not looked into. */
export function unknownField(
  schema: z.core.$ZodType,
  input: unknown,
  path: readonly PropertyKey[] = [],
): UnknownField | undefined {
  const bare = unwrapped(schema)
  if (bare instanceof z.ZodArray && Array.isArray(input)) {
    for (const [index, item] of input.entries()) {
      const found = unknownField(bare.element, item, [...path, index])
      if (found) return found
    }
    return undefined
  }
  if (!(bare instanceof z.ZodObject) || typeof input !== 'object' || input === null) return undefined
  // loose objects have a catchall and take any name
  if (bare.def.catchall !== undefined) return undefined
  const known = Object.keys(bare.shape)
  for (const [name, value] of Object.entries(input)) {
    const field: z.core.$ZodType | undefined = Object.hasOwn(bare.shape, name) ? bare.shape[name] : undefined
    if (value === undefined) continue
    if (!field) return { path: [...path, name], known }
    const found = unknownField(field, value, [...path, name])
    if (found) return found
  }
  return undefined
}

/** What is within optional, default, nullable, readonly and the input side of a pipe. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  let at = schema
  for (;;) {
    const def: z.core.$ZodTypeDef & { innerType?: z.core.$ZodType; in?: z.core.$ZodType } = at._zod.def
    const inner = def.innerType ?? def.in
    if (!inner) return at
    at = inner
  }
}

export function unknownInput(method: string, { path, known }: UnknownField): WatchdeckError {
  const name = String(path.at(-1) ?? '')
  const near = known.filter((field) => editDistance(field.toLowerCase(), name.toLowerCase()) <= 2)
  return new WatchdeckError('invalid_input', `${method} has no field ${JSON.stringify(pathText(path))}.`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.slice(0, 3).join(' or ')}?`
        : known.length > 0
          ? `It has: ${known.slice(0, 30).join(', ')}.`
          : 'Leave it out: it takes none.',
    details: { method, path: pathText(path) },
  })
}

/** Levenshtein distance with neighbours swapped as one step; names are short. */
function editDistance(a: string, b: string): number {
  if (Math.max(a.length, b.length) > 64) return a === b ? 0 : 64
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(at(i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(i - 1, j - 1) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(i - 2, j - 2) + 1)
      row.push(least)
    }
  }
  return at(a.length, b.length)
}
