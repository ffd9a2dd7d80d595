// Reads JSON documents of any size in flat memory: a byte scanner finds the values that a shape names and hands them over
// parsed, in groups. A value that is small is parsed whole; one past the cap is opened and its parts are handed over
// instead, so that {"resourceSpans":[one element of 2 GB]} streams span by span.

import { WatchdeckError } from '../../base/errors.ts'
import { visible } from '../collector.ts'
import { concat } from './lines.ts'
import { BACKSLASH, containerEnd, type Place, QUOTE, scalarEnd } from './scan.ts'
import { KEEP, type OpenContainer, type Shape, type StreamHandler, type StreamOptions } from './shape.ts'
import { parseJson } from './value.ts'

interface Open extends OpenContainer {
  readonly isArray: boolean
  readonly shape: Shape | undefined
  /** objects: key just read; what comes next */
  key: string
  expect: 'key' | 'colon' | 'value' | 'comma'
  /** something inside was handed over already */
  emitted: boolean
  late: Record<string, unknown> | undefined
}

const DEFAULT_MAX = 8 * 1024 * 1024
const DEFAULT_DEPTH = 256
export class JsonStream {
  readonly #handler: StreamHandler
  readonly #maxValue: number
  readonly #maxDepth: number
  readonly #known: StreamOptions['known']
  readonly #root: Shape
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly late = new Map<number, Record<string, unknown>>()
  #buffer: Uint8Array = new Uint8Array(0)
  readonly #place: Place = { at: 0, line: 1, depth: 0, inString: false }
  /** bytes before the buffer */
  #before = 0
  #stack: Open[] = []
  // the value being captured or skipped
  #start = -1
  #startLine = 1
  #isScalar = false
  #keepBytes = false
  #shape: Shape | undefined
  // finished values of the innermost array, not yet parsed
  #starts: number[] = []
  #ends: number[] = []
  #lines: number[] = []
  #first = true

  constructor(root: Shape, handler: StreamHandler, options: StreamOptions = {}) {
    this.#root = root
    this.#handler = handler
    this.#maxValue = options.maxValueBytes ?? DEFAULT_MAX
    this.#maxDepth = options.maxDepth ?? DEFAULT_DEPTH
    this.#known = options.known
  }

