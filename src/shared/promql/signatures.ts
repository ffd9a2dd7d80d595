// The functions and aggregations that exist here: their argument types, and by name those of Prometheus that do not.

import type { ValueType } from './ast.ts'

export interface Signature {
  readonly args: readonly ValueType[]
  /** how many arguments at the end may be left out; -1: the last may repeat */
  readonly optional: number
  readonly returns: ValueType
}

const sig = (args: readonly ValueType[], returns: ValueType = 'vector', optional = 0): Signature => ({
  args,
  optional,
  returns,
})

const signatures = new Map<string, Signature>()
const add = (names: string, signature: Signature) => {
  for (const name of names.split(' ')) signatures.set(name, signature)
}

add('abs absent ceil exp floor ln log10 log2 sqrt sgn deg rad sort sort_desc timestamp', sig(['vector']))
add('sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh', sig(['vector']))
add('histogram_count histogram_sum histogram_avg histogram_stddev histogram_stdvar', sig(['vector']))
add('days_in_month day_of_month day_of_week day_of_year hour minute month year', sig(['vector'], 'vector', 1))
add('rate increase irate delta idelta deriv changes resets', sig(['matrix']))
add(
  'avg_over_time min_over_time max_over_time sum_over_time count_over_time stddev_over_time stdvar_over_time',
  sig(['matrix']),
)
add('last_over_time first_over_time present_over_time absent_over_time mad_over_time', sig(['matrix']))
add('ts_of_min_over_time ts_of_max_over_time ts_of_first_over_time ts_of_last_over_time', sig(['matrix']))
add('quantile_over_time', sig(['scalar', 'matrix']))
add('predict_linear', sig(['matrix', 'scalar']))
add('double_exponential_smoothing', sig(['matrix', 'scalar', 'scalar']))
add('clamp', sig(['vector', 'scalar', 'scalar']))
add('clamp_min clamp_max', sig(['vector', 'scalar']))
add('round', sig(['vector', 'scalar'], 'vector', 1))
add('histogram_quantile', sig(['scalar', 'vector']))
add('histogram_quantiles', sig(['vector', 'string', 'scalar', 'scalar'], 'vector', -1))
add('histogram_fraction', sig(['scalar', 'scalar', 'vector']))
add('label_replace', sig(['vector', 'string', 'string', 'string', 'string']))
add('label_join', sig(['vector', 'string', 'string', 'string'], 'vector', -1))
add('sort_by_label sort_by_label_desc', sig(['vector', 'string'], 'vector', -1))
add('scalar', sig(['vector'], 'scalar'))
add('vector', sig(['scalar']))
add('time pi', sig([], 'scalar'))

export const FUNCTIONS: ReadonlyMap<string, Signature> = signatures

/** Why a name of Prometheus is refused here. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  ['info', 'info() joins metadata of a live server'],
  ['start_timestamp', 'start_timestamp() needs start timestamps, which are not kept with local samples of all kinds'],
  ['start', 'start() as a function is experimental'],
  ['end', 'end() as a function is experimental'],
  ['step', 'step() as a function is experimental'],
  ['range', 'range() as a function is experimental'],
  ['max_of', 'max_of() is experimental'],
  ['min_of', 'min_of() is experimental'],
  ['limit_ratio', "limit_ratio picks series by Prometheus's internal hash of labels"],
  ['holt_winters', 'holt_winters was renamed in Prometheus 3: use double_exponential_smoothing'],
  ['</', 'trimming native histograms is experimental'],
  ['>/', 'trimming native histograms is experimental'],
  ['anchored', 'the anchored modifier is experimental'],
  ['smoothed', 'the smoothed modifier is experimental'],
])

export const AGGREGATIONS: ReadonlySet<string> = new Set(
  'sum avg min max count group stddev stdvar topk bottomk limitk quantile count_values'.split(' '),
)

export const AGGREGATION_PARAMS: ReadonlyMap<string, ValueType> = new Map<string, ValueType>([
  ['topk', 'scalar'],
  ['bottomk', 'scalar'],
  ['limitk', 'scalar'],
  ['quantile', 'scalar'],
  ['count_values', 'string'],
])
