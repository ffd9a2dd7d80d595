// The bars of the waterfall: one for each row on screen, with its critical parts, events and error, under a time axis.
// The names beside them are DOM; this canvas repeats nothing that the rows do not say in words.

import { CanvasView } from '../../../charts/index.ts'
import { formatDurationNs } from '../../../lib/format.ts'
import { categoryColour } from '../../../theme/palette.ts'
import { token } from '../../../theme/theme.ts'
import { axisTicks, canvasFont, errorMark } from './canvas-marks.ts'
import type { Line } from './lines.ts'
import type { Zoom } from './zoom.ts'

export interface BarsModel {
  readonly at: (row: number) => Line | undefined
  readonly total: number
  readonly rowHeight: number
  /** px scrolled away above, of all rows */
  top: number
  readonly selected: number
  hovered: number
  /** rows that do not match are dimmed */
  readonly searching: boolean
  readonly stale: boolean
}

/** px of the axis line above the rows */
export const AXIS_HEIGHT = 24

export class BarsCanvas extends CanvasView<Line> {
  readonly zoom: Zoom
  readonly #stop: () => void
  #model: BarsModel | undefined

  constructor(canvas: HTMLCanvasElement, zoom: Zoom) {
    super(canvas)
    this.zoom = zoom
    this.#stop = zoom.onChange(() => this.schedule())
  }

  show(model: BarsModel): void {
    this.#model = model
    this.schedule()
  }

