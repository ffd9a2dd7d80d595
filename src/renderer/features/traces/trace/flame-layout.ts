// Where the boxes of a flame chart go: below their parent, and in a lane of their own where siblings run at once.

export interface FlameBox {
  readonly spanId: string
  readonly depth: number
  readonly service: string
  readonly operation: string
  readonly offset: number
  readonly duration: number
  readonly status: string
  readonly critical: boolean
}

/** Non-overlapping stretches of one lane, sorted by start. */
class Lane {
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  /** false when something is there already */
  take(from: number, to: number): boolean {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] as number) < from) low = middle + 1
      else high = middle
    }
    if (low > 0 && (this.#ends[low - 1] as number) > from) return false
    if (low < this.#starts.length && (this.#starts[low] as number) < to) return false
    this.#starts.splice(low, 0, from)
    this.#ends.splice(low, 0, to)
    return true
  }
}

/**
 * The lane of each box; boxes come parents first, siblings by start, as the engine gives them. Every box is below its
 * parent, and no two of one lane overlap.
 */
export function flameLanes(boxes: readonly FlameBox[]): { lanes: Int32Array; count: number } {
  const lanes = new Int32Array(boxes.length)
  const taken: Lane[] = []
  // lane of the latest box of each depth: the parent of what follows one deeper
  const open: number[] = []
  boxes.forEach((box, i) => {
    let parent = -1
    for (let d = Math.min(box.depth, open.length) - 1; d >= 0 && parent < 0; d--) parent = open[d] ?? -1
    let lane = parent + 1
    for (;;) {
      let here = taken[lane]
      if (!here) {
        here = new Lane()
        taken[lane] = here
      }
      if (here.take(box.offset, box.offset + Math.max(1, box.duration))) break
      lane++
    }
    lanes[i] = lane
    open.length = box.depth
    open[box.depth] = lane
  })
  return { lanes, count: taken.length }
}
