// logfmt lines to fields, in one pass without backtracking. https://pkg.go.dev/github.com/go-logfmt/logfmt

import { setKey } from '../otlp/attributes.ts'

const MAX_PAIRS = 2000

/**
 * The pairs of a line, or undefined when it does not begin with one. Values in quotes are unescaped as in JSON; a bare word
 * is a field of its own with the value true.
 */
export function parseLogfmt(line: string): Record<string, string | boolean> | undefined {
  const out: Record<string, string | boolean> = {}
  let pairs = 0
  let at = 0
  while (at < line.length) {
    if (isSpace(line.charCodeAt(at))) {
      at++
      continue
    }
    const from = at
    while (at < line.length && isKeyPart(line.charCodeAt(at))) at++
    if (at === from) return pairs > 0 ? out : undefined
    const key = line.slice(from, at)
    if (line[at] !== '=') {
      if (pairs === 0 || (at < line.length && !isSpace(line.charCodeAt(at)))) return pairs > 0 ? out : undefined
      setKey(out, key, true)
    } else if (line[at + 1] === '"') {
      const end = quoteEnd(line, at + 1)
      setKey(out, key, unquote(line.slice(at + 2, end)))
      at = end + 1
    } else {
      const start = ++at
      while (at < line.length && !isSpace(line.charCodeAt(at))) at++
      setKey(out, key, line.slice(start, at))
    }
    if (++pairs >= MAX_PAIRS) return out
  }
  return pairs > 0 ? out : undefined
}

const isSpace = (code: number): boolean => code === 0x20 || code === 9

/** Everything but white space, quotes, equals and control characters. */
const isKeyPart = (code: number): boolean => code > 0x20 && code !== 0x22 && code !== 0x3d && code !== 0x7f

/** The closing quote, or the end of the line where there is none. */
function quoteEnd(line: string, open: number): number {
  for (let at = open + 1; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) return at
  }
  return line.length
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

function unquote(text: string): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, char: string | undefined) =>
    hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[char ?? ''] ?? char ?? ''),
  )
}
