// metrics.query: PromQL with Prometheus's grid (from, from + step, .. to; both ends answered).

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, parseRange, tryParseDuration } from '../../shared/base/time.ts'
import type { Handlers } from '../engine/api.ts'
import type { EngineContext } from '../engine/api.ts'
import { type AnsweredSeries, ask } from './ask.ts'
import { GridTimes, msToNs, nsToMs } from './times.ts'

/** As Prometheus limits a range query. */
export const MAX_STEPS = 11_000

/** @throws WatchdeckError invalid_input */
export function parseStep(step: string | number): bigint {
  const ns = typeof step === 'number' ? BigInt(step) : tryParseDuration(step)
  if (ns === undefined || ns <= 0n)
    throw new WatchdeckError('invalid_input', `step is not a positive duration: ${JSON.stringify(step)}`, {
      hint: 'Use "30s", "1m" or nanoseconds.',
    })
  return ns
}

export function seriesAnswer(series: AnsweredSeries, grid: GridTimes) {
  const values = { times: grid.toNs(series.times), values: series.values }
  const metric = series.labels.toObject()
  if (series.histograms.length === 0) return { metric, values }
  const histograms = series.histograms.map((h, i): [string, typeof h] => [
    formatRfc3339(msToNs(series.histogramTimes[i] as number)),
    h,
  ])
  return { metric, values, histograms }
}

export function queryHandler(engine: EngineContext): Handlers<'metrics'>['query'] {
  return async (input, context) => {
    const range = parseRange(input.range, engine.platform.clock.now())
    const step = input.step === undefined ? undefined : parseStep(input.step)
    if (step !== undefined && (range.to - range.from) / step > MAX_STEPS)
      throw new WatchdeckError('limit_exceeded', `The range has more than ${MAX_STEPS} steps.`, {
        hint: 'Take a larger step or a shorter range.',
      })
    const answer = await ask(
      engine,
      {
        query: input.query,
        start: nsToMs(range.from),
        end: nsToMs(range.to),
        step: step === undefined ? undefined : Number(step) / 1e6,
        sources: input.sources,
      },
      { signal: context.signal, view: 'metrics.query' },
    )
    const grid = new GridTimes()
    return {
      resultType: answer.type,
      series: answer.series.map((series) => seriesAnswer(series, grid)),
      ...(answer.text === undefined ? {} : { text: answer.text }),
      warnings: answer.warnings,
      infos: answer.infos,
      completeness: answer.completeness,
    }
  }
}
