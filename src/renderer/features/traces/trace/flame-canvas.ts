// The flame chart: spans as boxes with their names inside, lanes from the root down, time along the same zoom as the bars.

import { CanvasView } from '../../../charts/index.ts'
import { formatDurationNs } from '../../../lib/format.ts'
import { categoryColour } from '../../../theme/palette.ts'
import { token } from '../../../theme/theme.ts'
import { axisTicks, canvasFont, errorMark, fitted } from './canvas-marks.ts'
import type { FlameBox } from './flame-layout.ts'
import type { Zoom } from './zoom.ts'

export const LANE = 20
export const FLAME_AXIS = 24

export interface FlameModel {
  readonly boxes: readonly FlameBox[]
  readonly lanes: Int32Array
  readonly selected: string | undefined
  readonly stale: boolean
}

export class FlameCanvas extends CanvasView<FlameBox> {
  readonly zoom: Zoom
  readonly #stop: () => void
  #model: FlameModel | undefined
  #top = 0
  #hovered: FlameBox | undefined

  constructor(canvas: HTMLCanvasElement, zoom: Zoom) {
    super(canvas)
    this.zoom = zoom
    this.#stop = zoom.onChange(() => this.schedule())
  }

  show(model: FlameModel): void {
    this.#model = model
    this.schedule()
  }

  scrollTo(top: number): void {
    this.#top = top
    this.schedule()
  }

  hover(box: FlameBox | undefined): void {
    if (this.#hovered === box) return
    this.#hovered = box
    this.schedule()
  }

  get plotWidth(): number {
    return this.width
  }

  protected override paint(c: CanvasRenderingContext2D): void {
    const model = this.#model
    if (!model) return
    const { width, height, zoom } = this
    c.font = canvasFont()
    const letter = c.measureText('0').width
    c.globalAlpha = model.stale ? 0.6 : 1
    const ink = token('--n1')
    const line = token('--n12')
    model.boxes.forEach((box, i) => {
      const y = FLAME_AXIS + (model.lanes[i] as number) * LANE - this.#top
      if (y + LANE < FLAME_AXIS || y > height) return
      const from = zoom.x(box.offset, width)
      const to = zoom.x(box.offset + box.duration, width)
      if (to < 0 || from > width) return
      const x = Math.max(-1, from)
      const w = Math.max(1, Math.min(width + 1, to) - x - 1)
      c.fillStyle = categoryColour(box.service)
      c.fillRect(x, y, w, LANE - 2)
      this.hits.push({ x, y, width: w, height: LANE - 2, item: box })
      if (box.critical) {
        c.fillStyle = line
        c.fillRect(x, y + LANE - 4, w, 2)
      }
      const failed = box.status === 'error'
      if (failed && w > 12) errorMark(c, x + 3, y + 4, 9)
      const room = w - 8 - (failed ? 12 : 0)
      if (room > 24) {
        c.fillStyle = ink
        c.textAlign = 'left'
        c.textBaseline = 'middle'
        const label = `${box.operation}  ${formatDurationNs(box.duration)}`
        c.fillText(fitted(label, room, letter), x + 4 + (failed ? 12 : 0), y + LANE / 2 - 1)
      }
      if (box.spanId === model.selected || box === this.#hovered) {
        c.strokeStyle = box.spanId === model.selected ? token('--accent') : line
        c.lineWidth = 2
        c.strokeRect(x + 1, y + 1, Math.max(2, w - 2), LANE - 4)
      }
    })
    c.globalAlpha = 1
    this.#axis(c)
  }

  #axis(c: CanvasRenderingContext2D): void {
    c.fillStyle = token('--n1')
    c.fillRect(0, 0, this.width, FLAME_AXIS - 2)
    c.fillStyle = token('--n10')
    c.textBaseline = 'middle'
    for (const { x, label } of axisTicks(this.zoom, this.width)) {
      const half = c.measureText(label).width / 2
      c.textAlign = x < half + 4 ? 'left' : x > this.width - half - 4 ? 'right' : 'center'
      c.fillText(label, Math.min(this.width - 4, Math.max(4, x)), FLAME_AXIS / 2 - 1)
    }
  }

  override [Symbol.dispose](): void {
    this.#stop()
    super[Symbol.dispose]()
  }
}