  scrollTo(top: number): void {
    if (!this.#model) return
    this.#model.top = top
    this.schedule()
  }

  hover(row: number): void {
    if (!this.#model || this.#model.hovered === row) return
    this.#model.hovered = row
    this.schedule()
  }

  /** the row at a height of the canvas, or -1 */
  rowAt(y: number): number {
    const model = this.#model
    if (!model || y < AXIS_HEIGHT) return -1
    const row = Math.floor((y - AXIS_HEIGHT + model.top) / model.rowHeight)
    return row < model.total ? row : -1
  }

  get plotWidth(): number {
    return this.width
  }

  protected override paint(c: CanvasRenderingContext2D): void {
    const model = this.#model
    if (!model) return
    const { width, height, zoom } = this
    const ticks = axisTicks(zoom, width)
    c.strokeStyle = token('--n4')
    c.lineWidth = 1
    c.beginPath()
    for (const { x } of ticks) {
      c.moveTo(x, AXIS_HEIGHT)
      c.lineTo(x, height)
    }
    c.stroke()
    c.save()
    c.beginPath()
    c.rect(0, AXIS_HEIGHT, width, height - AXIS_HEIGHT)
    c.clip()
    const first = Math.floor(model.top / model.rowHeight)
    const last = Math.min(model.total - 1, Math.ceil((model.top + height) / model.rowHeight))
    c.globalAlpha = model.stale ? 0.5 : 1
    for (let row = first; row <= last; row++) {
      const y = AXIS_HEIGHT + row * model.rowHeight - model.top
      if (row === model.selected || row === model.hovered) {
        c.fillStyle = row === model.selected ? token('--accent-ground') : token('--n2')
        c.fillRect(0, y, width, model.rowHeight)
      }
      const line = model.at(row)
      if (line) this.#bar(c, line, y, model)
    }
    c.restore()
    this.#axis(c, ticks)
  }

  #axis(c: CanvasRenderingContext2D, ticks: ReadonlyArray<{ x: number; label: string }>): void {
    c.fillStyle = token('--n1')
    c.fillRect(0, 0, this.width, AXIS_HEIGHT)
    c.strokeStyle = token('--n5')
    c.beginPath()
    c.moveTo(0, AXIS_HEIGHT - 0.5)
    c.lineTo(this.width, AXIS_HEIGHT - 0.5)
    for (const { x } of ticks) {
      c.moveTo(x, AXIS_HEIGHT - 5)
      c.lineTo(x, AXIS_HEIGHT)
    }
    c.stroke()
    c.font = canvasFont()
    c.fillStyle = token('--n10')
    c.textBaseline = 'middle'
    for (const { x, label } of ticks) {
      const half = c.measureText(label).width / 2
      c.textAlign = x < half + 4 ? 'left' : x > this.width - half - 4 ? 'right' : 'center'
      c.fillText(label, x < half + 4 ? Math.max(4, x) : Math.min(this.width - 4, x), AXIS_HEIGHT / 2 - 1)
    }
  }

  #bar(c: CanvasRenderingContext2D, line: Line, y: number, model: BarsModel): void {
    const { width, zoom } = this
    const from = zoom.x(line.offset, width)
    const to = zoom.x(line.offset + line.duration, width)
    const middle = Math.round(y + model.rowHeight / 2)
    if (to < 0 || from > width) {
      // out of sight: say on which side it is
      c.fillStyle = token('--n8')
      c.font = canvasFont()
      c.textBaseline = 'middle'
      c.textAlign = to < 0 ? 'left' : 'right'
      c.fillText(to < 0 ? '‹' : '›', to < 0 ? 2 : width - 2, middle)
      return
    }
    const dimmed = model.searching && !line.matches
    c.globalAlpha = (model.stale ? 0.5 : 1) * (dimmed ? 0.35 : 1)
    const x = Math.max(-4, from)
    const w = Math.max(2, Math.min(width + 4, to) - x)
    const thick = Math.max(10, Math.round(model.rowHeight * 0.54))
    const top = middle - Math.round(thick / 2)
    c.fillStyle = categoryColour(line.service)
    c.fillRect(x, top, w, thick)
    this.hits.push({ x, y, width: w, height: model.rowHeight, item: line })
    if (line.orphan) {
      // no parent was seen: an open left end
      c.fillStyle = token('--n1')
      for (let k = 0; k < 3; k++) c.fillRect(x, top + 1 + k * 3, 2, 1.5)
    }
    if (line.parts.length > 0) {
      c.fillStyle = token('--n12')
      for (const [a, b] of line.parts) {
        const left = Math.max(-4, zoom.x(a, width))
        const right = Math.min(width + 4, zoom.x(b, width))
        if (right >= 0 && left <= width) c.fillRect(left, top + thick, Math.max(1.5, right - left), 2)
      }
    }
    if (line.eventsAt.length > 0) {
      c.fillStyle = token('--n12')
      for (const at of line.eventsAt) {
        const ex = Math.round(zoom.x(at, width))
        if (ex >= -2 && ex <= width + 2) c.fillRect(ex - 0.5, top - 3, 1.5, 5)
      }
    }
    const failed = line.status === 'error'
    if (failed) errorMark(c, Math.max(1, from - 9), middle - 4, 8)
    this.#label(c, line, { from, to, middle, failed })
    c.globalAlpha = model.stale ? 0.5 : 1
  }

  #label(
    c: CanvasRenderingContext2D,
    line: Line,
    at: { from: number; to: number; middle: number; failed: boolean },
  ): void {
    const text = formatDurationNs(line.duration)
    c.font = canvasFont()
    c.textBaseline = 'middle'
    const wide = c.measureText(text).width
    c.fillStyle = token('--n11')
    if (at.to + wide + 8 < this.width) {
      c.textAlign = 'left'
      c.fillText(text, Math.max(at.to, 0) + 6, at.middle)
    } else if (at.from - wide - 18 > 0) {
      c.textAlign = 'right'
      c.fillText(text, at.from - (at.failed ? 14 : 6), at.middle)
    } else {
      c.textAlign = 'right'
      const right = Math.min(at.to, this.width) - 6
      if (wide + 6 <= right - Math.max(at.from, 0)) c.fillStyle = token('--n1')
      else {
        // wider than its bar: with an edge of the ground's colour, else its first figures are lost and 3.84 ms reads as 84 ms
        c.strokeStyle = token('--n1')
        c.lineWidth = 3
        c.lineJoin = 'round'
        c.strokeText(text, right, at.middle)
        c.fillStyle = token('--n12')
      }
      c.fillText(text, right, at.middle)
    }
  }

  override [Symbol.dispose](): void {
    this.#stop()
    super[Symbol.dispose]()
  }
}
