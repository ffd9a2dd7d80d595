// metrics.rules, targets, server, cardinality, costly: what live backends evaluate, scrape and hold, how they run, and which label makes a metric
// large. The last also works on stored series, for it is counted by PromQL.

import { formatRfc3339, parseRange } from '../../shared/base/time.ts'
import { metrics as contract, SERVER_PARTS } from '../../shared/contract/metrics.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { Asking, ServerSource, ToldParts } from '../../shared/domain/live-source.ts'
import { type ColumnSpec, type Frame, type FrameRow, frameFromRows, rowAt } from '../../shared/frame/frame.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { inOrder } from '../engine/ranked.ts'
import { gather } from './live.ts'

/** Labels of one metric that are counted: each costs the backend a query. */
const MOST_LABELS = 40
const CARDINALITY_KINDS = ['metric', 'label', 'pair']
/** of an instant question only the end counts */
const LONG_AGO = '1970-01-01T00:00:00Z'

const int = (value: number | undefined): bigint | null => (value === undefined ? null : BigInt(Math.round(value)))

export function serverHandlers(
  engine: EngineContext,
): Pick<Handlers<'metrics'>, 'rules' | 'targets' | 'server' | 'cardinality' | 'costly'> {
  const now = () => engine.platform.clock.now()

  const servers = (sources: readonly string[] | undefined): Array<{ id: string; server: ServerSource }> =>
    engine.live.among(sources).flatMap(({ id, server }) => (server ? [{ id, server }] : []))

  /** Rows of each live backend, with its id; one that has no such thing, and parts that it does not tell, are gaps. */
  const rows = async <T extends object>(
    sources: readonly string[] | undefined,
    ask: (server: ServerSource) => Promise<ToldParts<T>>,
  ) =>
    await gather(servers(sources), undefined, async ({ id, server }) => {
      const found = await ask(server)
      const missing = found.missing.map((reason) => ({ source: id, from: '', to: '', reason }))
      return {
        told: { completeness: { complete: missing.length === 0, missing }, warnings: [], infos: [] },
        found: found.facts.map((each) => ({ source: id, each })),
      }
    })
  const table = (columns: readonly ColumnSpec[], all: readonly FrameRow[], limit: number) => {
    const kept: Frame = frameFromRows(columns, all.slice(0, limit))
    return { table: kept, cut: all.length > limit ? { truncated: { returned: limit, total: all.length } } : {} }
  }

  return {
    async rules({ sources, name, limit }, { signal }) {
      const asking: Asking = { signal, view: 'metrics.rules' }
      const { found, completeness } = await rows(sources, (server) => server.rules(asking))
      const order = ['firing', 'pending', 'unknown', 'inactive', '']
      const worst = (rule: { health: string; state: string }) =>
        rule.health === 'err' ? -1 : (order.indexOf(rule.state) + order.length) % order.length
      const named = found
        .filter(({ each }) => name === undefined || each.name === name)
        .map(({ source, each }) => ({
          ...each,
          source,
          labels: JSON.stringify(each.labels),
          annotations: JSON.stringify(each.annotations),
          holdsForNs: int(each.holdsForNs),
          evaluationNs: int(each.evaluationNs),
          evaluatedAt: each.evaluatedAt ?? null,
        }))
      const all = inOrder(named, (rule) => [
        worst(rule),
        rule.source,
        rule.file,
        rule.group,
        rule.name,
        rule.type,
        rule.query,
        rule.labels,
      ])
      const { table: frame, cut } = table(contract.rules.output.columns, all, limit)
      return { table: frame, completeness: { ...completeness, ...cut } }
    },

    async targets({ sources, job, limit }, { signal }) {
      const asking: Asking = { signal, view: 'metrics.targets' }
      const { found, completeness } = await rows(sources, (server) => server.targets(asking))
      const asked = found
        .filter(({ each }) => job === undefined || each.job === job)
        .map(({ source, each }) => ({
          ...each,
          source,
          labels: JSON.stringify(each.labels),
          scrapeNs: int(each.scrapeNs),
          scrapedAt: each.scrapedAt ?? null,
        }))
      const all = inOrder(asked, (target) => [
        Number(target.health === 'up'),
        target.source,
        target.job,
        target.instance,
        target.url,
        target.labels,
      ])
      const { table: frame, cut } = table(contract.targets.output.columns, all, limit)
      return { table: frame, completeness: { ...completeness, ...cut } }
    },

    async server({ sources, part, limit }, { signal }) {
      const asking: Asking = { signal, view: 'metrics.server' }
      const { found, completeness } = await rows(sources, (server) => server.about(asking))
      const told = found
        .map(({ source, each }) => ({ ...each, source }))
        .filter((row) => (part ?? row.part) === row.part)
      const all = inOrder(told, (row) => [
        Number(!row.worries),
        SERVER_PARTS.indexOf(row.part),
        row.source,
        row.name,
        row.value,
      ])
      const { table: frame, cut } = table(contract.server.output.columns, all, limit)
      return { table: frame, completeness: { ...completeness, ...cut } }
    },

    async cardinality({ sources, kind, limit }, { signal }) {
      const asking: Asking = { signal, view: 'metrics.cardinality' }
      const { found, completeness } = await rows(sources, (server) => server.cardinality(asking))
      const scope = await engine.telemetry.scope(sources)
      const stored = await engine.telemetry.rows<{ source: number; name: string; series: bigint }>(
        `SELECT source, prom_name AS name, count(*) AS series FROM ${scope.relation('series')} GROUP BY ALL
         ORDER BY series DESC, name, source`,
        [],
        { signal },
      )
      const counted = [
        ...found.map(({ source, each }) => ({
          kind: each.kind,
          name: each.name,
          series: int(each.series),
          values: int(each.values),
          bytes: int(each.bytes),
          source,
        })),
        ...stored.map(({ source, name, series }) => ({
          kind: 'metric' as const,
          name,
          series,
          values: null,
          bytes: null,
          source: scope.sourceId(Number(source)),
        })),
      ].filter((each) => kind === undefined || each.kind === kind)
      // what costs most of its kind first
      const all = inOrder(counted, (each) => [
        CARDINALITY_KINDS.indexOf(each.kind),
        -(each.series ?? each.values ?? each.bytes ?? 0n),
        each.name,
        each.source,
      ])
      const { table: frame, cut } = table(contract.cardinality.output.columns, all, limit)
      return { table: frame, completeness: { ...uniteCompleteness([completeness, scope.completeness]), ...cut } }
    },

    async costly({ metric, sources, at }, context) {
      const scoped = sources === undefined ? {} : { sources }
      const to = formatRfc3339(parseRange({ from: LONG_AGO, to: at }, now()).to)
      const selector = /^[a-zA-Z_:][\w:]*$/.test(metric) ? metric : `{${JSON.stringify(metric)}}`
      const parts: Completeness[] = []
      /** of several sources together */
      const counted = async (query: string): Promise<number> => {
        const answer = await engine.call('metrics.query', { range: { from: LONG_AGO, to }, query, ...scoped }, context)
        parts.push(answer.completeness)
        return answer.series.reduce((sum, { values }) => sum + (values.values.at(-1) ?? 0), 0)
      }
      const labels = await engine.call('metrics.labels', { metric, limit: MOST_LABELS, ...scoped }, context)
      parts.push(labels.completeness)
      const series = await counted(`count(${selector})`)
      const all: Array<FrameRow & { saved: bigint }> = []
      for (let row = 0; row < labels.table.rowCount; row++) {
        const label = textAt(labels.table, row)
        if (label === '__name__' || !/^[a-zA-Z_]\w*$/.test(label)) continue
        const without = await counted(`count(count without (${label}) (${selector}))`)
        const values = await counted(`count(count by (${label}) (${selector}))`)
        all.push({
          label,
          values: int(values),
          without: int(without),
          saved: BigInt(Math.round(series - without)),
        })
      }
      all.sort((a, b) => (a.saved < b.saved ? 1 : a.saved > b.saved ? -1 : 0))
      return {
        table: frameFromRows(contract.costly.output.columns, all),
        completeness: uniteCompleteness(parts),
        summary: { series },
      }
    },
  }
}

function textAt(frame: Frame, row: number): string {
  const value = rowAt(frame, row)['value']
  return typeof value === 'string' ? value : ''
}
