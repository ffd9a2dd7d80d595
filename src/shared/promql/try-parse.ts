// Queries that somebody else may understand: a live server knows more than this parser.

import { WatchdeckError } from '../base/errors.ts'
import { type Expr, stripParens } from './ast.ts'
import { parsePromQL } from './parse.ts'

/** Without the parentheses around it; undefined for what this parser does not understand. */
export function tryParsePromQL(query: string): Expr | undefined {
  try {
    return stripParens(parsePromQL(query))
  } catch (error) {
    if (error instanceof WatchdeckError) return undefined
    throw error
  }
}
