// Rows of a frame that a predicate keeps.
import type { Frame } from '../../../shared/frame/frame.ts'
import { gather } from '../../../shared/frame/gather.ts'

export function rowsWhere(frame: Frame, keep: (frame: Frame, row: number) => boolean): Frame {
  const rows = Array.from({ length: frame.rowCount }, (_, row) => row).filter((row) => keep(frame, row))
  return rows.length === frame.rowCount ? frame : gather(frame, Int32Array.from(rows))
}
