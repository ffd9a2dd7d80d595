// The canvas of the incident timeline: lanes of marks over the window, the brushed part, the crosshair of the room.

import type { TimeRange } from '../../../shared/base/time.ts'
import { Y_AXIS_WIDTH } from '../../charts/axes.ts'
import { CanvasView } from '../../charts/index.ts'
import { toneColour } from '../../theme/palette.ts'
import { token } from '../../theme/theme.ts'
import { isSpans, type LaneLayout, type LaneName, type TimelineMark } from './timeline-model.ts'

/** px left and right of the plot: the same as the charts below leave, so that instants align */
export const PLOT_LEFT = Y_AXIS_WIDTH
export const PLOT_RIGHT = 12
/** px at the top right where Timeline.tsx has its button */
const TOOLS = { width: 32, height: 28 }

const LANE_HEIGHT = 18
const SPAN_ROW = 9
const AXIS_HEIGHT = 16

export const plotWidth = (width: number): number => Math.max(1, width - PLOT_LEFT - PLOT_RIGHT)

const laneHeight = (lane: LaneLayout): number =>
  isSpans(lane.lane) ? Math.max(LANE_HEIGHT, lane.rows * SPAN_ROW + 6) : LANE_HEIGHT

/** px of the whole timeline */
export const timelineHeight = (lanes: readonly LaneLayout[]): number =>
  lanes.reduce((sum, lane) => sum + laneHeight(lane), AXIS_HEIGHT)

export interface TimelinePicture {
  readonly lanes: readonly LaneLayout[]
  readonly range: TimeRange
  readonly brush: TimeRange | undefined
  readonly labels: Readonly<Record<LaneName, string>>
  /** ticks along the time, with their words */
  readonly ticks: ReadonlyArray<{ readonly at: bigint; readonly text: string }>
  readonly titleOf: (mark: TimelineMark) => string
}

export class TimelineCanvas extends CanvasView<TimelineMark> {
  #picture: TimelinePicture | undefined
  #crosshair: bigint | undefined
  #marked: TimelineMark | undefined

  show(picture: TimelinePicture): void {
    this.#picture = picture
    this.schedule()
  }
  crosshair(at: bigint | undefined): void {
    this.#crosshair = at
    this.schedule()
  }
  /** under the pointer or the keyboard */
  mark(mark: TimelineMark | undefined): void {
    this.#marked = mark
    this.schedule()
  }

  xOf(at: bigint): number {
    const range = this.#picture?.range
    if (!range) return PLOT_LEFT
    return PLOT_LEFT + (Number(at - range.from) / Number(range.to - range.from)) * plotWidth(this.width)
  }

  /** The instant under `x` px of the canvas, held within the window. */
  instantAt(x: number): bigint | undefined {
    const range = this.#picture?.range
    if (!range) return undefined
    const share = Math.min(1, Math.max(0, (x - PLOT_LEFT) / plotWidth(this.width)))
    return range.from + BigInt(Math.round(share * Number(range.to - range.from)))
  }

  /** Where a mark lies, CSS px of the canvas. */
  boxOf(mark: TimelineMark): { x: number; y: number; height: number } | undefined {
    let y = 0
    for (const lane of this.#picture?.lanes ?? []) {
      if (lane.lane === mark.lane) return { x: PLOT_LEFT + mark.x, y, height: laneHeight(lane) }
      y += laneHeight(lane)
    }
    return undefined
  }

