// The whole trace in a strip: how many spans were open at a time, where errors began, and which part is looked at.

import { CanvasView } from '../../../charts/index.ts'
import { token } from '../../../theme/theme.ts'
import { axisTicks, canvasFont, errorMark } from './canvas-marks.ts'
import { Zoom } from './zoom.ts'

export interface MinimapData {
  readonly spans: readonly number[]
  readonly errors: readonly number[]
}

const LABELS = 14

export class MinimapCanvas extends CanvasView<never> {
  readonly zoom: Zoom
  readonly #whole: Zoom
  readonly #stop: () => void
  #data: MinimapData | undefined
  #drag: readonly [number, number] | undefined

  constructor(canvas: HTMLCanvasElement, zoom: Zoom) {
    super(canvas)
    this.zoom = zoom
    this.#whole = new Zoom(zoom.length)
    this.#stop = zoom.onChange(() => this.schedule())
  }

  show(data: MinimapData): void {
    this.#data = data
    this.schedule()
  }

  /** the stretch being dragged, ns */
  drag(range: readonly [number, number] | undefined): void {
    this.#drag = range
    this.schedule()
  }

  instantAt(x: number): number {
    return Math.min(this.zoom.length, Math.max(0, this.#whole.at(x, this.width)))
  }

  /** the part looked at, px */
  get window(): { from: number; to: number } {
    return { from: this.#whole.x(this.zoom.from, this.width), to: this.#whole.x(this.zoom.to, this.width) }
  }

  protected override paint(c: CanvasRenderingContext2D): void {
    const data = this.#data
    if (!data) return
    const { width, height } = this
    const ground = height - LABELS
    const slots = data.spans.length
    // the root of the count: one busy moment does not flatten the rest
    const top = Math.sqrt(Math.max(1, ...data.spans))
    c.fillStyle = token('--n7')
    c.beginPath()
    c.moveTo(0, ground)
    for (let i = 0; i < slots; i++) {
      const y = ground - (Math.sqrt(data.spans[i] ?? 0) / top) * (ground - 6)
      c.lineTo((i / slots) * width, y)
      c.lineTo(((i + 1) / slots) * width, y)
    }
    c.lineTo(width, ground)
    c.closePath()
    c.fill()
    const marks = Math.min(40, data.errors.length)
    for (let i = 0; i < data.errors.length; i++) {
      if ((data.errors[i] ?? 0) === 0) continue
      const x = ((i + 0.5) / slots) * width
      c.fillStyle = token('--critical')
      c.fillRect(x - 0.75, ground - 8, 1.5, 8)
      if (marks > 0) errorMark(c, x - 3.5, ground - 13, 7)
    }
    c.strokeStyle = token('--n6')
    c.beginPath()
    c.moveTo(0, ground + 0.5)
    c.lineTo(width, ground + 0.5)
    c.stroke()
    c.font = canvasFont()
    c.fillStyle = token('--n10')
    c.textBaseline = 'middle'
    for (const { x, label } of axisTicks(this.#whole, width)) {
      const half = c.measureText(label).width / 2
      c.textAlign = x < half ? 'left' : x > width - half ? 'right' : 'center'
      c.fillText(label, Math.min(width - 1, Math.max(1, x)), ground + LABELS / 2 + 1)
    }
    this.#window(c, ground)
  }

  #window(c: CanvasRenderingContext2D, ground: number): void {
    const drag = this.#drag
    if (drag) {
      const [a, b] = drag.map((ns) => this.#whole.x(ns, this.width)) as [number, number]
      c.fillStyle = token('--accent')
      c.globalAlpha = 0.25
      c.fillRect(Math.min(a, b), 0, Math.abs(b - a), ground)
      c.globalAlpha = 1
      return
    }
    if (this.zoom.isWhole) return
    const { from, to } = this.window
    c.fillStyle = token('--n1')
    c.globalAlpha = 0.72
    c.fillRect(0, 0, from, ground)
    c.fillRect(to, 0, this.width - to, ground)
    c.globalAlpha = 1
    c.strokeStyle = token('--accent')
    c.lineWidth = 1
    c.strokeRect(Math.round(from) + 0.5, 0.5, Math.max(2, Math.round(to - from) - 1), ground - 1)
  }

  override [Symbol.dispose](): void {
    this.#stop()
    super[Symbol.dispose]()
  }
}