  push(chunk: Uint8Array): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : concat([this.#buffer, chunk], this.#buffer.length + chunk.length)
    if (this.#first && this.#buffer.length >= 3) {
      this.#first = false
      if (this.#buffer[0] === 0xef && this.#buffer[1] === 0xbb && this.#buffer[2] === 0xbf) this.#place.at = 3
    }
    this.#scan()
    this.#flush()
    this.#compact()
  }

  end(): void {
    if (this.#start >= 0 && this.#isScalar && this.#stack.length === 0) this.#finishValue(this.#buffer.length)
    this.#flush()
    if (this.#start >= 0 || this.#stack.length > 0)
      throw new WatchdeckError('corrupt', 'The file ends in the middle of its JSON document.', {
        hint: 'It was cut off while it was written or copied. Nothing of it was kept.',
        details: { line: this.#place.line },
      })
  }

  #scan(): void {
    const buffer = this.#buffer
    const length = buffer.length
    for (;;) {
      if (this.#start >= 0) {
        const end = this.#isScalar ? scalarEnd(buffer, this.#place) : containerEnd(buffer, this.#place, this.#maxDepth)
        if (end < 0) {
          if (this.#keepBytes && length - this.#start > this.#maxValue) {
            if (this.#openCaptured()) continue
          }
          return
        }
        this.#finishValue(end)
        continue
      }
      if (this.#place.at >= length) return
      const code = buffer[this.#place.at] as number
      if (code === 32 || code === 9 || code === 13) {
        this.#place.at++
        continue
      }
      if (code === 10) {
        this.#place.line++
        this.#place.at++
        continue
      }
      if (!this.#step(code)) return
    }
  }

  /** One structural byte outside any captured value; false when more bytes are needed. */
  #step(code: number): boolean {
    const top = this.#stack[this.#stack.length - 1]
    if (top === undefined) {
      this.#begin(code, this.#root, this.#root.take !== undefined)
      return true
    }
    if (code === (top.isArray ? 0x5d : 0x7d) && top.expect !== 'colon') {
      this.#place.at++
      this.#close(top)
      return true
    }
    if (code === 0x2c && top.expect === 'comma') {
      this.#place.at++
      top.expect = top.isArray ? 'value' : 'key'
      return true
    }
    if (code === 0x3a && top.expect === 'colon') {
      this.#place.at++
      top.expect = 'value'
      return true
    }
    if (top.expect === 'key') {
      if (code !== QUOTE) throw this.#corrupt()
      return this.#readKey(top)
    }
    if (top.expect !== 'value') throw this.#corrupt()
    top.expect = 'comma'
    const shape = top.isArray
      ? top.shape?.items
      : top.shape?.keys && Object.hasOwn(top.shape.keys, top.key)
        ? top.shape.keys[top.key]
        : undefined
    this.#begin(code, shape, shape?.take !== undefined)
    return true
  }

  #readKey(top: Open): boolean {
    let end = this.#place.at + 1
    for (; ; end++) {
      if (end >= this.#buffer.length) {
        if (end - this.#place.at > 65_536) throw this.#corrupt()
        return false
      }
      if (this.#buffer[end] === BACKSLASH) end++
      else if (this.#buffer[end] === QUOTE) break
    }
    const text = this.#decoder.decode(this.#buffer.subarray(this.#place.at, end + 1))
    try {
      top.key = JSON.parse(text) as string
    } catch {
      throw this.#corrupt()
    }
    this.#place.at = end + 1
    top.expect = 'colon'
    return true
  }

  /** A value starts here: capture it whole, open it, or step over it. */
  #begin(code: number, shape: Shape | undefined, capture: boolean): void {
    const isContainer = code === 0x7b || code === 0x5b
    const hasInside = code === 0x7b ? shape?.keys !== undefined : shape?.items !== undefined
    if (isContainer && !capture && hasInside) {
      this.#open(code === 0x5b, shape)
      return
    }
    this.#flushUnlessSibling(capture)
    this.#start = this.#place.at
    this.#startLine = this.#place.line
    this.#shape = shape
    this.#keepBytes = capture
    this.#isScalar = !isContainer
    this.#place.inString = false
    this.#place.depth = 0
    if (!isContainer) {
      if (code === QUOTE) this.#place.inString = true
      else if (!/[-\dtfn]/.test(String.fromCharCode(code))) throw this.#corrupt()
      this.#place.at++
    }
  }

  #open(isArray: boolean, shape: Shape | undefined): void {
    this.#flush()
    const position = this.#before + this.#place.at
    this.#stack.push({
      position,
      fields: { ...this.#known?.get(position) },
      isArray,
      shape,
      key: '',
      expect: isArray ? 'value' : 'key',
      emitted: false,
      late: undefined,
    })
    this.#place.at++
  }

  #close(top: Open): void {
    this.#flush()
    this.#stack.pop()
    this.#handler.closed?.(top, this.#stack.length)
    if (top.late && !this.#known?.has(top.position)) this.late.set(top.position, top.late)
  }

  /** The captured value has outgrown the cap: look inside it instead, or give up keeping it. True when scanning goes on. */
  #openCaptured(): boolean {
    const code = this.#buffer[this.#start] as number
    const hasInside = code === 0x7b ? this.#shape?.keys !== undefined : this.#shape?.items !== undefined
    if (hasInside && !this.#isScalar) {
      this.#place.at = this.#start
      this.#place.line = this.#startLine
      this.#start = -1
      this.#open(code === 0x5b, this.#shape)
      return true
    }
    this.#handler.bad(
      this.#startLine,
      `one value is larger than ${Math.round(this.#maxValue / 1_048_576)} MB`,
      visible(this.#decoder.decode(this.#buffer.subarray(this.#start, this.#start + 400))),
    )
    this.#keepBytes = false
    return false
  }

  #finishValue(end: number): void {
    const start = this.#start
    this.#start = -1
    if (!this.#keepBytes) return
    const top = this.#stack[this.#stack.length - 1]
    if (top?.isArray || top === undefined) {
      this.#starts.push(start)
      this.#ends.push(end)
      this.#lines.push(this.#startLine)
      return
    }
    let value: unknown
    try {
      value = parseJson(this.#decoder.decode(this.#buffer.subarray(start, end)))
    } catch {
      throw this.#corrupt()
    }
    if (this.#shape?.take !== KEEP) {
      this.#emit(this.#shape?.take as string, [value], [this.#startLine])
      return
    }
    if (top.emitted && !Object.hasOwn(top.fields, top.key)) {
      top.late ??= {}
      define(top.late, top.key, value)
    }
    define(top.fields, top.key, value)
  }

  #flushUnlessSibling(capture: boolean): void {
    const top = this.#stack[this.#stack.length - 1]
    if (!capture || (top !== undefined && !top.isArray)) this.#flush()
  }

  /** Parses the finished values of the innermost array in one go. */
  #flush(): void {
    const count = this.#starts.length
    if (count === 0) return
    const starts = this.#starts
    const ends = this.#ends
    const lines = this.#lines
    this.#starts = []
    this.#ends = []
    this.#lines = []
    const top = this.#stack[this.#stack.length - 1]
    const name = (top === undefined ? this.#root.take : top.shape?.items?.take) as string
    if (top !== undefined) {
      const text = this.#decoder.decode(this.#buffer.subarray(starts[0] as number, ends[count - 1] as number))
      if (this.#tookText(name, text, lines)) return
      try {
        this.#emit(name, parseJson(`[${text}]`) as unknown[], lines)
        return
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
      }
    }
    // One of them is no JSON (or they are documents in a row): one at a time, so that only it is lost.
    for (let i = 0; i < count; i++) {
      const text = this.#decoder.decode(this.#buffer.subarray(starts[i] as number, ends[i] as number))
      if (top === undefined && this.#tookText(name, text, [lines[i] as number])) continue
      let value: unknown
      try {
        value = parseJson(text)
      } catch {
        this.#handler.bad(lines[i] as number, 'not valid JSON', visible(text))
        continue
      }
      this.#emit(name, [value], [lines[i] as number])
    }
  }

  #tookText(name: string, text: string, lines: readonly number[]): boolean {
    if (this.#handler.text?.(name, text, this.#stack, lines) !== true) return false
    for (const open of this.#stack) open.emitted = true
    return true
  }

  #emit(name: string, values: readonly unknown[], lines: readonly number[]): void {
    for (const open of this.#stack) open.emitted = true
    this.#handler.values(name, values, this.#stack, lines)
  }

  /** Drops what was read; keeps the value that is still open. */
  #compact(): void {
    if (this.#start >= 0 && !this.#keepBytes) {
      // Stepping over: nothing to keep, but an escape may reach past the end of this chunk.
      const over = Math.max(0, this.#place.at - this.#buffer.length)
      this.#before += this.#buffer.length
      this.#buffer = new Uint8Array(0)
      this.#place.at = over
      this.#start = 0
      return
    }
    const from = Math.min(this.#start >= 0 ? this.#start : this.#place.at, this.#buffer.length)
    if (from === 0) {
      this.#buffer = this.#buffer.slice()
      return
    }
    this.#before += from
    this.#buffer = this.#buffer.slice(from)
    this.#place.at -= from
    if (this.#start >= 0) this.#start -= from
  }

  #corrupt(): WatchdeckError {
    const position = this.#before + this.#place.at
    const near = visible(
      this.#decoder.decode(this.#buffer.subarray(Math.max(0, this.#place.at - 20), this.#place.at + 40)),
    )
    return new WatchdeckError('corrupt', `Not valid JSON at line ${this.#place.line} (byte ${position}): ${near}`, {
      hint: 'Nothing of the file was kept.',
      details: { line: this.#place.line, byte: position },
    })
  }
}

function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
}
