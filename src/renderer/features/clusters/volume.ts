// Happenings per slice of the range and kind, for the bars over the list.

import type { TimeRange } from '../../../shared/base/time.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { cellOf, textOf } from '../../lib/engine/index.ts'

export const KINDS = ['k8s-event', 'change', 'alert'] as const
export type HappeningKind = (typeof KINDS)[number]

export interface Volume {
  /** starts of the slices, epoch ns */
  readonly times: BigInt64Array
  readonly counts: Readonly<Record<HappeningKind, Float64Array>>
}

const SLICES = 60n

export function volumeOf(frame: Frame, range: TimeRange): Volume {
  const span = range.to - range.from
  const width = (span + SLICES - 1n) / SLICES
  const slices = Number((span + width - 1n) / width)
  const counts = {
    'k8s-event': new Float64Array(slices),
    change: new Float64Array(slices),
    alert: new Float64Array(slices),
  }
  for (let row = 0; row < frame.rowCount; row++) {
    const at = cellOf(frame, 'time', row)
    const kind = KINDS.find((k) => k === textOf(frame, 'kind', row))
    if (typeof at !== 'bigint' || !kind || at < range.from || at >= range.to) continue
    const of = counts[kind]
    const slice = Number((at - range.from) / width)
    of[slice] = (of[slice] ?? 0) + 1
  }
  return { times: BigInt64Array.from({ length: slices }, (_, i) => range.from + BigInt(i) * width), counts }
}
