// Lines of a question as a list of any length: pages in both directions from an anchor, each asked for by its cursor.
// Only the pages near what is on screen keep their lines; a page that was let go is asked again when it comes back.

import type { MethodInput, MethodOutput } from '../../../shared/contract/index.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { textOf } from '../../lib/engine/index.ts'

export type LogInput = MethodInput<'logs.search'>
export type LogPage = MethodOutput<'logs.search'>
export type Order = 'desc' | 'asc'

/** Lines kept in memory: this many pages around the last one touched. */
export const KEPT_PAGES = 24

/** The lines before and after the anchor: `down` is what stands below it on screen. */
export interface Directions {
  readonly down: LogInput
  /** absent = the list begins at its natural end */
  readonly up?: LogInput | undefined
}

interface Page {
  readonly input: LogInput
  readonly start: number
  readonly rows: number
  frame: Frame | undefined
  loading: boolean
}

interface Side {
  readonly pages: Page[]
  rows: number
  next: LogInput | undefined
  loading: boolean
}

export interface LineAt {
  readonly frame: Frame
  readonly row: number
}

/**
 * Positions: 0, 1, 2 .. are the lines below the anchor, -1, -2 .. those above it. A position never changes its line, so
 * it serves as the key of a list into which lines come at both ends.
 */
export class LineWindow {
  readonly #ask: (input: LogInput) => Promise<LogPage>
  readonly #listeners = new Set<() => void>()
  readonly #failed: (error: unknown) => void
  readonly #down: Side
  readonly #up: Side
  readonly #positions = new Map<string, number>()
  /** for stores that compare: grows with every change */
  version = 0

  constructor(options: {
    directions: Directions
    first: LogPage
    ask: (input: LogInput) => Promise<LogPage>
    failed: (error: unknown) => void
  }) {
    this.#ask = options.ask
    this.#failed = options.failed
    this.#down = { pages: [], rows: 0, next: undefined, loading: false }
    this.#up = { pages: [], rows: 0, next: options.directions.up, loading: false }
    this.#take(this.#down, options.directions.down, options.first)
  }

  /** Calls `listener` after every change, until the answer is called. */
  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get above(): number {
    return this.#up.rows
  }
  get count(): number {
    return this.#up.rows + this.#down.rows
  }
  /** nothing more to ask for at that end */
  get endReached(): boolean {
    return this.#down.next === undefined
  }
  get startReached(): boolean {
    return this.#up.next === undefined
  }

  positionOf(id: string): number | undefined {
    return this.#positions.get(id)
  }

  /** The line at a position; undefined while its page is on the way (it is asked for then). */
  at(position: number): LineAt | undefined {
    const side = position >= 0 ? this.#down : this.#up
    const index = position >= 0 ? position : -1 - position
    const page = pageWith(side.pages, index)
    if (!page) return undefined
    if (!page.frame) {
      void this.#reload(page)
      return undefined
    }
    return { frame: page.frame, row: index - page.start }
  }

  more(direction: 'down' | 'up'): Promise<void> {
    return this.#extend(direction === 'down' ? this.#down : this.#up)
  }

  /** Lets go of lines far from the position on screen. */
  keepAround(position: number): void {
    const pages = [...this.#up.pages.toReversed(), ...this.#down.pages]
    if (pages.length <= KEPT_PAGES) return
    const side = position >= 0 ? this.#down : this.#up
    const page = pageWith(side.pages, position >= 0 ? position : -1 - position)
    const here = page ? pages.indexOf(page) : 0
    pages.forEach((each, i) => {
      if (Math.abs(i - here) > KEPT_PAGES / 2) each.frame = undefined
    })
  }

  #take(side: Side, input: LogInput, answer: LogPage): void {
    const { table } = answer
    const page: Page = { input, start: side.rows, rows: table.rowCount, frame: table, loading: false }
    if (page.rows > 0) side.pages.push(page)
    const sign = side === this.#down ? 1 : -1
    for (let row = 0; row < page.rows; row++) {
      const index = page.start + row
      this.#positions.set(textOf(table, 'id', row), sign === 1 ? index : -1 - index)
    }
    side.rows += page.rows
    side.next = answer.nextCursor === undefined ? undefined : { ...input, cursor: answer.nextCursor }
    this.#tell()
  }

  async #extend(side: Side): Promise<void> {
    const input = side.next
    if (input === undefined || side.loading) return
    side.loading = true
    try {
      const answer = await this.#ask(input)
      this.#take(side, input, answer)
    } catch (error) {
      this.#failed(error)
    } finally {
      side.loading = false
    }
  }

  async #reload(page: Page): Promise<void> {
    if (page.loading) return
    page.loading = true
    try {
      const { table } = await this.#ask(page.input)
      // a source may have gone meanwhile: fewer lines than before are no lines at all
      if (table.rowCount >= page.rows) page.frame = table
    } catch (error) {
      this.#failed(error)
    } finally {
      page.loading = false
      this.#tell()
    }
  }

  #tell(): void {
    this.version++
    for (const listener of this.#listeners) queueMicrotask(listener)
  }
}

function pageWith(pages: readonly Page[], index: number): Page | undefined {
  let low = 0
  let high = pages.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const page = pages[middle] as Page
    if (index < page.start) high = middle - 1
    else if (index >= page.start + page.rows) low = middle + 1
    else return page
  }
  return undefined
}
