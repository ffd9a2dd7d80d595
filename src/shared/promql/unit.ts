// The unit of what a PromQL query answers, from the units of its metrics: seconds stay seconds through a quantile, a rate
// of bytes is bytes per second, a quotient of equals is a ratio. '' where nothing certain can be said.

import type { Expr } from './ast.ts'
import { METRIC_NAME } from './labels.ts'
import { parsePromQL } from './parse.ts'

interface Unit {
  readonly base: string
  readonly rate: boolean
}
const NONE: Unit = { base: '', rate: false }
const RATIO: Unit = { base: 'ratio', rate: false }

/** A metric as the catalogue knows it; undefined for a name that is not there. */
export type MetricUnit = (name: string) => string | undefined

const SUFFIXES: ReadonlyArray<readonly [RegExp, string]> = [
  [/_milliseconds(_total)?$/, 'ms'],
  [/_seconds(_total)?$/, 's'],
  [/_[bB]ytes(_total)?$/, 'By'],
  [/_(ratio|utili[sz]ation|share)$/, 'ratio'],
  [/_percent$/, '%'],
]

/** `1` says only that there is no unit; whether a number is a share is told by its name. */
function unitOfName(name: string, known: MetricUnit): Unit {
  if (/_(bucket|count)$/.test(name)) return NONE
  const base = name.replace(/_sum$/, '')
  const told = known(base) ?? known(name)
  if (told !== undefined && told !== '' && told !== '1') return { base: told, rate: false }
  for (const [pattern, unit] of SUFFIXES) if (pattern.test(base)) return { base: unit, rate: false }
  return NONE
}

const nameOf = (expr: Expr): string | undefined =>
  expr.kind === 'selector' ? expr.matchers.find((m) => m.name === METRIC_NAME && m.op === '=')?.value : undefined

function histogramUnit(expr: Expr, known: MetricUnit): Unit {
  let found: Unit = NONE
  const visit = (e: Expr): void => {
    if (e.kind === 'selector') {
      const name = nameOf(e)
      if (name !== undefined) found = unitOfName(name.replace(/_bucket$/, ''), known)
    } else if (e.kind === 'matrix') visit(e.selector)
    else if (e.kind === 'call') e.args.forEach(visit)
    else if (e.kind === 'aggregate' || e.kind === 'paren' || e.kind === 'unary' || e.kind === 'subquery') visit(e.expr)
    else if (e.kind === 'binary') visit(e.left)
  }
  visit(expr)
  return found
}

const WITHOUT_UNIT = new Set([
  'absent',
  'absent_over_time',
  'count_over_time',
  'changes',
  'resets',
  'sgn',
  'histogram_count',
  'histogram_fraction',
  'ln',
  'log2',
  'log10',
  'exp',
  'stdvar_over_time',
])

function unitIn(expr: Expr, known: MetricUnit): Unit {
  switch (expr.kind) {
    case 'selector': {
      const name = nameOf(expr)
      return name === undefined ? NONE : unitOfName(name, known)
    }
    case 'matrix':
      return unitIn(expr.selector, known)
    case 'paren':
    case 'unary':
    case 'subquery':
      return unitIn(expr.expr, known)
    case 'aggregate':
      return ['count', 'group', 'count_values', 'stdvar'].includes(expr.op) ? NONE : unitIn(expr.expr, known)
    case 'call': {
      const { name, args } = expr
      if (WITHOUT_UNIT.has(name)) return NONE
      if (name.startsWith('histogram_')) return histogramUnit(args.at(-1) ?? expr, known)
      const inner = args.find((a) => a.kind !== 'number' && a.kind !== 'string')
      if (!inner || inner === expr) return NONE
      const unit = unitIn(inner, known)
      return name === 'rate' || name === 'irate' || name === 'deriv' ? { ...unit, rate: true } : unit
    }
    case 'binary': {
      const left = unitIn(expr.left, known)
      const right = unitIn(expr.right, known)
      if (['==', '!=', '>', '<', '>=', '<='].includes(expr.op)) return expr.bool ? NONE : left
      if (['and', 'or', 'unless', '+', '-'].includes(expr.op)) return expr.left.kind === 'number' ? right : left
      if (expr.op === '/') {
        if (expr.right.kind === 'number' || expr.left.kind === 'number') return NONE
        if (left.base === right.base && left.rate === right.rate) return RATIO
        if (right.base === '' && left.rate === right.rate) return { base: left.base, rate: false }
      }
      if (expr.op === '*' && left.base === 'ratio' && expr.right.kind === 'number' && expr.right.value === 100)
        return { base: '%', rate: false }
      return NONE
    }
    default:
      return NONE
  }
}

/** As lib/format.ts spells units. A rate of seconds (busy time per time) is a share. */
export function unitOfQuery(query: string, known: MetricUnit): string {
  let unit: Unit
  try {
    unit = unitIn(parsePromQL(query), known)
  } catch {
    // the engine says what is wrong with the query; here it has no unit
    return ''
  }
  if (!unit.rate) return unit.base
  if (unit.base === 's') return 'ratio'
  return unit.base === 'By' ? 'By/s' : unit.base === '' ? '1/s' : ''
}
