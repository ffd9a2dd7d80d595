// metrics.exemplars, metrics.search, metrics.labels and metrics.series: what the store knows about metrics beside their values.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { parseRange } from '../../shared/base/time.ts'
import { uniteCompleteness } from '../../shared/domain/completeness.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import { metrics } from '../../shared/contract/metrics.ts'
import type { ColumnSpec } from '../../shared/frame/frame.ts'
import { parsePromQL, type VectorSelector, stripParens, walk } from '../../shared/promql/index.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { inOrder } from '../engine/ranked.ts'
import { hexOfSpan, hexOfUuid } from '../storage/telemetry/ids.ts'
import { chosenSql } from '../storage/telemetry/lane-reader.ts'
import { scopesOf } from './ask.ts'
import { matchSeries, storedSeries } from './catalogue.ts'
import { liveExemplars, liveLabels, liveMetrics, liveNames, liveSeries, type SeriesOfSource } from './live.ts'
import { unrecorded } from './unrecorded.ts'

function columnsOf(method: 'exemplars' | 'search' | 'labels' | 'series'): readonly ColumnSpec[] {
  const output = metrics[method].output
  return output.shape === 'table' ? output.columns : []
}

const cut = <T extends object>(completeness: T, returned: number, total: number) =>
  returned < total ? { ...completeness, truncated: { returned, total } } : completeness

interface ExemplarRecord extends Record<string, unknown> {
  place: bigint
  time: bigint
  value: number
  trace: string | null
  span: string | null
  attributes: string | null
}

