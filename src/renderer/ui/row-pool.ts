// Rows of one height on screen, kept as elements outside of React: while a list moves, the element of a row that left is
// filled with a row that came, which costs a fraction of rendering. At rest the elements stand in the order of their rows,
// so that text is marked, and read aloud, in order.

import { beginBusy } from '../lib/idle.ts'

export interface PooledRow {
  readonly element: HTMLElement
}

export interface RowKind<R extends PooledRow> {
  make(): R
  /** Shows the row `index` in it; called again whenever the row may look different, so it writes only what differs. */
  fill(row: R, index: number): void
}

/** ms without a move after which a list is at rest */
const REST_MS = 150

export class RowPool<R extends PooledRow> implements Disposable {
  readonly #host: HTMLElement
  readonly #height: number
  readonly #kind: RowKind<R>
  readonly #rows = new Map<number, R>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #done: (() => void) | undefined

  constructor(host: HTMLElement, height: number, kind: RowKind<R>) {
    this.#host = host
    this.#height = height
    this.#kind = kind
  }

  /** The rows `first` to `last` (exclusive) are there; a row beyond them stays as it is until its element is needed. */
  show(first: number, last: number): void {
    const free: number[] = []
    for (const index of this.#rows.keys()) if (index < first || index >= last) free.push(index)
    let moved = false
    for (let index = first; index < last; index++) {
      if (this.#rows.has(index)) continue
      const from = free.pop()
      this.#put(from === undefined ? this.#made() : this.#taken(from), index)
      moved = true
    }
    if (moved) this.#restLater()
  }

  /** How many of these rows have no element. */
  missing(first: number, last: number): number {
    let count = 0
    for (let index = first; index < last; index++) if (!this.#rows.has(index)) count++
    return count
  }

  /** Work is under way until the rows are at rest. */
  busy(): void {
    this.#restLater()
  }

  /** All rows again: what they show, or how many there are, may have changed. */
  refill(first: number, last: number): void {
    for (const [index, row] of this.#rows) if (index >= first && index < last) this.#kind.fill(row, index)
    this.show(first, last)
    // one that was not needed may show a row that is no more
    for (const [index, { element }] of this.#rows)
      if (index < first || index >= last) {
        element.remove()
        this.#rows.delete(index)
      }
  }

  rowOf(index: number): R | undefined {
    return this.#rows.get(index)
  }

  #made(): R {
    const row = this.#kind.make()
    row.element.style.height = `${this.#height}px`
    this.#host.append(row.element)
    return row
  }

  #taken(index: number): R {
    const row = this.#rows.get(index) as R
    this.#rows.delete(index)
    return row
  }

  #put(row: R, index: number): void {
    this.#rows.set(index, row)
    // a transform would give every row a node of its own in the browser's paint properties
    row.element.style.top = `${index * this.#height}px`
    this.#kind.fill(row, index)
  }

  #restLater(): void {
    clearTimeout(this.#timer)
    this.#done ??= beginBusy()
    this.#timer = setTimeout(() => this.#rest(), REST_MS)
  }

  #rest(): void {
    this.#done?.()
    this.#done = undefined
    let next = this.#host.firstElementChild
    for (const index of [...this.#rows.keys()].sort((a, b) => a - b)) {
      const { element } = this.#rows.get(index) as R
      if (element === next) next = next.nextElementSibling
      else this.#host.insertBefore(element, next)
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#done?.()
    for (const { element } of this.#rows.values()) element.remove()
    this.#rows.clear()
  }
}
