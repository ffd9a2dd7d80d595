// Sentences of the PromQL evaluator. The English ones are Prometheus's own where it has them.

import type { PhraseBook } from '../phrases.ts'

export const promql: PhraseBook = {
  'Say how far back: {}(x[5m]); of a calculated value {}((x)[1h:1m]), with a colon.':
    '写明向前看多久：{}(x[5m])；对计算结果写 {}((x)[1h:1m])，带冒号。',
  'A range such as [5m] goes through a function first: rate(x[5m]) for a counter, avg_over_time(x[5m]) for a gauge.':
    '[5m] 这样的区间要先经过函数：计数器用 rate(x[5m])，瞬时值用 avg_over_time(x[5m])。',
  'Of a calculated value take a subquery, with a colon and a step: max_over_time((x)[1h:1m]).':
    '对计算结果使用子查询，带冒号和步长：max_over_time((x)[1h:1m])。',
  'rate and increase are for counters, which only grow: a gauge such as {} is told by deriv({}[5m]), delta({}[5m]) or avg_over_time({}[5m]).':
    'rate 和 increase 用于只增不减的计数器；{} 这样的瞬时值用 deriv({}[5m])、delta({}[5m]) 或 avg_over_time({}[5m])。',
  'A quantile is a share: write {} for the {}th percentile.': '分位数是比例：第 {2} 百分位写作 {1}。',
  'The aggregation drops the label le, which histogram_quantile needs: keep it, sum by (le) (rate({}[5m])).':
    '聚合去掉了 histogram_quantile 需要的标签 le，应保留：sum by (le) (rate({}[5m]))。',
  'Buckets count since the program started: for the quantile of recent requests take rate({}[5m]).':
    '桶从程序启动起累计：要看近期请求的分位数，用 rate({}[5m])。',
  'histogram_quantile works on buckets, and {} has no label le: use rate({}_bucket[5m]), unless it is a native histogram.':
    'histogram_quantile 作用于桶，而 {} 没有标签 le：用 rate({}_bucket[5m])，除非它是原生直方图。',
  'Parameter value is NaN': '参数值为 NaN',
  'Scalar value {} overflows int64': '标量 {} 超出 int64',
  'found duplicate series for the match group {} on the {} hand-side of the operation: [{}, {}];many-to-many matching not allowed: matching labels must be unique on one side':
    '匹配组 {} 在运算的 {} 侧有重复序列：[{}, {}]；不允许多对多匹配，匹配标签至少在一侧必须唯一',
  left: '左',
  right: '右',
  'multiple matches for labels: grouping labels must ensure unique matches': '标签匹配到多条：分组标签须保证匹配唯一',
  'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)':
    '标签匹配到多条：多对一匹配须明确写出（group_left/group_right）',
  'aggregation expression': '聚合表达式',
  'aggregation parameter': '聚合参数',
  'call to function {}': '函数 {} 的调用',
  'binary expression must contain only scalar and instant vector types': '二元表达式只能包含标量和瞬时向量',
  'bool modifier can only be used on comparison operators': 'bool 修饰符只能用于比较运算符',
  'comparisons between scalars must use BOOL modifier': '标量之间的比较须使用 BOOL 修饰符',
  'expected type {} in {}, got {}': '{2} 应为 {1}，实为 {3}',
  'expected at least {} argument(s) in call to {}, got {}': '调用 {2} 至少需要 {1} 个参数，实有 {3} 个',
  'expected at most {} argument(s) in call to {}, got {}': '调用 {2} 至多需要 {1} 个参数，实有 {3} 个',
  'expected {}{} argument(s) in call to {}, got {}': '调用 {3} 需要 {1}{2} 个参数，实有 {4} 个',
  'filling in missing series only allowed between instant vectors': '只有瞬时向量之间才能补齐缺失的序列',
  'operator {} not allowed for Scalar operations': '标量运算不允许运算符 {}',
  'set operator {} not allowed in binary scalar expression': '二元标量表达式不允许集合运算符 {}',
  'subquery is only allowed on instant vector, got {} instead': '子查询只能用于瞬时向量，实为 {}',
  'unary expression only allowed on expressions of type scalar or instant vector, got {}':
    '一元表达式只能用于标量或瞬时向量，实为 {}',
  'vector matching only allowed between instant vectors': '向量匹配只能在瞬时向量之间进行',
  'instant vector': '瞬时向量',
  'range vector': '区间向量',
  scalar: '标量',
  'division by zero': '除以零',
  'duration must be greater than 0': '时长必须大于 0',
  'duration out of range': '时长超出范围',
  'not a duration: {}': '不是时长：{}',
  'invalid expression type "{}" for range query, must be Scalar or instant Vector':
    '区间查询的表达式类型 "{}" 无效，须为标量或瞬时向量',
  'it does not parse': '无法解析',
  'no class [:{}:]': '没有字符类 [:{}:]',
  'quoting with \\Q is not known here': '此处不支持 \\Q 引用',
  'the flag U is not known here': '此处不支持标志 U',
  'Not a usable regular expression: {} ({}).': '正则表达式不可用：{}（{}）。',
  'Series are found by a selector, not by an expression.': '序列要用选择器查找，不能用表达式。',
  'Name a metric with its labels: up{job="shop"}.': '请写明指标及其标签：up{job="shop"}。',
  'PromQL info: {} {}': 'PromQL 提示：{} {}',
  'PromQL warning: {} {}': 'PromQL 警告：{} {}',
  'quantile value should be between 0 and 1, got {}': '分位数应在 0 与 1 之间，实为 {}',
  'encountered a mix of histograms and floats for metric name {}': '指标 {} 中直方图与浮点数混杂',
  'ignored histograms in a range containing both floats and histograms for metric name {}':
    '指标 {} 的区间内同时有浮点数和直方图，已忽略直方图',
  'vector contains a mix of histograms with exponential and custom buckets schemas for metric name {}':
    '指标 {} 的直方图混用了指数桶与自定义桶',
  'mismatched custom buckets were reconciled during {}': '{} 时已调和不一致的自定义桶',
  'PromQL {} is not supported here: {}.': '此处不支持 PromQL 的 {}：{}。',
  'end of input': '输入结尾',
  'filling in missing series not allowed for set operators': '集合运算符不能补齐缺失的序列',
  'invalid escape in a quoted text': '引号文本中的转义无效',
  'label {} must not occur in ON and GROUP clause at once': '标签 {} 不能同时出现在 ON 和 GROUP 子句中',
  'metric name must not be set twice: {} or {}': '指标名不能设置两次：{} 或 {}',
  'no arguments for aggregate expression provided': '聚合表达式没有参数',
  'no expression found in input': '输入中没有表达式',
  'no grouping allowed for {} operation': '{} 运算不能分组',
  'not a number or duration: {}': '不是数字或时长：{}',
  'parse error: an operand is missing': '缺少操作数',
  'an operand is missing': '缺少操作数',
  'parse error: unexpected end of input': '没有写完',
  'unexpected end of input': '没有写完',
  'parse error: unexpected {}': '意外的 {}',
  'unexpected {}': '意外的 {}',
  'timestamp out of bounds for @ modifier: {}': '@ 修饰符的时间戳超出范围：{}',
  'unknown function with name {}': '没有名为 {} 的函数',
  'vector selector must contain at least one non-empty matcher': '向量选择器至少要有一个非空的匹配条件',
  'wrong number of arguments for aggregate expression provided, expected {}, got {}':
    '聚合表达式的参数数量不对，应为 {}，实为 {}',
  'an aggregation that is not known': '未知的聚合',
  '@ <timestamp> may not be set multiple times': '@ 时间戳不能设置多次',
  '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery':
    '@ 修饰符之前须为瞬时向量选择器、区间向量选择器或子查询',
  'no @ modifiers allowed before range': '区间之前不能有 @ 修饰符',
  'no offset modifiers allowed before range': '区间之前不能有 offset 修饰符',
  'offset may not be set multiple times': 'offset 不能设置多次',
  'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery':
    'offset 修饰符之前须为瞬时向量选择器、区间向量选择器或子查询',
  'ranges only allowed for vector selectors': '区间只能用于向量选择器',
  'invalid smoothing factor. Expected: 0 < sf < 1, got: {}': '平滑因子无效，应为 0 < sf < 1，实为 {}',
  'invalid trend factor. Expected: 0 < tf < 1, got: {}': '趋势因子无效，应为 0 < tf < 1，实为 {}',
  'invalid destination label name in label_join():': 'label_join() 的目标标签名无效：',
  'invalid destination label name in label_replace():': 'label_replace() 的目标标签名无效：',
  'invalid label name': '标签名无效',
  'points in an intermediate result': '个中间结果点',
  'samples to read': '个待读样本',
  samples: '个样本',
  'The query has more {} than the limit of {}.': '查询的{}超过上限 {}。',
  'Narrow the selector with labels, shorten the range, or take a larger step.':
    '请用标签收窄选择器、缩短时间范围，或增大步长。',
  'end() as a function is experimental': 'end() 作为函数尚属实验性',
  'range() as a function is experimental': 'range() 作为函数尚属实验性',
  'start() as a function is experimental': 'start() 作为函数尚属实验性',
  'step() as a function is experimental': 'step() 作为函数尚属实验性',
  'max_of() is experimental': 'max_of() 尚属实验性',
  'min_of() is experimental': 'min_of() 尚属实验性',
  'the anchored modifier is experimental': 'anchored 修饰符尚属实验性',
  'the smoothed modifier is experimental': 'smoothed 修饰符尚属实验性',
  'trimming native histograms is experimental': '裁剪原生直方图尚属实验性',
  'holt_winters was renamed in Prometheus 3: use double_exponential_smoothing':
    'holt_winters 在 Prometheus 3 中已改名：请用 double_exponential_smoothing',
  'info() joins metadata of a live server': 'info() 需要在线服务器的元数据',
  "limit_ratio picks series by Prometheus's internal hash of labels":
    'limit_ratio 按 Prometheus 内部的标签哈希选取序列',
  'start_timestamp() needs start timestamps, which are not kept with local samples of all kinds':
    'start_timestamp() 需要起始时间戳，本地样本并非都有',
  'vector cannot contain metrics with the same labelset': '向量不能包含标签集相同的指标',
}
