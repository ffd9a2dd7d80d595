// What a method answers, as a table: its own, or the samples of a PromQL answer, one a row, with the name and the labels of
// their series.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { Completeness } from '../../shared/contract/define.ts'
import { type MethodInput, type MethodOutput, methodSpec } from '../../shared/contract/index.ts'
import { type Frame, type FrameRow, frameFromRows } from '../../shared/frame/frame.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'

export interface TableAnswer {
  readonly table: Frame
  readonly completeness: Completeness
  readonly nextCursor?: string | undefined
}

const SERIES_METHODS = ['metrics.query', 'metrics.lane'] as const
type SeriesMethod = (typeof SERIES_METHODS)[number]
const isSeriesMethod = (method: string): method is SeriesMethod => SERIES_METHODS.some((known) => known === method)

/** @throws WatchdeckError `invalid_input` for a method whose answer is no table */
export function requireTableMethod(method: string): void {
  if (isSeriesMethod(method) || methodSpec(method)?.output.shape === 'table') return
  throw new WatchdeckError(
    'invalid_input',
    `${JSON.stringify(method.slice(0, 100))} is no method that answers with a table.`,
  )
}

/** The engine validates the input against the method's own schema; all table methods answer alike. */
export async function tableAnswer(
  engine: EngineContext,
  method: string,
  input: unknown,
  context: CallContext,
): Promise<TableAnswer> {
  if (!isSeriesMethod(method))
    return await engine.call(method as 'logs.search', input as MethodInput<'logs.search'>, context)
  const answer = await engine.call(method, input as MethodInput<SeriesMethod>, context)
  return { table: tableOfSeries(answer), completeness: answer.completeness }
}

const COLUMNS = [
  { name: 'time', type: 'time' },
  { name: 'metric', type: 'string' },
  { name: 'labels', type: 'json' },
  { name: 'value', type: 'float' },
] as const

function tableOfSeries(answer: MethodOutput<SeriesMethod>): Frame {
  if ('text' in answer && answer.text !== undefined)
    return frameFromRows([{ name: 'text', type: 'string' }], [{ text: answer.text }])
  const rows: FrameRow[] = []
  let hasHistograms = false
  for (const { metric: labels, values, histograms = [] } of answer.series) {
    const { __name__: metric = '', ...rest } = labels
    const series = { metric, labels: JSON.stringify(rest) }
    for (let i = 0; i < values.times.length; i++)
      rows.push({ time: values.times[i], ...series, value: values.values[i] })
    hasHistograms ||= histograms.length > 0
    for (const [time, histogram] of histograms)
      rows.push({ time: BigInt(time), ...series, histogram: JSON.stringify(histogram) })
  }
  return frameFromRows(hasHistograms ? [...COLUMNS, { name: 'histogram', type: 'json' }] : COLUMNS, rows)
}