  protected override paint(c: CanvasRenderingContext2D): void {
    const picture = this.#picture
    if (!picture) return
    const right = this.width - PLOT_RIGHT
    const bottom = this.height - AXIS_HEIGHT
    c.font = `11px ${token('--font-ui')}`
    c.textBaseline = 'middle'
    if (picture.brush) {
      const [a, b] = [this.xOf(picture.brush.from), this.xOf(picture.brush.to)]
      c.fillStyle = token('--accent-ground')
      c.fillRect(Math.max(PLOT_LEFT, a), 0, Math.max(1, Math.min(right, b) - Math.max(PLOT_LEFT, a)), bottom)
    }
    let y = 0
    for (const lane of picture.lanes) {
      const height = laneHeight(lane)
      c.fillStyle = token('--n4')
      c.fillRect(PLOT_LEFT, y + height - 0.5, right - PLOT_LEFT, 0.5)
      c.fillStyle = token('--n10')
      c.textAlign = 'right'
      c.fillText(picture.labels[lane.lane], PLOT_LEFT - 6, y + height / 2)
      for (const [i, mark] of lane.marks.entries())
        this.#paintMark(c, mark, y, height, picture, bottom, lane.marks[i + 1]?.x)
      this.#paintOutside(c, lane, y + height / 2, right)
      y += height
    }
    this.#paintTicks(c, picture, bottom, right)
    if (this.#crosshair !== undefined) {
      const x = Math.round(this.xOf(this.#crosshair)) + 0.5
      c.fillStyle = token('--n9')
      c.fillRect(x, 0, 1, bottom)
    }
  }

  #paintMark(
    c: CanvasRenderingContext2D,
    mark: TimelineMark,
    top: number,
    height: number,
    picture: TimelinePicture,
    bottom: number,
    nextX: number | undefined,
  ): void {
    const x = PLOT_LEFT + mark.x
    const middle = top + height / 2
    c.fillStyle = toneColour(mark.tone)
    c.textAlign = 'left'
    let box = { x: x - 4, y: top, width: Math.max(8, mark.width + 8), height }
    switch (mark.lane) {
      case 'stage': {
        c.fillStyle = token('--n8')
        c.fillRect(x, 0, 1, bottom)
        c.fillStyle = token('--n12')
        const text = picture.titleOf(mark)
        const wide = c.measureText(text).width
        // to the left of its line where the next stage, or the edge, is too near
        const free = Math.min(this.width - PLOT_RIGHT, nextX === undefined ? Infinity : PLOT_LEFT + nextX)
        const flip = x + wide + 8 > free && x - wide - 4 > PLOT_LEFT
        c.fillText(text, flip ? x - wide - 4 : x + 4, middle)
        box = { x: flip ? x - wide - 4 : x, y: top, width: wide + 6, height }
        break
      }
      case 'alert':
      case 'gap': {
        const rowTop = top + 3 + mark.row * SPAN_ROW
        c.globalAlpha = mark.lane === 'gap' ? 0.5 : 0.85
        c.beginPath()
        c.roundRect(x, rowTop, mark.width, SPAN_ROW - 2, 2)
        c.fill()
        c.globalAlpha = 1
        box = { x, y: rowTop - 1, width: mark.width, height: SPAN_ROW }
        break
      }
      case 'k8s-event': {
        // the taller, the more: twice as tall for ten times as many
        const tall = Math.min(height - 4, 5 + 4 * Math.log10(mark.items.length + 1))
        c.fillRect(x - 1, middle - tall / 2, Math.max(3, mark.width + 2), tall)
        break
      }
      case 'change':
        diamond(c, x, middle, mark.items.length > 1 ? 6 : 5)
        break
      case 'note':
        c.fillRect(x - 3.5, middle - 3.5, 7, 7)
        break
      case 'pin':
        c.beginPath()
        c.moveTo(x - 4.5, middle - 4)
        c.lineTo(x + 4.5, middle - 4)
        c.lineTo(x, middle + 5)
        c.fill()
        break
    }
    if (mark === this.#marked) {
      c.strokeStyle = token('--accent')
      c.lineWidth = 1.5
      c.strokeRect(box.x - 1.5, box.y + 1, box.width + 3, box.height - 2)
    }
    this.hits.push({ ...box, item: mark })
  }

  /** Counts at the edges for what lies outside of the window. */
  #paintOutside(c: CanvasRenderingContext2D, lane: LaneLayout, middle: number, right: number): void {
    c.fillStyle = token('--n11')
    if (lane.before > 0) {
      c.textAlign = 'left'
      c.fillText(`‹ ${lane.before}`, PLOT_LEFT + 2, middle)
    }
    if (lane.after > 0) {
      c.textAlign = 'right'
      c.fillText(`${lane.after} ›`, middle < TOOLS.height ? right - TOOLS.width : right - 2, middle)
    }
  }

  #paintTicks(c: CanvasRenderingContext2D, picture: TimelinePicture, bottom: number, right: number): void {
    c.font = `11px ${token('--font-mono')}`
    c.fillStyle = token('--n10')
    let free = PLOT_LEFT
    for (const [i, tick] of picture.ticks.entries()) {
      const x = this.xOf(tick.at)
      const wide = c.measureText(tick.text).width
      const start = i === 0 ? x : i === picture.ticks.length - 1 ? right - wide : x - wide / 2
      if (start < free || (i < picture.ticks.length - 1 && start + wide > right - wide - 12)) continue
      c.textAlign = 'left'
      c.fillText(tick.text, start, bottom + AXIS_HEIGHT / 2 + 1)
      free = start + wide + 12
    }
  }
}

function diamond(c: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  c.beginPath()
  c.moveTo(x, y - size)
  c.lineTo(x + size, y)
  c.lineTo(x, y + size)
  c.lineTo(x - size, y)
  c.fill()
}
