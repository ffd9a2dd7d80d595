// JSON text to values with exact 64-bit integers, and the small questions that readers ask of unknown values.
// JSON.parse turns 1730555555555555555 into ...555600: integers of 16 digits and more are quoted first, marked so that
// they can be told from text.

export type JsonObject = { readonly [key: string]: unknown }

/** Stands in front of the digits of an integer that a JS number cannot hold. No JSON text from outside can hold it raw. */
export const INTEGER_MARK = '\u0000i'

/** @throws SyntaxError as JSON.parse */
export function parseJson(text: string): unknown {
  return JSON.parse(hasLongNumber(text) ? quoteLongIntegers(text) : text)
}

/**
 * Whether 16 digits stand in a row without a quote in front. Looks at every 16th character only: a run of 16 digits
 * cannot hide between two of them. (A regular expression costs a microsecond a span here.)
 */
function hasLongNumber(text: string): boolean {
  for (let at = 15; at < text.length; at += 16) {
    if (!isDigit(text.charCodeAt(at))) continue
    let from = at
    while (from > 0 && isDigit(text.charCodeAt(from - 1))) from--
    let to = at + 1
    while (to < text.length && isDigit(text.charCodeAt(to))) to++
    const before = text.charCodeAt(text.charCodeAt(from - 1) === 0x2d ? from - 2 : from - 1)
    if (to - from >= 16 && (from === 0 || isNumberStart(before))) return true
  }
  return false
}

/** Colon, comma, bracket, white space, or nothing (NaN at the start of the text). */
const isNumberStart = (code: number): boolean =>
  code === 0x3a || code === 0x2c || code === 0x5b || code === 0x20 || (code >= 9 && code <= 13) || Number.isNaN(code)

/** Integers beyond 2^53 as marked strings; everything else, and every string, untouched. */
export function quoteLongIntegers(text: string): string {
  const parts: string[] = []
  let from = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      at = endOfString(text, at)
      continue
    }
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const start = at
      if (code === 0x2d) at++
      while (at < text.length && isDigit(text.charCodeAt(at))) at++
      const next = text.charCodeAt(at)
      const isInteger = next !== 0x2e && next !== 0x65 && next !== 0x45
      if (isInteger && at - start >= 16) {
        const digits = text.slice(start, at)
        if (!Number.isSafeInteger(Number(digits))) {
          parts.push(text.slice(from, start), '"\\u0000i', digits, '"')
          from = at
        }
      }
      while (at < text.length && isNumberPart(text.charCodeAt(at))) at++
      continue
    }
    at++
  }
  if (from === 0) return text
  parts.push(text.slice(from))
  return parts.join('')
}

/** Behind the quote that closes the string which opens at `open`; the text's end where none does. */
export function endOfString(text: string, open: number): number {
  let at = open + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return text.length
    let back = quote - 1
    while (text.charCodeAt(back) === 0x5c) back--
    if ((quote - back) % 2 === 1) return quote + 1
    at = quote + 1
  }
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const isNumberPart = (code: number): boolean =>
  isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === 0x2d

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const EMPTY: readonly unknown[] = []
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : EMPTY
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A whole number from a JSON number, a decimal string or a marked integer; undefined for anything else. */
export function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'string') {
    const text = value.startsWith(INTEGER_MARK) ? value.slice(INTEGER_MARK.length) : value
    if (text.length === 0 || text.length > 39 || !/^[+-]?\d+$/.test(text)) return undefined
    return BigInt(text)
  }
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  return undefined
}

/** A float from a JSON number or its text, 'NaN', '+Inf', '-Inf', 'Infinity', '-Infinity' included. */
export function floatOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const text = value.startsWith(INTEGER_MARK) ? value.slice(INTEGER_MARK.length) : value.trim()
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY
  }
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  return Number(text)
}

/** Depth of nesting of a JSON text, without parsing it. */
export function depthOf(text: string, stopAt: number): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) at = endOfString(text, at) - 1
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > deepest) deepest = depth
      if (deepest > stopAt) return deepest
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return deepest
}
