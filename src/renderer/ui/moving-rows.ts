// Rows of a list that moves faster than elements can be filled: while many rows a frame come on screen they are painted on
// one canvas over the list, and at rest they are elements again, to be marked, pointed at and read aloud. Slow moves never
// leave the elements.

import { token } from '../theme/theme.ts'
import type { PooledRow, RowPool } from './row-pool.ts'

/** As many new rows are filled in a frame without being seen to cost. */
const FEW = 3
/** ms without a move after which a list is at rest */
const REST_MS = 120

export interface RowsWindow {
  /** px scrolled away above */
  readonly top: number
  /** rows to have ready: `last` is exclusive */
  readonly first: number
  readonly last: number
}

export interface RowPlace {
  readonly index: number
  /** px from the canvas's top to the row's */
  readonly y: number
}

/** All rows in sight at once: a column with one font and one colour costs less than a row with several of each. */
export type DrawRows = (context: CanvasRenderingContext2D, rows: readonly RowPlace[]) => void

export class MovingRows<R extends PooledRow> implements Disposable {
  readonly pool: RowPool<R>
  readonly #viewport: HTMLElement
  readonly #host: HTMLElement
  readonly #canvas: HTMLCanvasElement
  readonly #height: number
  readonly #draw: DrawRows
  /** puts the elements where the list has been scrolled to */
  readonly #settle: () => void
  #window: RowsWindow = { top: 0, first: 0, last: 0 }
  #frame = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #size = { width: 0, height: 0, ratio: 0 }
  #moving = false

  constructor(parts: {
    /** what holds the rows' elements */
    host: HTMLElement
    /** what shows a part of the list; the canvas lies over it */
    viewport: HTMLElement
    canvas: HTMLCanvasElement
    height: number
    pool: RowPool<R>
    draw: DrawRows
    settle: () => void
  }) {
    this.pool = parts.pool
    this.#viewport = parts.viewport
    this.#host = parts.host
    this.#canvas = parts.canvas
    this.#height = parts.height
    this.#draw = parts.draw
    this.#settle = parts.settle
  }

  /** The list was scrolled. True: the canvas shows it and the elements follow later. */
  moved(window: RowsWindow): boolean {
    this.#window = window
    if (!this.#moving && (this.pool.missing(window.first, window.last) <= FEW || !this.#may())) return false
    if (!this.#moving) {
      this.#moving = true
      this.#measure()
      this.#canvas.style.visibility = 'visible'
      // what the canvas covers need not be painted, nor searched for what is under the pointer
      this.#host.style.contentVisibility = 'hidden'
    }
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint())
    clearTimeout(this.#timer)
    this.pool.busy()
    this.#timer = setTimeout(() => this.rest(), REST_MS)
    return true
  }

  /** What the rows show has changed. */
  changed(): void {
    if (this.#moving && this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint())
  }

  get moving(): boolean {
    return this.#moving
  }

  rest(): void {
    if (!this.#moving) return
    this.#moving = false
    clearTimeout(this.#timer)
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#settle()
    this.#uncover()
  }

  #uncover(): void {
    this.#host.style.contentVisibility = ''
    this.#canvas.style.visibility = 'hidden'
  }

  /** Marked text stays in its elements, and colours that the system forces are not a canvas's. */
  #may(): boolean {
    const selection = getSelection()
    const marked = selection !== null && !selection.isCollapsed && selection.containsNode(this.#viewport, true)
    return !marked && !matchMedia('(forced-colors: active)').matches
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#viewport
    const ratio = devicePixelRatio || 1
    if (width === this.#size.width && height === this.#size.height && ratio === this.#size.ratio) return
    this.#size = { width, height, ratio }
    this.#canvas.style.width = `${width}px`
    this.#canvas.style.height = `${height}px`
    this.#canvas.width = Math.round(width * ratio)
    this.#canvas.height = Math.round(height * ratio)
  }

  #paint(): void {
    this.#frame = 0
    const context = this.#canvas.getContext('2d', { alpha: false })
    if (!context) return
    const { width, height, ratio } = this.#size
    const { top } = this.#window
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.fillStyle = token('--n1')
    context.fillRect(0, 0, width, height)
    const last = Math.min(this.#window.last, Math.ceil((top + height) / this.#height))
    const rows: RowPlace[] = []
    for (let index = Math.max(this.#window.first, Math.floor(top / this.#height)); index < last; index++)
      rows.push({ index, y: index * this.#height - top })
    this.#draw(context, rows)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    cancelAnimationFrame(this.#frame)
    // the elements outlive the rows: the next ones begin with them in sight
    this.#uncover()
    this.pool[Symbol.dispose]()
  }
}
