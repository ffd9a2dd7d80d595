// Bytes in any chunks to lines of text with their numbers. A line past the cap is not kept: its start is reported once.

const MAX_LINE_BYTES = 64 * 1024 * 1024
const NEWLINE = 10

export interface LineHandler {
  line(text: string, number: number): void
  /** a line longer than the cap: its first bytes as text */
  tooLong(start: string, number: number): void
}

export class Lines {
  readonly #handler: LineHandler
  readonly #maxBytes: number
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #held: Uint8Array[] = []
  #heldBytes = 0
  #skipping = false
  #number = 0
  #first = true

  constructor(handler: LineHandler, maxBytes = MAX_LINE_BYTES) {
    this.#handler = handler
    this.#maxBytes = maxBytes
  }

  push(chunk: Uint8Array): void {
    let bytes = chunk
    if (this.#heldBytes > 0 || this.#skipping) {
      const first = bytes.indexOf(NEWLINE)
      if (first < 0) {
        this.#hold(bytes)
        return
      }
      this.#hold(bytes.subarray(0, first))
      this.#endHeld()
      bytes = bytes.subarray(first + 1)
    }
    const last = bytes.lastIndexOf(NEWLINE)
    if (last >= 0) {
      const text = this.#decode(bytes.subarray(0, last))
      let from = 0
      for (;;) {
        const to = text.indexOf('\n', from)
        if (to < 0) break
        this.#emit(text.slice(from, to))
        from = to + 1
      }
      this.#emit(text.slice(from))
    }
    if (last + 1 < bytes.length) this.#hold(bytes.subarray(last + 1))
  }

  end(): void {
    if (this.#heldBytes > 0 || this.#skipping) this.#endHeld()
  }

  #hold(bytes: Uint8Array): void {
    if (this.#skipping || bytes.length === 0) return
    // A copy: the caller may reuse its chunk.
    this.#held.push(bytes.slice())
    this.#heldBytes += bytes.length
    if (this.#heldBytes <= this.#maxBytes) return
    this.#skipping = true
    this.#number++
    this.#handler.tooLong(this.#decode((this.#held[0] as Uint8Array).subarray(0, 400)), this.#number)
    this.#held = []
    this.#heldBytes = 0
  }

  #endHeld(): void {
    if (this.#skipping) {
      this.#skipping = false
      return
    }
    const text = this.#decode(
      this.#held.length === 1 ? (this.#held[0] as Uint8Array) : concat(this.#held, this.#heldBytes),
    )
    this.#held = []
    this.#heldBytes = 0
    this.#emit(text)
  }

  #emit(text: string): void {
    this.#number++
    this.#handler.line(text.endsWith('\r') ? text.slice(0, -1) : text, this.#number)
  }

  #decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes)
    if (!this.#first) return text
    this.#first = false
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }
}

export function concat(parts: readonly Uint8Array[], total: number): Uint8Array {
  const out = new Uint8Array(total)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
