// What is dear to write and follows the pointer: one a frame, so that a frame costs the same with two pictures and with twelve.

interface Waiting {
  readonly tell: () => void
  /** it is what the pointer is over */
  readonly pointed: boolean
}

export class InTurn {
  readonly #frame: (run: () => void) => unknown
  /** in the order in which they fell behind */
  readonly #waiting = new Map<object, Waiting>()
  #asked = false
  #pointedBefore = false

  /** `frame` runs something in the next frame. */
  constructor(frame: (run: () => void) => unknown) {
    this.#frame = frame
  }

  /** Tells soon; the last word for each `owner` counts, at the place in the row that it had. */
  add(owner: object, tell: () => void, pointed: boolean): void {
    this.#waiting.set(owner, { tell, pointed })
    this.#ask()
  }

  delete(owner: object): void {
    this.#waiting.delete(owner)
  }

  #ask(): void {
    if (this.#asked || this.#waiting.size === 0) return
    this.#asked = true
    this.#frame(() => {
      this.#asked = false
      try {
        this.#next()
      } finally {
        // one that cannot be written does not hold up the others
        this.#ask()
        if (!this.#asked) this.#pointedBefore = false
      }
    })
  }

  /** Where the pointer is comes first, but not twice in a row while others wait. */
  #next(): void {
    const waiting = [...this.#waiting]
    const next = waiting.find(([, { pointed }]) => pointed !== this.#pointedBefore) ?? waiting[0]
    if (!next) return
    const [owner, { tell, pointed }] = next
    this.#pointedBefore = pointed
    this.#waiting.delete(owner)
    tell()
  }
}
