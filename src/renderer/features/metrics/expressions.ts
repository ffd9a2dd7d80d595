// Lanes are lettered, and a query may speak of another lane by its letter: `A / B`. What goes to the engine, to a pin or to
// the clipboard is the whole expression. A metric that is called like a lane is meant with braces: `A{}`.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { fixedName, parsePromQL, walk } from '../../../shared/promql/index.ts'

/** A to Z; lanes behind have none. */
export const letterOf = (index: number): string | undefined =>
  index < 26 ? String.fromCharCode(65 + index) : undefined

export type Expanded =
  | { readonly query: string; readonly circle?: undefined }
  /** letters that lead back to where they began: `A, B, A` */
  | { readonly query: string; readonly circle: string }

export function expand(index: number, queries: readonly string[]): Expanded {
  const own = queries[index] ?? ''
  try {
    return { query: expanded(own, queries, [letterOf(index) ?? '']) }
  } catch (error) {
    if (error instanceof Circle) return { query: own, circle: error.path }
    throw error
  }
}

class Circle extends Error {
  readonly path: string
  constructor(path: string) {
    super(`lanes in a circle: ${path}`)
    this.path = path
  }
}

function expanded(query: string, queries: readonly string[], path: readonly string[]): string {
  let out = query
  for (const { from, to, index } of mentions(query, queries.length).reverse()) {
    const letter = letterOf(index) as string
    if (path.includes(letter)) throw new Circle([...path, letter].join(', '))
    const inner = expanded(queries[index] ?? '', queries, [...path, letter])
    if (inner.trim() !== '') out = `${out.slice(0, from)}(${inner.trim()})${out.slice(to)}`
  }
  return out
}

/** The queries with their letters following lanes to new places (`to` of an index); a lane that goes is written out. */
export const followed = (queries: readonly string[], to: (index: number) => number | undefined): string[] =>
  queries.map((query) => {
    let out = query
    for (const { from, to: end, index } of mentions(query, queries.length).reverse()) {
      const place = to(index)
      const text = (place === undefined ? undefined : letterOf(place)) ?? `(${expand(index, queries).query})`
      out = out.slice(0, from) + text + out.slice(end)
    }
    return out
  })

/** Bare names of other lanes, in the order of the text. */
function mentions(query: string, count: number): Array<{ from: number; to: number; index: number }> {
  if (!/\b[A-Z]\b/.test(query)) return []
  const found: Array<{ from: number; to: number; index: number }> = []
  try {
    walk(parsePromQL(query), (node) => {
      if (node.kind !== 'selector' || node.matchers.length !== 1) return
      const name = fixedName(node.matchers)
      const text = query.slice(node.from, node.to).trim()
      if (name === undefined || text !== name || !/^[A-Z]$/.test(name)) return
      const index = name.charCodeAt(0) - 65
      if (index < count) found.push({ from: node.from, to: node.from + name.length, index })
    })
  } catch (error) {
    // half typed, or a language of the server's own
    if (error instanceof WatchdeckError) return []
    throw error
  }
  return found.sort((a, b) => a.from - b.from)
}
