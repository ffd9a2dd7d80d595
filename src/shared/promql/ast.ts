// The typed tree of a PromQL expression. Positions are UTF-16 offsets into the query text; times are milliseconds.

import type { Matcher } from './matchers.ts'

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string'

interface Span {
  readonly from: number
  readonly to: number
}

/** `@ 123`, `@ start()`, `@ end()` */
export type At = number | 'start' | 'end'

interface Timed {
  /** milliseconds; positive looks back */
  readonly offset: number
  readonly at: At | undefined
}

export interface NumberLiteral extends Span {
  readonly kind: 'number'
  readonly value: number
}
export interface StringLiteral extends Span {
  readonly kind: 'string'
  readonly value: string
}
export interface VectorSelector extends Span, Timed {
  readonly kind: 'selector'
  readonly matchers: readonly Matcher[]
}
export interface MatrixSelector extends Span {
  readonly kind: 'matrix'
  readonly selector: VectorSelector
  readonly range: number
}
export interface Subquery extends Span, Timed {
  readonly kind: 'subquery'
  readonly expr: Expr
  readonly range: number
  /** 0: the default interval */
  readonly step: number
}
export interface Call extends Span {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Expr[]
}
export interface Grouping {
  readonly without: boolean
  readonly labels: readonly string[]
}
export interface Aggregate extends Span {
  readonly kind: 'aggregate'
  readonly op: string
  readonly grouping: Grouping
  readonly param: Expr | undefined
  readonly expr: Expr
}
export interface Matching {
  readonly on: boolean
  readonly labels: readonly string[]
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many'
  readonly include: readonly string[]
  /** values that stand in for a missing side */
  readonly fillLeft: number | undefined
  readonly fillRight: number | undefined
}
export interface Binary extends Span {
  readonly kind: 'binary'
  readonly op: BinaryOp
  readonly bool: boolean
  readonly matching: Matching
  readonly left: Expr
  readonly right: Expr
}
export interface Unary extends Span {
  readonly kind: 'unary'
  readonly op: '+' | '-'
  readonly expr: Expr
}
export interface Paren extends Span {
  readonly kind: 'paren'
  readonly expr: Expr
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2'
export type ComparisonOp = '==' | '!=' | '>' | '<' | '>=' | '<='
export type TrimOp = '</' | '>/'
export type SetOp = 'and' | 'or' | 'unless'
export type BinaryOp = ArithmeticOp | ComparisonOp | TrimOp | SetOp

const COMPARISONS: ReadonlySet<string> = new Set<ComparisonOp>(['==', '!=', '>', '<', '>=', '<='])
const SETS: ReadonlySet<string> = new Set<SetOp>(['and', 'or', 'unless'])
export const isComparison = (op: string): op is ComparisonOp => COMPARISONS.has(op)
export const isSetOp = (op: string): op is SetOp => SETS.has(op)

export function stripParens(expr: Expr): Expr {
  let inner = expr
  while (inner.kind === 'paren') inner = inner.expr
  return inner
}

/** Calls `visit` for an expression and everything under it. */
export function walk(expr: Expr, visit: (expr: Expr) => void): void {
  visit(expr)
  for (const child of childrenOf(expr)) walk(child, visit)
}

export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return []
    case 'matrix':
      return [expr.selector]
    case 'call':
      return expr.args
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr]
    case 'binary':
      return [expr.left, expr.right]
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr]
  }
}
