// Which samples an expression needs: every selector with the span of time over all its steps.

import type { At, Expr, MatrixSelector, Subquery, VectorSelector } from './ast.ts'
import { stripParens, childrenOf } from './ast.ts'

export interface Bounds {
  /** first and last evaluation time of the whole query, epoch milliseconds: what `@ start()` and `@ end()` mean */
  readonly start: number
  readonly end: number
  readonly lookback: number
  /** interval of a subquery that names none */
  readonly subqueryStep: number
}

export function resolveAt(at: At | undefined, bounds: Bounds): number | undefined {
  return at === 'start' ? bounds.start : at === 'end' ? bounds.end : at
}

/** Times at which a subquery evaluates its expression so that windows ending in [first, last] are covered: the multiples of its step. */
export function subqueryTimes(node: Subquery, first: number, last: number, bounds: Bounds): Float64Array {
  const step = node.step || bounds.subqueryStep
  const after = first - node.offset - node.range
  const begin = (Math.floor(after / step) + 1) * step
  const count = Math.max(0, Math.floor((last - node.offset - begin) / step) + 1)
  return Float64Array.from({ length: count }, (_, i) => begin + i * step)
}

export interface Need {
  readonly selector: VectorSelector
  after: number
  until: number
  /** only rate, increase or irate look at it: a source may turn deltas into a running total */
  counter: boolean
  /** only counts and sums of its native histograms are wanted */
  statistics: boolean
}

const COUNTER_FUNCTIONS: ReadonlySet<string> = new Set(['rate', 'increase', 'irate'])
const STATISTICS: ReadonlySet<string> = new Set(['histogram_count', 'histogram_sum', 'histogram_avg'])
const WHOLE_HISTOGRAMS: ReadonlySet<string> = new Set([
  'histogram_quantile',
  'histogram_quantiles',
  'histogram_fraction',
])

/** What the functions around an expression want of it. */
interface Wanted {
  readonly counter: boolean
  readonly statistics: boolean
  /** the functions around want buckets, whatever is between */
  readonly buckets: boolean
}
const ANYTHING: Wanted = { counter: false, statistics: false, buckets: false }

function wantedBelow(expr: Expr, above: Wanted): Wanted {
  if (expr.kind === 'paren') return above
  if (expr.kind !== 'call') return { ...above, counter: false }
  return {
    counter: COUNTER_FUNCTIONS.has(expr.name),
    statistics: above.statistics || STATISTICS.has(expr.name),
    buckets: above.buckets || WHOLE_HISTOGRAMS.has(expr.name),
  }
}

export function needsOf(root: Expr, bounds: Bounds): Map<VectorSelector, Need> {
  const needs = new Map<VectorSelector, Need>()
  const selector = (node: VectorSelector, first: number, last: number, range: number, wanted: Wanted) => {
    const at = resolveAt(node.at, bounds)
    const need = {
      selector: node,
      after: (at ?? first) - node.offset - range,
      until: (at ?? last) - node.offset,
      counter: wanted.counter,
      statistics: wanted.statistics && !wanted.buckets,
    }
    needs.set(node, need)
  }
  const visit = (expr: Expr, first: number, last: number, wanted: Wanted): void => {
    if (expr.kind === 'selector') selector(expr, first, last, bounds.lookback, { ...wanted, counter: false })
    else if (expr.kind === 'matrix') selector(expr.selector, first, last, expr.range, wanted)
    else if (expr.kind === 'subquery') {
      const at = resolveAt(expr.at, bounds)
      const times = subqueryTimes(expr, at ?? first, at ?? last, bounds)
      const inner = { ...ANYTHING, buckets: true }
      if (times.length > 0) visit(expr.expr, times[0] as number, times.at(-1) as number, inner)
    } else for (const child of childrenOf(expr)) visit(child, first, last, wantedBelow(expr, wanted))
  }
  visit(root, bounds.start, bounds.end, ANYTHING)
  return needs
}

/** Functions whose answer depends on the time of evaluation beyond their arguments. */
const TIME_BOUND: ReadonlySet<string> = new Set(
  'time timestamp predict_linear days_in_month day_of_month day_of_week day_of_year hour minute month year'.split(' '),
)

/** Whether every step gives the same answer, because every selector under it is fixed by @. */
export function isInvariant(expr: Expr): boolean {
  switch (expr.kind) {
    case 'selector':
      return expr.at !== undefined
    case 'matrix':
      return expr.selector.at !== undefined
    case 'subquery':
      return expr.at !== undefined
    case 'call':
      return !TIME_BOUND.has(expr.name) && expr.args.every(isInvariant)
    default:
      return childrenOf(expr).every(isInvariant)
  }
}

/** A range argument: a selector with a range, or a subquery. */
export function rangeArgument(expr: Expr): MatrixSelector | Subquery | undefined {
  const inner = stripParens(expr)
  return inner.kind === 'matrix' || inner.kind === 'subquery' ? inner : undefined
}
