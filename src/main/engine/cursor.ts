// Pages of a stable order: a cursor is the key of the last row shown, bound to the question it belongs to. What is
// imported or removed meanwhile shifts nothing: the next page begins right behind that row.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { MethodName } from '../../shared/contract/index.ts'

type Key = readonly string[]

/** The key of `parts` texts that a page ended with. @throws WatchdeckError `invalid_input` when it is none of this question */
export function readCursor(
  method: MethodName,
  cursor: string | undefined,
  question: unknown,
  parts: number,
): Key | undefined {
  if (cursor === undefined) return undefined
  const [digest, body] = cursor.split('.', 2)
  const key = digest === digestOf(method, question) ? keyOf(body ?? '') : undefined
  if (key?.length === parts) return key
  throw new WatchdeckError('invalid_input', 'The cursor does not belong to this query.', {
    hint: 'Ask again without a cursor.',
  })
}

export function writeCursor(
  method: MethodName,
  key: ReadonlyArray<string | number | bigint>,
  question: unknown,
): string {
  return `${digestOf(method, question)}.${Buffer.from(JSON.stringify(key.map(String)), 'utf8').toString('base64url')}`
}

function keyOf(body: string): Key | undefined {
  try {
    const key: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
    return Array.isArray(key) && key.every((part) => typeof part === 'string') ? key : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** `(a, b) > (?, ?)` for the order `a, b`; types are DuckDB's, for parameters that travel as text. */
export function behind(columns: ReadonlyArray<readonly [name: string, type: string]>, key: Key | undefined): string {
  if (!key) return 'true'
  return `(${columns.map(([name]) => name).join(', ')}) > (${columns.map(([, type]) => `?::${type}`).join(', ')})`
}

/** FNV-1a of the method and the question's JSON: tells cursors apart, protects nothing. */
function digestOf(method: MethodName, question: unknown): string {
  let hash = 0x811c9dc5
  for (const char of JSON.stringify([method, question]))
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash.toString(16)
}
