// What the incident timeline draws, without a screen: items of the answer, lanes, spans packed into rows, points that
// would touch gathered into one mark with its count. Tested without a canvas.

import type { Frame } from '../../../shared/frame/frame.ts'
import type { TimeRange } from '../../../shared/base/time.ts'
import { cellOf, jsonOf, textOf } from '../../lib/engine/index.ts'
import type { Tone } from '../../theme/palette.ts'

export const LANES = ['stage', 'alert', 'change', 'k8s-event', 'note', 'pin', 'gap'] as const
export type LaneName = (typeof LANES)[number]

export interface TimelineItem {
  readonly row: number
  readonly lane: LaneName
  readonly at: bigint
  /** end of an alert or a gap; undefined for points */
  readonly until: bigint | undefined
  readonly tone: Tone
  readonly title: string
  readonly detail: string
  readonly service: string
  /** id of the note or pin */
  readonly entry: string | undefined
  /** `{ method, input }` of what it speaks of */
  readonly target: unknown
}

/** A mark on screen: one item, or several that would lie on each other. */
export interface TimelineMark {
  readonly lane: LaneName
  /** CSS pixels from the left of the plot */
  readonly x: number
  readonly width: number
  /** row within the lane, for spans that overlap */
  readonly row: number
  readonly items: readonly TimelineItem[]
  readonly tone: Tone
}

export interface LaneLayout {
  readonly lane: LaneName
  readonly rows: number
  readonly marks: readonly TimelineMark[]
  /** items that end before, or start after, what is shown */
  readonly before: number
  readonly after: number
}

/** Lanes of things that last, in rows of their own. */
export const isSpans = (lane: LaneName): boolean => lane === 'alert' || lane === 'gap'
const isLane = (text: string): text is LaneName => (LANES as readonly string[]).includes(text)

function toneOf(lane: LaneName, severity: string): Tone {
  if (lane === 'alert') return severity === 'critical' ? 'critical' : 'warning'
  if (lane === 'k8s-event') return severity === 'warning' || severity === 'error' ? 'warning' : 'neutral'
  if (lane === 'change') return 'note'
  if (lane === 'stage' || lane === 'gap') return 'neutral'
  return 'ok'
}

/** Items of the `incidents.timeline` table, in its order. */
export function itemsOf(frame: Frame): TimelineItem[] {
  const out: TimelineItem[] = []
  for (let row = 0; row < frame.rowCount; row++) {
    const lane = textOf(frame, 'lane', row)
    const at = cellOf(frame, 'time', row)
    if (!isLane(lane) || typeof at !== 'bigint') continue
    const until = cellOf(frame, 'endTime', row)
    const entry = textOf(frame, 'entry', row)
    out.push({
      row,
      lane,
      at,
      until: typeof until === 'bigint' && until > at ? until : undefined,
      tone: toneOf(lane, textOf(frame, 'severity', row).toLowerCase()),
      title: textOf(frame, 'title', row),
      detail: textOf(frame, 'detail', row),
      service: textOf(frame, 'service', row),
      entry: entry === '' ? undefined : entry,
      target: jsonOf(frame, 'target', row),
    })
  }
  return out
}

const WORST: readonly Tone[] = ['critical', 'warning', 'note', 'ok', 'neutral']
const worst = (items: readonly TimelineItem[]): Tone =>
  WORST.find((tone) => items.some((i) => i.tone === tone)) ?? 'neutral'

/** px between two points that may stand beside each other */
const GAP = 8
const MAX_SPAN_ROWS = 4

/** All lanes over `range` on a plot `width` px wide; a lane without items keeps one empty row, but for that of gaps. */
export function layOut(items: readonly TimelineItem[], range: TimeRange, width: number): LaneLayout[] {
  const length = Number(range.to - range.from)
  const xOf = (at: bigint): number => (Number(at - range.from) / length) * width
  return LANES.filter((lane) => lane !== 'gap' || items.some((item) => item.lane === 'gap')).map((lane) => {
    const own = items.filter((i) => i.lane === lane)
    const shown = own.filter((i) => i.at < range.to && (i.until ?? i.at) >= range.from)
    const before = own.filter((i) => (i.until ?? i.at) < range.from).length
    const after = own.filter((i) => i.at >= range.to).length
    const spans = isSpans(lane)
    const marks = spans ? packed(shown, xOf, width) : clustered(shown, lane, xOf)
    return { lane, marks, rows: Math.max(1, ...marks.map((m) => m.row + 1)), before, after }
  })
}

/** Spans into as few rows as they need without overlap; beyond the last row they lie on each other. */
function packed(items: readonly TimelineItem[], xOf: (at: bigint) => number, width: number): TimelineMark[] {
  const ends: number[] = []
  return items.map((item) => {
    const from = Math.max(0, xOf(item.at))
    const to = item.until === undefined ? from : Math.min(width, xOf(item.until))
    let row = ends.findIndex((end) => end + 2 <= from)
    if (row < 0) row = ends.length < MAX_SPAN_ROWS ? ends.length : MAX_SPAN_ROWS - 1
    ends[row] = Math.max(ends[row] ?? 0, to, from + 4)
    return { lane: item.lane, x: from, width: Math.max(4, to - from), row, items: [item], tone: item.tone }
  })
}

/** Points nearer than GAP to the first of a group join it, so that a group never grows wider than two gaps. */
function clustered(items: readonly TimelineItem[], lane: LaneName, xOf: (at: bigint) => number): TimelineMark[] {
  const marks: TimelineMark[] = []
  let group: TimelineItem[] = []
  let start = 0
  const close = (): void => {
    const last = group.at(-1)
    if (!last) return
    marks.push({ lane, x: start, width: Math.max(0, xOf(last.at) - start), row: 0, items: group, tone: worst(group) })
  }
  for (const item of items) {
    const x = xOf(item.at)
    if (group.length > 0 && x - start < GAP) group.push(item)
    else {
      close()
      group = [item]
      start = x
    }
  }
  close()
  return marks
}

/** The mark that a key press moves to: along the lane, or to the nearest of the lane above or below that has any. */
export function neighbour(
  lanes: readonly LaneLayout[],
  current: TimelineMark | undefined,
  move: 'left' | 'right' | 'up' | 'down' | 'first' | 'last',
): TimelineMark | undefined {
  const filled = lanes.filter((l) => l.marks.length > 0)
  const laneAt = filled.findIndex((l) => l.lane === current?.lane)
  const lane = filled[laneAt]
  if (!current || !lane) return filled[0]?.marks[0]
  const sorted = [...lane.marks].sort((a, b) => a.x - b.x)
  const at = sorted.findIndex((m) => m.items[0] === current.items[0])
  if (move === 'first') return sorted[0]
  if (move === 'last') return sorted.at(-1)
  if (move === 'left') return sorted[Math.max(0, at - 1)]
  if (move === 'right') return sorted[Math.min(sorted.length - 1, at + 1)]
  const other = filled[laneAt + (move === 'up' ? -1 : 1)]
  if (!other) return current
  return other.marks.reduce((best, m) => (Math.abs(m.x - current.x) < Math.abs(best.x - current.x) ? m : best))
}