export function exemplarsHandler(engine: EngineContext): Handlers<'metrics'>['exemplars'] {
  return async (input, { signal }) => {
    const range = parseRange(input.range, engine.platform.clock.now())
    const asking = { signal, view: 'metrics.exemplars' }
    const live = liveMetrics(engine, input.sources)
    const selectors: VectorSelector[] = []
    const expr = parsePromQL(input.query)
    walk(expr, (node) => {
      if (node.kind === 'selector') selectors.push(node)
    })
    const { whole, each } = await scopesOf(engine, input.sources, signal)
    const rows: Array<Record<string, bigint | number | string | null>> = []
    let total = 0
    for (const { scope } of each) {
      const found = new Map<bigint, string>()
      for (const selector of selectors)
        for (const match of await matchSeries(engine.telemetry, scope, selector.matchers, signal))
          found.set(match.stored.id, JSON.stringify(match.labels.toObject()))
      if (found.size === 0) continue
      const ids = [...found.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      const from = `${scope.relation('exemplars', range)} e JOIN ${chosenSql(ids)} k USING (series)`
      const [count] = await engine.telemetry.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${from}`, [], { signal })
      total += Number(count?.n ?? 0n)
      const records = await engine.telemetry.rows<ExemplarRecord>(
        `SELECT k.place, e.time_ns AS time, e.value, ${hexOfUuid('e.trace_id')} AS trace, ${hexOfSpan('e.span_id')} AS span, a.json AS attributes
         FROM ${from} LEFT JOIN (SELECT hash, any_value(json) AS json FROM ${scope.relation('attributes')} GROUP BY hash) a ON a.hash = e.attrs
         ORDER BY e.time_ns, k.place, e.value, e.trace_id, e.span_id, e.attrs LIMIT ?`,
        [input.limit],
        { signal },
      )
      for (const r of records)
        rows.push({
          time: r.time,
          value: r.value,
          traceId: r.trace ?? '',
          spanId: r.span ?? '',
          metric: found.get(ids[Number(r.place)] as bigint) ?? '{}',
          attributes: r.attributes ?? '{}',
        })
    }
    const told = await liveExemplars(live, input.query, range, asking)
    total += told.found.length
    const brought = told.found.map(({ labels, attributes, ...exemplar }) => ({
      ...exemplar,
      metric: JSON.stringify(labels),
      attributes: JSON.stringify(attributes),
    }))
    rows.push(...inOrder(brought, (e) => [e.time, e.metric, String(e.value), e.traceId, e.spanId, e.attributes]))
    // of one time: those of each source in their order, which the limit does not change
    const kept = inOrder(rows, (row) => [row.time as bigint]).slice(0, input.limit)
    return {
      table: frameFromRows(columnsOf('exemplars'), kept),
      completeness: cut(
        uniteCompleteness([
          whole.completeness,
          ...each.map(({ scope }) => scope.completeness),
          told.completeness,
          unrecorded(engine, whole, expr, range),
        ]),
        kept.length,
        total,
      ),
    }
  }
}

export function searchHandler(engine: EngineContext): Handlers<'metrics'>['search'] {
  return async (input, { signal }) => {
    const { whole } = await scopesOf(engine, input.sources, signal)
    const conditions: string[] = []
    const params: string[] = []
    const words = (input.text ?? '').split(/\s+/).filter((w) => w !== '')
    for (const word of words) {
      conditions.push('(contains(lower(prom_name), ?) OR contains(lower(name), ?) OR contains(lower(help), ?))')
      params.push(word.toLowerCase(), word.toLowerCase(), word.toLowerCase())
    }
    if (input.service !== undefined) {
      conditions.push('service = ?')
      params.push(input.service)
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    const live = liveMetrics(engine, input.sources)
    // a name that is stored and live is one name: how many there are is known when all are
    const most = live.length === 0 ? `LIMIT ${input.limit}` : ''
    const rows = await engine.telemetry.rows<{
      name: string
      type: string
      unit: string
      help: string
      series: bigint
      total: bigint
    }>(
      `SELECT prom_name AS name, any_value(type) AS type, any_value(unit) AS unit, max(help) AS help, count(DISTINCT (source, series)) AS series, count(*) OVER () AS total
       FROM ${whole.relation('series')} ${where} GROUP BY prom_name ORDER BY prom_name ${most}`,
      params,
      { signal },
    )
    const known = uniteCompleteness([whole.completeness, unrecorded(engine, whole)])
    const stored = { completeness: cut(known, rows.length, Number(rows[0]?.total ?? 0n)), rows }
    if (live.length === 0) return { table: frameFromRows(columnsOf('search'), rows), completeness: stored.completeness }
    const told = await liveNames(live, { words, service: input.service }, { signal, view: 'metrics.search' })
    const byName = new Map<string, { name: string; type: string; unit: string; help: string; series: bigint | null }>(
      rows.map((row) => [row.name, row]),
    )
    for (const { series, ...each } of told.found) {
      const known = byName.get(each.name)
      // one count that is not told leaves the sum unknown
      const sum = series === undefined || known?.series === null ? null : (known?.series ?? 0n) + BigInt(series)
      byName.set(each.name, { ...(known ?? each), series: sum })
    }
    const all = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    const kept = all.slice(0, input.limit)
    const completeness = uniteCompleteness([stored.completeness, told.completeness])
    return { table: frameFromRows(columnsOf('search'), kept), completeness: cut(completeness, kept.length, all.length) }
  }
}

export function labelsHandler(engine: EngineContext): Handlers<'metrics'>['labels'] {
  return async (input, { signal }) => {
    const { whole, each } = await scopesOf(engine, input.sources, signal)
    const parsed = input.metric === undefined ? undefined : stripParens(parsePromQL(input.metric))
    const counts = new Map<string, number>()
    for (const { scope } of each) {
      const found =
        parsed?.kind === 'selector'
          ? (await matchSeries(engine.telemetry, scope, parsed.matchers, signal)).map((match) => match.labels)
          : (await storedSeries(engine.telemetry, scope, undefined, signal)).map((series) =>
              series.labels.with([['__name__', series.promName]]),
            )
      for (const labels of found)
        for (const value of input.label === undefined ? labels.names : [labels.get(input.label)])
          if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    const asked = { selector: input.metric, label: input.label }
    const told = await liveLabels(liveMetrics(engine, input.sources), asked, { signal, view: 'metrics.labels' })
    const stored = [...counts].map(([value, series]): [string, number | null] => [value, series])
    const unknown = [...new Set(told.found)].filter((value) => !counts.has(value))
    const text = (input.text ?? '').toLowerCase()
    const all = [...stored, ...unknown.map((value): [string, number | null] => [value, null])]
      .filter(([value]) => value !== '' && value.toLowerCase().includes(text))
      .sort((a, b) => (b[1] ?? 0) - (a[1] ?? 0) || (a[0] < b[0] ? -1 : 1))
    const rows = all.slice(0, input.limit).map(([value, series]) => ({ value, series }))
    return {
      table: frameFromRows(columnsOf('labels'), rows),
      completeness: cut(
        uniteCompleteness([whole.completeness, told.completeness, unrecorded(engine, whole, parsed)]),
        rows.length,
        all.length,
      ),
    }
  }
}

export function seriesHandler(engine: EngineContext): Handlers<'metrics'>['series'] {
  return async (input, { signal }) => {
    const selector = stripParens(parsePromQL(input.selector))
    if (selector.kind !== 'selector')
      throw new WatchdeckError('invalid_input', 'Series are found by a selector, not by an expression.', {
        hint: 'Name a metric with its labels: up{job="shop"}.',
      })
    const range = input.range && parseRange(input.range, engine.platform.clock.now())
    const { whole, each } = await scopesOf(engine, input.sources, signal)
    const found: SeriesOfSource[] = []
    for (const { id, scope } of each)
      for (const { labels } of await matchSeries(engine.telemetry, scope, selector.matchers, signal))
        found.push({ labels: labels.toObject(), source: id })
    const asking = { signal, view: 'metrics.series' }
    const told = await liveSeries(liveMetrics(engine, input.sources), input.selector, range, asking)
    const rows = inOrder(
      [...found, ...told.found].map(({ labels: { __name__: name = '', ...labels }, source }) => ({
        name,
        labels: JSON.stringify(labels),
        source,
      })),
      ({ name, labels, source }) => [name, labels, source],
    )
    const kept = rows.slice(0, input.limit)
    const known = uniteCompleteness([whole.completeness, told.completeness, unrecorded(engine, whole, selector)])
    return { table: frameFromRows(columnsOf('series'), kept), completeness: cut(known, kept.length, rows.length) }
  }
}
