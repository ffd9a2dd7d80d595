// A query as a form: metric, conditions on labels, a function over a window, an aggregation. What fits the form can be read
// back from its text; anything else is left to the editor.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { type Expr, fixedName, type Matcher, parsePromQL, stripParens } from '../../../shared/promql/index.ts'
import { labelText, selectorText } from './selector.ts'

export const FUNCTIONS = [
  '',
  'rate',
  'increase',
  'irate',
  'delta',
  'avg_over_time',
  'max_over_time',
  'min_over_time',
] as const
export const AGGREGATES = ['', 'sum', 'avg', 'max', 'min', 'count', 'p50', 'p95', 'p99'] as const
export const WINDOWS = ['1m', '2m', '5m', '10m', '30m', '1h'] as const
export const OPERATORS = ['=', '!=', '=~', '!~'] as const

export interface Built {
  readonly metric: string
  readonly matchers: ReadonlyArray<{ readonly name: string; readonly op: Matcher['op']; readonly value: string }>
  readonly fn: (typeof FUNCTIONS)[number]
  readonly window: string
  readonly aggregate: (typeof AGGREGATES)[number]
  readonly by: readonly string[]
}

export const EMPTY_QUERY: Built = { metric: '', matchers: [], fn: '', window: '2m', aggregate: '', by: [] }

const QUANTILES: Readonly<Record<string, string>> = { p50: '0.5', p95: '0.95', p99: '0.99' }

export function compose({ metric, matchers, fn, window, aggregate, by }: Built): string {
  if (metric === '') return ''
  const whole = matchers.filter(({ name }) => name !== '')
  const selector = selectorText(metric, whole)
  const inner = fn === '' ? selector : `${fn}(${selector}[${window}])`
  if (aggregate === '') return inner
  const quantile = QUANTILES[aggregate]
  if (quantile !== undefined) {
    const classic = metric.endsWith('_bucket')
    const kept = classic ? [...new Set(['le', ...by])] : by
    return `histogram_quantile(${quantile}, sum${kept.length === 0 ? '' : ` by (${kept.map(labelText).join(', ')})`} (${inner}))`
  }
  return `${aggregate}${by.length === 0 ? '' : ` by (${by.map(labelText).join(', ')})`} (${inner})`
}

/** Undefined for what the form cannot say. */
export function readBuilt(query: string): Built | undefined {
  if (query.trim() === '') return EMPTY_QUERY
  let expr: Expr
  try {
    expr = stripParens(parsePromQL(query))
  } catch (error) {
    if (error instanceof WatchdeckError) return undefined
    throw error
  }
  const built = fromExpr(expr, query)
  // only what comes out as it went in, but for spaces
  return built && squeezed(compose(built)) === squeezed(query) ? built : undefined
}

const squeezed = (text: string): string => text.replace(/\s+/g, '')

function fromExpr(expr: Expr, query: string): Built | undefined {
  if (expr.kind === 'aggregate') {
    const aggregate = AGGREGATES.find((each) => each === expr.op)
    const inner = expr.grouping.without || expr.param ? undefined : fromExpr(stripParens(expr.expr), query)
    return aggregate && inner?.aggregate === '' ? { ...inner, aggregate, by: expr.grouping.labels } : undefined
  }
  if (expr.kind === 'call' && expr.name === 'histogram_quantile') {
    const [share, of] = expr.args
    const aggregate = AGGREGATES.find((each) => share?.kind === 'number' && QUANTILES[each] === String(share.value))
    const inner = of && fromExpr(stripParens(of), query)
    return aggregate && inner?.aggregate === 'sum'
      ? { ...inner, aggregate, by: inner.by.filter((label) => label !== 'le') }
      : undefined
  }
  if (expr.kind === 'call') {
    const fn = FUNCTIONS.find((each) => each === expr.name)
    const [of] = expr.args
    if (!fn || expr.args.length !== 1 || of?.kind !== 'matrix') return undefined
    const inner = fromExpr(of.selector, query)
    const window = /\[([^\]]+)\]\s*$/.exec(query.slice(of.from, of.to))?.[1]
    return inner && window !== undefined ? { ...inner, fn, window } : undefined
  }
  if (expr.kind !== 'selector' || expr.offset !== 0 || expr.at !== undefined) return undefined
  const metric = fixedName(expr.matchers)
  if (metric === undefined) return undefined
  return { ...EMPTY_QUERY, metric, matchers: expr.matchers.filter(({ name }) => name !== '__name__') }
}
