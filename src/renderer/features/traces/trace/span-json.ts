// A span as JSON for the clipboard: names as the contract has them, times exact.

import type { Frame } from '../../../../shared/frame/frame.ts'
import { frameToJsonTable } from '../../../../shared/frame/table.ts'

export const spanAsJson = (frame: Frame): string => JSON.stringify(frameToJsonTable(frame).rows[0] ?? {}, undefined, 2)
