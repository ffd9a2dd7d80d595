// The ground of the hand-painted views (incident timeline, waterfall minimap, flame chart): a canvas at the device's
// resolution, at most one paint per animation frame, hit testing, and disposal. What it shows must also stand in the
// DOM for screen readers; the owner renders that list.

import { beginBusy } from '../lib/idle.ts'
import { subscribeTheme } from '../theme/theme.ts'

export interface Hit<T> {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly item: T
}

export abstract class CanvasView<T> implements Disposable {
  readonly canvas: HTMLCanvasElement
  /** CSS pixels */
  protected width = 0
  protected height = 0
  /** what was painted, in paint order; the last hit wins */
  protected hits: Array<Hit<T>> = []
  readonly #context: CanvasRenderingContext2D
  readonly #observer: ResizeObserver
  readonly #unsubscribe: () => void
  #frame = 0
  #done: (() => void) | undefined

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
    const context = canvas.getContext('2d')
    if (!context) throw new Error('this browser gives no 2d canvas')
    this.#context = context
    this.#observer = new ResizeObserver(() => this.#resize())
    this.#observer.observe(canvas)
    this.#unsubscribe = subscribeTheme(() => this.schedule())
    // the observer tells the first size as well; painting here would run before the fields of a subclass exist
  }

  /** Paints everything; the context is cleared and scaled to CSS pixels. Push what can be hit to `this.hits`. */
  protected abstract paint(context: CanvasRenderingContext2D): void

  /** Paints in the next frame, once however often it is asked. */
  schedule(): void {
    if (this.#frame !== 0) return
    this.#done = beginBusy()
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#paintNow()
    })
  }

  #paintNow(): void {
    const ratio = window.devicePixelRatio || 1
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0)
    this.#context.clearRect(0, 0, this.width, this.height)
    this.hits = []
    if (this.width > 0 && this.height > 0) this.paint(this.#context)
    this.#done?.()
    this.#done = undefined
  }

  #resize(): void {
    const ratio = window.devicePixelRatio || 1
    this.width = this.canvas.clientWidth
    this.height = this.canvas.clientHeight
    const [w, h] = [Math.round(this.width * ratio), Math.round(this.height * ratio)]
    if (this.canvas.width === w && this.canvas.height === h) {
      this.schedule()
      return
    }
    this.canvas.width = w
    this.canvas.height = h
    // at once: a resized canvas is blank until painted, which would flicker
    this.#paintNow()
  }

  /** What is under a point in CSS pixels of the canvas; `slack` widens small marks. */
  hitAt(x: number, y: number, slack = 2): T | undefined {
    for (let i = this.hits.length - 1; i >= 0; i--) {
      const hit = this.hits[i] as Hit<T>
      if (x >= hit.x - slack && x <= hit.x + hit.width + slack && y >= hit.y && y <= hit.y + hit.height) return hit.item
    }
    return undefined
  }

  [Symbol.dispose](): void {
    cancelAnimationFrame(this.#frame)
    this.#done?.()
    this.#observer.disconnect()
    this.#unsubscribe()
  }
}
