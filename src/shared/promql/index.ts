// PromQL over local series: parse, evaluate, and the shapes that sources and answers have.

export type { Expr, VectorSelector } from './ast.ts'
export { stripParens, walk } from './ast.ts'
export {
  DEFAULT_LOOKBACK_MS,
  evaluatePromQL,
  type EvaluateOptions,
  type EvaluateResult,
  type ResultSeries,
} from './evaluate.ts'
export { apiBuckets, bucketsOf, type NativeHistogram } from './histogram.ts'
export { compareLabels, Labels, METRIC_NAME } from './labels.ts'
export { fixedName, matchesAll, type Matcher, printSelector } from './matchers.ts'
export { parsePromQL } from './parse.ts'
export { FUNCTIONS, REFUSED } from './signatures.ts'
export { floatSeries, type RawSeries, type Selection, type SeriesSource } from './source.ts'
export { typeOf } from './check.ts'
export { formatPlain } from './literals.ts'
