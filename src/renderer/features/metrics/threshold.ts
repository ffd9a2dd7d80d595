// The expression of an alert without its comparison, so that a lane shows the value also while nothing fires.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { type Expr, parsePromQL } from '../../../shared/promql/index.ts'

export interface Split {
  readonly query: string
  readonly threshold: number | undefined
}

const COMPARES: ReadonlySet<string> = new Set(['>', '<', '>=', '<=', '==', '!='])

export function splitThreshold(query: string): Split {
  const whole = { query, threshold: undefined }
  const expr = parsed(query)
  if (expr?.kind !== 'binary' || expr.bool || !COMPARES.has(expr.op)) return whole
  const [left, right] = [numberOf(expr.left), numberOf(expr.right)]
  if ((left === undefined) === (right === undefined)) return whole
  const side = left === undefined ? expr.left : expr.right
  const inner = side.kind === 'paren' ? side.expr : side
  return { query: query.slice(inner.from, inner.to).trim(), threshold: left ?? right }
}

/** undefined for what only the server knows how to read */
function parsed(query: string): Expr | undefined {
  try {
    return parsePromQL(query)
  } catch (error) {
    if (error instanceof WatchdeckError) return undefined
    throw error
  }
}

function numberOf(expr: Expr): number | undefined {
  if (expr.kind === 'number') return expr.value
  if (expr.kind === 'paren') return numberOf(expr.expr)
  if (expr.kind !== 'unary') return undefined
  const value = numberOf(expr.expr)
  return value === undefined ? undefined : expr.op === '-' ? -value : value
}
