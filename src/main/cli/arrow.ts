// A frame as an Arrow IPC stream: times as timestamp[ns, UTC] and integers as int64, exact. The library's own timestamp
// builder multiplies milliseconds, so times are built as int64 and given their type afterwards.

import {
  bool,
  Column as ArrowColumn,
  columnFromArray,
  dictionary,
  float64,
  int32,
  int64,
  TimeUnit,
  tableFromColumns,
  tableToIPC,
  timestamp,
  utf8,
} from '@uwdata/flechette'
import { type Column, cell, type Frame } from '../../shared/frame/frame.ts'

export function frameToArrow(frame: Frame): Uint8Array {
  const table = tableFromColumns(frame.columns.map((column) => [column.name, arrowColumn(column)]))
  const bytes = tableToIPC(table, { format: 'stream' })
  if (!bytes) throw new Error('assertion failed: the Arrow writer answered with nothing')
  return bytes
}

function arrowColumn(column: Column) {
  const cells = Array.from({ length: column.length }, (_, row) => cell(column, row))
  if (column.type === 'time') {
    const exact = columnFromArray(cells, int64(), { useBigInt: true })
    return new ArrowColumn([...exact.data], timestamp(TimeUnit.NANOSECOND, 'UTC'))
  }
  switch (column.storage) {
    case 'int64':
      return columnFromArray(cells, int64(), { useBigInt: true })
    case 'int32':
      return columnFromArray(cells, int32())
    case 'float64':
      return columnFromArray(cells, float64())
    case 'bool':
      return columnFromArray(cells, bool())
    case 'dictionary':
      return columnFromArray(cells, dictionary(utf8(), int32()))
    case 'string':
      return columnFromArray(cells, utf8())
  }
}
