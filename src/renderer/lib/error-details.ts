// What a bug report needs of a failure and nothing of the incident: no values of the address, no text that may quote data, no
// folders of this machine. A message is taken only where its words are known to be the program's own.

import { WatchdeckError } from '../../shared/base/errors.ts'

/** Messages of the JavaScript engines and of React that name no data. What follows the named part is left out. */
const PLAIN: readonly RegExp[] = [
  /^Cannot (?:read|set) properties of (?:undefined|null)/,
  /^[\w$.]{1,60} is not (?:a function|a constructor|defined|iterable)/,
  /^Maximum call stack size exceeded/,
  /^Invalid (?:array|typed array|string) length/,
  /^Minified React error #\d+/,
  /^(?:Rendered|Should have a queue|Too many re-renders)[\w .'’]*/,
  /^Failed to fetch dynamically imported module/,
  /^Importing a module script failed/,
  /^assertion failed: [a-z ]{1,80}/,
]

const LEFT_OUT = '(message left out: it may quote data)'

/** Never the text of an expected failure: it speaks of services, queries and files. Its code says what kind it is. */
function messageOf(error: Error): string {
  if (error instanceof WatchdeckError) return `${error.code}${error.messageKey ? `, ${error.messageKey}` : ''}`
  for (const pattern of PLAIN) {
    const found = pattern.exec(error.message)
    if (found) return found[0]
  }
  return LEFT_OUT
}

const FRAME =
  /^\s*(?:at\s+)?([\w$.<>[\] ]{0,80}?)\s*[@(]?(?:[a-z+.-]+:)?\/\/?[^\s()?]*?([\w.-]+\.(?:m?js|tsx?))(?:\?[^\s():]*)?:(\d+):(\d+)\)?\s*$/i

/** Frames alone, each with the file's own name: `at render (index-4fa2.js:1:2345)`. */
function framesOf(stack: string): string[] {
  const frames: string[] = []
  for (const line of stack.split('\n')) {
    const at = FRAME.exec(line)
    if (!at) continue
    const [, called = '', file, row, column] = at
    frames.push(`  at ${called === '' ? '' : `${called} `}${file}:${row}:${column}`)
    if (frames.length === 30) break
  }
  return frames
}

/** Which view and which of its parameters were given; none of their values, nothing of the path behind the view. */
function placeOf(hash: string): string {
  const text = hash.replace(/^#\/?/, '')
  const cut = text.indexOf('?')
  const [view = '', ...path] = (cut < 0 ? text : text.slice(0, cut)).split('/')
  const names = [...new Set(cut < 0 ? [] : [...new URLSearchParams(text.slice(cut + 1)).keys()])]
  const known = (name: string): string => (/^[a-zA-Z]{1,24}$/.test(name) ? name : '?')
  return [
    `view ${known(view)}`,
    ...(path.length > 0 ? [`${path.length} more in its path`] : []),
    ...(names.length > 0 ? [`with ${names.map(known).join(', ')}`] : []),
  ].join(', ')
}

export function errorDetails(
  error: Error,
  where: { hash: string; agent: string; program: string | undefined },
  componentStack = '',
): string {
  const known = /^[A-Z]\w{1,40}$/.test(error.name) ? error.name : 'Error'
  const parts = [
    `${known}: ${messageOf(error)}`,
    // an expected failure was made on the way, not where it is told
    ...(error instanceof WatchdeckError ? [] : framesOf((error.stack ?? '').replace(error.message, ''))),
  ]
  const components = framesOf(componentStack)
  if (components.length > 0) parts.push('components:', ...components)
  parts.push(placeOf(where.hash), `program ${where.program ?? 'unknown'}`, where.agent)
  return parts.join('\n')
}
