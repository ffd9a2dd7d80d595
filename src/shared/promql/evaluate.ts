// The evaluator's door: a query's text, a source and a grid of steps in; series, warnings and infos out.

import type { EvaluateOptions, EvaluateResult } from './answer.ts'
import { typeOf } from './check.ts'
import { wholeQueryError } from './parse-error.ts'
import { parsePromQL } from './parse.ts'
import type { Bounds } from './plan.ts'
import { Run } from './run.ts'

const DEFAULT_LOOKBACK_MS = 300_000
const DEFAULT_SUBQUERY_STEP_MS = 60_000

/**
 * @throws WatchdeckError `invalid_input` for a query that does not parse or cannot be answered (with Prometheus's words),
 * `unsupported` for what is not there, `limit_exceeded`, `cancelled`
 */
export async function evaluatePromQL(query: string, options: EvaluateOptions): Promise<EvaluateResult> {
  const instant = options.step === undefined
  const start = instant ? options.end : options.start
  const expr = parsePromQL(query, { step: options.step ?? 0, range: options.end - start })
  const type = typeOf(expr)
  if (!instant && type !== 'scalar' && type !== 'vector')
    throw wholeQueryError(
      `invalid expression type "${type === 'matrix' ? 'range vector' : 'string'}" for range query, must be Scalar or instant Vector`,
    )
  const count = instant ? 1 : Math.max(0, Math.floor((options.end - start) / (options.step as number)) + 1)
  const times = Float64Array.from({ length: count }, (_, i) => start + i * (options.step ?? 0))
  const bounds: Bounds = {
    start,
    end: options.end,
    lookback: options.lookback ?? DEFAULT_LOOKBACK_MS,
    subqueryStep: options.subqueryStep ?? DEFAULT_SUBQUERY_STEP_MS,
  }
  const run = new Run(query, bounds, options)
  await run.fetch(expr)
  return {
    type: instant ? type : 'matrix',
    ...(await run.answer(expr, times, instant)),
    warnings: run.notes.warnings,
    infos: run.notes.infos,
  }
}
