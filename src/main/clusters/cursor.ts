// Pages of a stable order: a cursor is an offset bound to the question it belongs to.

import { WatchdeckError } from '../../shared/base/errors.ts'

export function readCursor(cursor: string | undefined, question: unknown): number {
  if (cursor === undefined) return 0
  const [offset, digest] = cursor.split('.')
  const at = Number(offset)
  if (!Number.isSafeInteger(at) || at < 0 || digest !== digestOf(question))
    throw new WatchdeckError('invalid_input', 'The cursor does not belong to this question.', {
      hint: 'Ask again without a cursor.',
    })
  return at
}

export function writeCursor(offset: number, question: unknown): string {
  return `${offset}.${digestOf(question)}`
}

/** FNV-1a of the question's JSON: tells cursors apart, protects nothing. */
function digestOf(question: unknown): string {
  let hash = 0x811c9dc5
  for (const char of JSON.stringify(question)) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash.toString(16)
}
