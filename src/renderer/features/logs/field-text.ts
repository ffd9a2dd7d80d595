// The text of a field of a line: a column, an attribute or a resource attribute.

import type { Frame } from '../../../shared/frame/frame.ts'
import { jsonOf, textOf } from '../../lib/engine/index.ts'

export function fieldText(frame: Frame, row: number, field: string): string | undefined {
  if (field === 'service' || field === 'level' || field === 'body') return textOf(frame, field, row)
  if (field === 'trace') return textOf(frame, 'traceId', row)
  for (const column of ['attributes', 'resource']) {
    const value = jsonOf(frame, column, row)
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, field)) {
      const found = (value as Record<string, unknown>)[field]
      return typeof found === 'object' ? JSON.stringify(found) : String(found)
    }
  }
  return undefined
}
