// Runs one eval of a script and says whether the evaluator answered as Prometheus must.

import { WatchdeckError } from '../../src/shared/base/errors.ts'
import type { EvaluateResult, ResultSeries } from '../../src/shared/promql/answer.ts'
import { evaluatePromQL } from '../../src/shared/promql/evaluate.ts'
import type { Eval, Expectation } from './script.ts'
import { near, nearHistogram, parsePoints, parseSeries, type Point } from './series-notation.ts'
import type { ScriptStorage } from './storage.ts'
import { numberOf } from '../../src/shared/promql/literals.ts'

export type Verdict = { readonly outcome: 'passed' } | { readonly outcome: 'failed' | 'refused'; readonly why: string }

const failed = (why: string): Verdict => ({ outcome: 'failed', why })

export async function judge(command: Eval, storage: ScriptStorage): Promise<Verdict> {
  const failures = command.expectations.filter((e) => e.type === 'fail')
  if (storage.startTimestamps)
    return { outcome: 'refused', why: 'start timestamps of samples (@st) are experimental and not kept' }
  let result: EvaluateResult
  try {
    result = await evaluatePromQL(command.query, {
      source: storage,
      start: command.start,
      end: command.end,
      step: command.step,
    })
  } catch (error) {
    if (!(error instanceof WatchdeckError)) throw error
    if (error.code === 'unsupported') return { outcome: 'refused', why: error.message }
    if (failures.length === 0) return failed(`refused to answer: ${error.message}`)
    const unmet = failures.find((e) => !said(e, [error.message, error.message.replace(/^\d+:\d+: /, '')]))
    return unmet ? failed(`fails with ${JSON.stringify(error.message)}, expected ${unmet.text}`) : { outcome: 'passed' }
  }
  if (failures.length > 0) return failed('answers, but must fail')
  return notesVerdict(command, result) ?? valuesVerdict(command, result) ?? { outcome: 'passed' }
}

function said(expectation: Expectation, messages: readonly string[]): boolean {
  if (expectation.match === undefined) return messages.length > 0
  if (expectation.match === 'msg')
    return messages.some((message) => message === expectation.text || message.startsWith(`${expectation.text} (`))
  const regex = new RegExp(expectation.text)
  return messages.some((message) => regex.test(message))
}

function notesVerdict(command: Eval, result: EvaluateResult): Verdict | undefined {
  for (const [type, messages] of [
    ['warn', result.warnings],
    ['info', result.infos],
  ] as const) {
    const wanted = command.expectations.filter((e) => e.type === type)
    const unmet = wanted.find((e) => !said(e, messages))
    if (unmet) return failed(`no ${type} like ${JSON.stringify(unmet.text)}; has ${JSON.stringify(messages)}`)
    if (wanted.length > 0) {
      const extra = messages.find((message) => !wanted.some((e) => said(e, [message])))
      if (extra !== undefined) return failed(`unexpected ${type}: ${extra}`)
    }
    if (command.expectations.some((e) => e.type === `no_${type}`) && messages.length > 0)
      return failed(`unexpected ${type}: ${messages[0]}`)
  }
  return undefined
}

function valuesVerdict(command: Eval, result: EvaluateResult): Verdict | undefined {
  if (command.text !== undefined)
    return result.text === command.text ? undefined : failed(`answers ${JSON.stringify(result.text)}`)
  const lonely = command.lines.length === 1 ? numberOf((command.lines[0] as string).trim()) : undefined
  if (result.type === 'scalar') {
    const found = result.series[0]?.values[0] ?? NaN
    return lonely !== undefined && near(lonely, found)
      ? undefined
      : failed(`answers the scalar ${found}, expected ${command.lines[0]}`)
  }
  const expected = command.lines.map((line) => {
    const { labels, rest } = lonely === undefined ? parseSeries(line) : { labels: parseSeries('{}').labels, rest: line }
    return { labels, points: parsePoints(rest) }
  })
  if (expected.length !== result.series.length)
    return failed(
      `${result.series.length} series instead of ${expected.length}: ${result.series.slice(0, 4).map(show).join('; ')}`,
    )
  const ordered = command.expectations.some((e) => e.type === 'ordered')
  const byKey = new Map(result.series.map((series) => [series.labels.key, series] as const))
  const start = command.rangeVector?.start ?? command.start
  const step = command.rangeVector?.step ?? command.step ?? 0
  for (const [i, { labels, points }] of expected.entries()) {
    const series = ordered ? result.series[i] : byKey.get(labels.key)
    if (!series || series.labels.key !== labels.key)
      return failed(
        `no series ${labels}${ordered ? ` at place ${i + 1}` : ''}: ${result.series.slice(0, 4).map(show).join('; ')}`,
      )
    const wrong = pointsDiffer(points, series, start, step)
    if (wrong !== undefined) return failed(`${labels}: ${wrong}`)
  }
  return undefined
}

function show(series: ResultSeries): string {
  return `${series.labels} ${[...series.values].slice(0, 5).join(' ')}${series.histograms.length > 0 ? ` +${series.histograms.length} histograms` : ''}`
}

function pointsDiffer(points: readonly Point[], series: ResultSeries, start: number, step: number): string | undefined {
  const floats = new Map([...series.times].map((time, i) => [time, series.values[i] as number] as const))
  const natives = new Map([...series.histogramTimes].map((time, i) => [time, series.histograms[i]] as const))
  const count = points.filter((p) => p !== undefined && p !== 'stale').length
  if (count !== floats.size + natives.size)
    return `${floats.size + natives.size} points instead of ${count}: ${show(series)} at ${[...floats.keys()].slice(0, 5)}`
  for (const [i, point] of points.entries()) {
    const time = start + i * step
    if (point === undefined || point === 'stale') continue
    if (typeof point === 'number') {
      const found = floats.get(time)
      if (found === undefined || !near(point, found))
        return `at ${time} ms ${found ?? (natives.has(time) ? 'a histogram' : 'nothing')} instead of ${point}`
    } else {
      const found = natives.get(time)
      if (!found || !nearHistogram(point.histogram, found, point.hintGiven))
        return `at ${time} ms histogram ${found ? print(found) : (floats.get(time) ?? 'nothing')} instead of ${print(point.histogram)}`
    }
  }
  return undefined
}

function print(h: {
  schema: number
  count: number
  sum: number
  zeroCount: number
  positive: ReadonlyMap<number, number>
  negative: ReadonlyMap<number, number>
  bounds: readonly number[]
  hint: string
}): string {
  return JSON.stringify({ ...h, positive: [...h.positive], negative: [...h.negative] })
}
