// One row of the found traces. Two sources may have a trace of one id: then the id alone does not say which is meant.

import type { Frame } from '../../../../shared/frame/frame.ts'
import { textOf } from '../../../lib/engine/index.ts'

export interface FoundTrace {
  readonly traceId: string
  /** only where another row has the same id: a link without it opens on every machine */
  readonly source: string | undefined
}

export function foundAt(frame: Frame, row: number): FoundTrace {
  const traceId = textOf(frame, 'traceId', row)
  const source = textOf(frame, 'source', row)
  for (let other = 0; other < frame.rowCount; other++)
    if (textOf(frame, 'traceId', other) === traceId && textOf(frame, 'source', other) !== source)
      return { traceId, source }
  return { traceId, source: undefined }
}

/** The row of a trace; -1 where it is not among them. */
export function rowOf(frame: Frame, { traceId, source }: FoundTrace): number {
  for (let row = 0; row < frame.rowCount; row++)
    if (textOf(frame, 'traceId', row) === traceId && (source === undefined || textOf(frame, 'source', row) === source))
      return row
  return -1
}
