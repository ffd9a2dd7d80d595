// A place in a JSON text, for readers that know what comes next: what is not as they expect it makes them leave the text.

import { endOfString, type JsonObject, parseJson } from './value.ts'

/** What nests deeper is left to the other reader. */
const MAX_DEPTH = 64
export const [TAB, NEWLINE, RETURN, SPACE, QUOTE, COMMA, COLON, BACKSLASH] = [9, 10, 13, 32, 0x22, 0x2c, 0x3a, 0x5c]
export const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE, ZERO, NINE] = [0x5b, 0x5d, 0x7b, 0x7d, 0x30, 0x39]

/** Thrown (once made, without a stack) where the text is not for this reader. */
export const LEAVE = new RangeError('left to the other reader')

export const isDigit = (code: number): boolean => code >= ZERO && code <= NINE
const isHex = (code: number): boolean => isDigit(code) || (code >= 0x61 && code <= 0x66)

export class TextCursor {
  protected text = ''
  protected at = 0

  /** A key and its colon; at the value after it. */
  protected key(): string {
    this.space()
    if (this.text.charCodeAt(this.at) !== QUOTE) throw LEAVE
    const key = this.string()
    this.expect(COLON)
    this.space()
    return key
  }

  /** Behind an opening bracket: false, past the closing one, when there is nothing in it. */
  protected begin(close: number): boolean {
    this.space()
    if (this.text.charCodeAt(this.at) !== close) return true
    this.at++
    return false
  }

  /** Behind a member: true, past the comma, when another one follows. */
  protected more(close: number): boolean {
    this.space()
    const code = this.text.charCodeAt(this.at++)
    if (code === COMMA) return true
    if (code !== close) throw LEAVE
    return false
  }

  protected expect(code: number): void {
    this.space()
    if (this.text.charCodeAt(this.at++) !== code) throw LEAVE
  }

  protected space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== SPACE && code !== NEWLINE && code !== RETURN && code !== TAB) return
      this.at++
    }
  }

  protected string(): string {
    const text = this.text
    const from = this.at + 1
    if (text.charCodeAt(this.at) !== QUOTE) throw LEAVE
    for (let at = from; ; at++) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) {
        this.at = at + 1
        return text.slice(from, at)
      }
      if (code === BACKSLASH) break
      // a raw control character, or the end
      if (!(code >= SPACE)) throw LEAVE
    }
    const end = endOfString(text, from - 1)
    const value: unknown = JSON.parse(text.slice(from - 1, end))
    if (typeof value !== 'string') throw LEAVE
    this.at = end
    return value
  }

  /** Lower-case hex of the full length that is not all zeros. */
  protected id(digits: number): string {
    const text = this.text
    const from = this.at + 1
    const to = from + digits
    if (text.charCodeAt(this.at) !== QUOTE || text.charCodeAt(to) !== QUOTE) throw LEAVE
    let isZero = true
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at)
      if (!isHex(code)) throw LEAVE
      if (code !== ZERO) isZero = false
    }
    if (isZero) throw LEAVE
    this.at = to + 1
    return text.slice(from, to)
  }

  /** Digits of a time as text in quotes. */
  protected nanos(): string {
    const text = this.text
    const from = this.at + 1
    if (text.charCodeAt(this.at) !== QUOTE) throw LEAVE
    let to = from
    while (isDigit(text.charCodeAt(to))) to++
    // 19 digits hold any time to the year 2286
    if (to === from || to - from > 19 || text.charCodeAt(to) !== QUOTE) throw LEAVE
    this.at = to + 1
    return text.slice(from, to)
  }

  /** Any value by way of JSON.parse, which also says whether it is one. */
  protected value(): unknown {
    const text = this.text
    const from = this.at
    let at = from
    let depth = 0
    for (;;) {
      const code = text.charCodeAt(at)
      if (Number.isNaN(code)) throw LEAVE
      if (code === QUOTE) {
        at = endOfString(text, at)
        if (depth === 0) break
        continue
      }
      if (depth === 0 && (code === COMMA || code === CLOSE || code === CLOSE_LIST)) break
      at++
      if (code === OPEN || code === OPEN_LIST) {
        if (++depth > MAX_DEPTH) throw LEAVE
      } else if ((code === CLOSE || code === CLOSE_LIST) && --depth === 0) break
    }
    this.at = at
    return at - from === 2 && text.startsWith('{}', from) ? NOTHING : parseJson(text.slice(from, at))
  }
}

const NOTHING: JsonObject = {}
