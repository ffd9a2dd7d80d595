// PromQL over local series: parse, evaluate, and the shapes that sources and answers have.

export type { Expr, VectorSelector } from './ast.ts'
export { stripParens, walk } from './ast.ts'
export { evaluatePromQL } from './evaluate.ts'
export type { EvaluateOptions, EvaluateResult, ResultSeries } from './answer.ts'
export { apiBuckets, type NativeHistogram } from './histogram.ts'
export { Labels, METRIC_NAME } from './labels.ts'
export { fixedName, matchesAll, type Matcher, printSelector } from './matchers.ts'
export { parsePromQL } from './parse.ts'
export type { RawSeries, Selection, SeriesSource } from './source.ts'
export { typeOf } from './check.ts'
export { formatPlain } from './literals.ts'
export { type MetricUnit, unitOfQuery } from './unit.ts'
