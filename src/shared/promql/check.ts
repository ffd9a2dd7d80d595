// Types of expressions: every operator and function is given what it takes, or the query is refused with its place.

import { isComparison, isSetOp, stripParens, type Expr, type ValueType } from './ast.ts'
import { queryError } from './parse-error.ts'
import { AGGREGATION_PARAMS, FUNCTIONS, type Signature } from './signatures.ts'

const WORDS: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
}

export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'selector':
    case 'aggregate':
      return 'vector'
    case 'matrix':
    case 'subquery':
      return 'matrix'
    case 'call':
      return FUNCTIONS.get(expr.name)?.returns ?? 'vector'
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector'
    case 'unary':
    case 'paren':
      return typeOf(expr.expr)
  }
}

/** Answers with the expression itself. */
export function checkTypes(text: string, expr: Expr): Expr {
  check(text, expr)
  return expr
}

function expect(text: string, expr: Expr, wanted: ValueType, where: string): void {
  check(text, expr)
  const found = typeOf(expr)
  if (found !== wanted)
    throw queryError(text, expr.from, expr.to, `expected type ${WORDS[wanted]} in ${where}, got ${WORDS[found]}`)
}

function check(text: string, expr: Expr): void {
  switch (expr.kind) {
    case 'paren':
      return check(text, expr.expr)
    case 'unary': {
      check(text, expr.expr)
      const type = typeOf(expr.expr)
      if (type !== 'scalar' && type !== 'vector')
        throw queryError(
          text,
          expr.from,
          expr.to,
          `unary expression only allowed on expressions of type scalar or instant vector, got ${JSON.stringify(WORDS[type])}`,
        )
      return
    }
    case 'subquery': {
      check(text, expr.expr)
      const type = typeOf(expr.expr)
      if (type !== 'vector')
        throw queryError(text, expr.from, expr.to, `subquery is only allowed on instant vector, got ${type} instead`)
      return
    }
    case 'aggregate': {
      expect(text, expr.expr, 'vector', 'aggregation expression')
      const param = AGGREGATION_PARAMS.get(expr.op)
      if (param !== undefined && expr.param) expect(text, expr.param, param, 'aggregation parameter')
      return
    }
    case 'call': {
      const signature = FUNCTIONS.get(expr.name) as Signature
      const { args, optional } = signature
      const least = optional < 0 ? args.length - 1 : args.length - optional
      const tooMany = optional >= 0 && expr.args.length > args.length
      if (expr.args.length < least || tooMany) {
        const bound = optional === 0 ? '' : expr.args.length < least ? 'at least ' : 'at most '
        throw queryError(
          text,
          expr.from,
          expr.to,
          `expected ${bound}${expr.args.length < least ? least : args.length} argument(s) in call to ${JSON.stringify(expr.name)}, got ${expr.args.length}`,
        )
      }
      expr.args.forEach((arg, i) =>
        expect(
          text,
          arg,
          args[Math.min(i, args.length - 1)] as ValueType,
          `call to function ${JSON.stringify(expr.name)}`,
        ),
      )
      return
    }
    case 'binary':
      return checkBinary(text, expr)
    case 'matrix':
    case 'number':
    case 'string':
    case 'selector':
  }
}

function checkBinary(text: string, expr: Extract<Expr, { kind: 'binary' }>): void {
  check(text, expr.left)
  check(text, expr.right)
  const left = typeOf(expr.left)
  const right = typeOf(expr.right)
  for (const [side, type] of [
    [expr.left, left],
    [expr.right, right],
  ] as const)
    if (type !== 'scalar' && type !== 'vector')
      throw queryError(text, side.from, side.to, 'binary expression must contain only scalar and instant vector types')
  const scalars = left === 'scalar' && right === 'scalar'
  if (expr.bool && !isComparison(expr.op))
    throw queryError(text, expr.from, expr.to, 'bool modifier can only be used on comparison operators')
  if (isComparison(expr.op) && !expr.bool && scalars)
    throw queryError(text, expr.from, expr.to, 'comparisons between scalars must use BOOL modifier')
  if (isSetOp(expr.op) && (left === 'scalar' || right === 'scalar'))
    throw queryError(
      text,
      expr.from,
      expr.to,
      `set operator ${JSON.stringify(expr.op)} not allowed in binary scalar expression`,
    )
  if ((left === 'scalar' || right === 'scalar') && (expr.matching.on || expr.matching.labels.length > 0))
    throw queryError(text, expr.from, expr.to, 'vector matching only allowed between instant vectors')
  if (
    (left === 'scalar' || right === 'scalar') &&
    (expr.matching.fillLeft !== undefined || expr.matching.fillRight !== undefined)
  )
    throw queryError(text, expr.from, expr.to, 'filling in missing series only allowed between instant vectors')
  if (scalars && (expr.op === '</' || expr.op === '>/'))
    throw queryError(
      text,
      stripParens(expr).from,
      expr.to,
      `operator ${JSON.stringify(expr.op)} not allowed for Scalar operations`,
    )
}
