// What a query that is legal and yet hardly meant says about itself, and what to write instead. Prometheus notes some of it
// in its own words, which stay as they are; these are sentences beside them, for its answers and ours alike.

import { type Aggregate, type Expr, type VectorSelector, walk } from './ast.ts'
import { fixedName } from './matchers.ts'
import { parsePromQL } from './parse.ts'

export interface Told {
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  readonly empty: boolean
}

/** Sentences, each once; none for a query that only another evaluator understands. */
export function hintsOf(query: string, told: Told, grid: { step: number; range: number }): string[] {
  let root: Expr
  try {
    root = parsePromQL(query, grid)
  } catch {
    return []
  }
  const hints = new Set<string>()
  const noBuckets = told.empty || told.warnings.some((warning) => warning.includes('bucket label "le" is missing'))
  walk(root, (expr) => {
    if (expr.kind !== 'call') return
    if (expr.name === 'histogram_quantile' || expr.name === 'histogram_quantiles')
      for (const hint of quantileHints(expr.args, noBuckets)) hints.add(hint)
  })
  for (const info of told.infos) {
    const name = /metric might not be a counter.*: "(.+?)"/.exec(info)?.[1]
    if (name !== undefined)
      hints.add(
        `rate and increase are for counters, which only grow: a gauge such as ${name} is told by deriv(${name}[5m]), delta(${name}[5m]) or avg_over_time(${name}[5m]).`,
      )
  }
  for (const warning of told.warnings) {
    const q = Number(/quantile value should be between 0 and 1, got (\S+)/.exec(warning)?.[1])
    if (q > 1 && q <= 100) hints.add(`A quantile is a share: write ${q / 100} for the ${q}th percentile.`)
  }
  return [...hints]
}

function quantileHints(args: readonly Expr[], noBuckets: boolean): string[] {
  const out: string[] = []
  for (const arg of args) {
    const lost: Aggregate[] = []
    let inCall = false
    const selectors: VectorSelector[] = []
    walk(arg, (expr) => {
      if (expr.kind === 'aggregate' && losesLe(expr)) lost.push(expr)
      if (expr.kind === 'call') inCall = true
      if (expr.kind === 'selector') selectors.push(expr)
    })
    const buckets = selectors.map(nameOf).filter((name) => name.endsWith('_bucket'))
    if (lost.length > 0 && buckets.length > 0)
      out.push(
        `The aggregation drops the label le, which histogram_quantile needs: keep it, sum by (le) (rate(${buckets[0]}[5m])).`,
      )
    else if (buckets.length > 0 && !inCall)
      out.push(
        `Buckets count since the program started: for the quantile of recent requests take rate(${buckets[0]}[5m]).`,
      )
    const bare = selectors.map(nameOf).find((name) => name !== '' && !name.endsWith('_bucket'))
    if (noBuckets && bare !== undefined)
      out.push(
        `histogram_quantile works on buckets, and ${bare} has no label le: use rate(${bare.replace(/_(sum|count|total)$/, '')}_bucket[5m]), unless it is a native histogram.`,
      )
  }
  return out
}

const losesLe = ({ grouping }: Aggregate): boolean =>
  grouping.without ? grouping.labels.includes('le') : !grouping.labels.includes('le')

const nameOf = (selector: VectorSelector): string => fixedName(selector.matchers) ?? ''
