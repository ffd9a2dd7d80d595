// Pages of a table that is ranked as a whole: the way on from a list that was cut.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { MethodName } from '../../shared/contract/index.ts'
import type { TableAnswer } from '../../shared/contract/define.ts'
import { tailOf } from '../../shared/frame/gather.ts'
import { readCursor, writeCursor } from './cursor.ts'

interface Paged {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Where a page begins: rows before it were on the pages before. @throws WatchdeckError `invalid_input` for no cursor of this question */
export function placeOf(method: MethodName, { limit: _, cursor, ...question }: Paged): number {
  const [text] = readCursor(method, cursor, question, 1) ?? ['0']
  const place = Number(text)
  if (Number.isSafeInteger(place) && place >= 0 && place < 1e9) return place
  throw new WatchdeckError('invalid_input', 'The cursor does not belong to this query.', {
    hint: 'Ask again without a cursor.',
  })
}

export const cursorAt = (method: MethodName, place: number, { limit: _, cursor: __, ...question }: Paged): string =>
  writeCursor(method, [place], question)

/**
 * One page. The rows before it are ranked again and left out, so what is imported or seen meanwhile may move a row from one
 * page to the next; of data that stands still every row is on one page.
 * @param rank answers with the first rows, up to the limit, in a total order that the limit does not change
 */
export async function rankedPage<I extends Paged, A extends TableAnswer<unknown>>(
  method: MethodName,
  input: I,
  rank: (input: I) => Promise<A>,
): Promise<A> {
  const place = placeOf(method, input)
  const answer = await rank({ ...input, limit: place + input.limit })
  const { truncated, ...seen } = answer.completeness
  const isCut = truncated !== undefined && answer.table.rowCount === place + input.limit
  if (place === 0 && !isCut) return answer
  const table = tailOf(answer.table, place)
  return {
    ...answer,
    table,
    completeness: truncated === undefined ? seen : { ...seen, truncated: { ...truncated, returned: table.rowCount } },
    ...(isCut ? { nextCursor: cursorAt(method, place + input.limit, input) } : {}),
  }
}

/**
 * Rows by one key after the other. Where pages are cut by their place the keys are all that tells rows apart: backends
 * tell their lists in another order every time.
 */
export function inOrder<T>(rows: readonly T[], keysOf: (row: T) => ReadonlyArray<string | number | bigint>): T[] {
  return rows
    .map((row) => ({ row, keys: keysOf(row) }))
    .sort((a, b) => {
      for (const [i, key] of a.keys.entries()) {
        const other = b.keys[i] as typeof key
        if (key !== other) return key < other ? -1 : 1
      }
      return 0
    })
    .map(({ row }) => row)
}
