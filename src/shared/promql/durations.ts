// Duration expressions of ranges and offsets: `[5m + 30s]`, `offset (1m * 2)`, `[step()]`.

import type { SyntaxNode } from '@lezer/common'
import { numberOf } from './literals.ts'
import { queryError } from './parse-error.ts'

/** What duration expressions may refer to: the step and the length of the query in milliseconds. */
export interface QueryGrid {
  readonly step: number
  readonly range: number
}

export function childrenOfNode(node: SyntaxNode): SyntaxNode[] {
  const out: SyntaxNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'LineComment') out.push(child)
  return out
}

export function positiveMs(text: string, node: SyntaxNode, grid: QueryGrid): number {
  const ms = expressionMs(text, node, grid)
  if (ms <= 0) throw queryError(text, node.from, node.to, 'duration must be greater than 0')
  return ms
}

export function expressionMs(text: string, node: SyntaxNode, grid: QueryGrid): number {
  const seconds = secondsOf(text, node, grid)
  if (!Number.isFinite(seconds)) throw queryError(text, node.from, node.to, 'duration out of range')
  return Math.round(seconds * 1000)
}

function secondsOf(text: string, node: SyntaxNode, grid: QueryGrid): number {
  const [first, second, third] = childrenOfNode(node)
  const written = text.slice(node.from, node.to)
  const inner = (child: SyntaxNode | undefined) => secondsOf(text, child as SyntaxNode, grid)
  if (node.name === 'NumberDurationLiteralInDurationContext' || !first) {
    const value = numberOf(written)
    if (value === undefined) throw queryError(text, node.from, node.to, `not a duration: ${JSON.stringify(written)}`)
    return value
  }
  switch (first.name) {
    case 'DurationStep':
      return grid.step / 1000
    case 'DurationRange':
      return grid.range / 1000
    case 'DurationMinOf':
      return Math.min(inner(second), inner(third))
    case 'DurationMaxOf':
      return Math.max(inner(second), inner(third))
    case 'UnaryOp':
      return (text.slice(first.from, first.to) === '-' ? -1 : 1) * inner(second)
  }
  const left = inner(first)
  if (!second) return left
  const right = inner(third)
  switch (text.slice(second.from, second.to)) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '^':
      return left ** right
    case '%':
    case '/':
      if (right === 0) throw queryError(text, node.from, node.to, 'division by zero')
      return text.slice(second.from, second.to) === '/' ? left / right : left % right
  }
  throw queryError(text, node.from, node.to, `not a duration: ${JSON.stringify(written)}`)
}
