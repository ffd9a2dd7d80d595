// Alerts that a Prometheus tells of in its ALERTS series, live or recorded: stretches in which each fired. One without an
// Alertmanager tells its alerts nowhere else.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339, parseRange } from '../../shared/base/time.ts'
import { alerts as contract } from '../../shared/contract/alerts.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import { serviceOfLabels } from '../../shared/wire/prometheus-json.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'

const SECOND_NS = 1_000_000_000n
const STEPS = 600n
/** Rules are evaluated about this often at least: what is silent for longer has ended. */
const SEEN_WITHIN_NS = 60n * SECOND_NS
/** How a source that holds metrics beside others is told by metrics.query. */
const SOURCE_LABEL = 'watchdeck_source'

interface Stretch {
  readonly labels: Readonly<Record<string, string>>
  readonly from: bigint
  readonly to: bigint
  readonly open: boolean
}

export function marksHandler(engine: EngineContext): Handlers<'alerts'>['marks'] {
  return async ({ range: asked, sources, limit }, context) => {
    const now = engine.platform.clock.now()
    const range = parseRange(asked, now)
    const columns = contract.marks.output.columns
    const step = stepOf(range.to - range.from)
    const within = step > SEEN_WITHIN_NS ? step : SEEN_WITHIN_NS
    const query = `last_over_time(ALERTS{alertstate="firing"}[${within / SECOND_NS}s])`
    const input = {
      query,
      range: { from: formatRfc3339(range.from), to: formatRfc3339(range.to) },
      step: `${step / SECOND_NS}s`,
      ...(sources === undefined ? {} : { sources }),
    }
    let found: Stretch[] = []
    let completeness: Completeness
    try {
      const answer = await engine.call('metrics.query', input, context)
      completeness = answer.completeness
      found = answer.series.flatMap(({ metric, values }) =>
        stretches(values.times, { step, within, end: smaller(range.to, now) }).map((each) => ({
          ...each,
          labels: metric,
        })),
      )
    } catch (error) {
      // sources that do not answer are a gap in the picture, not its end
      if (!(error instanceof WatchdeckError) || ['cancelled', 'internal'].includes(error.code)) throw error
      const [from, to] = [input.range.from, input.range.to]
      completeness = uniteCompleteness(
        engine.live
          .among(sources)
          .flatMap(({ id, metrics }) =>
            metrics ? [{ complete: false, missing: [{ source: id, from, to, reason: error.message }] }] : [],
          ),
      )
    }
    found.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
    const rows = found.slice(0, limit).map(({ labels: all, from, to, open }) => {
      const { __name__: _name, alertname = '', alertstate: _state, [SOURCE_LABEL]: source = '', ...labels } = all
      return {
        name: alertname,
        severity: labels['severity'] ?? '',
        service: serviceOfLabels(labels, ''),
        labels: JSON.stringify(labels),
        from,
        to: open ? null : to,
        source,
      }
    })
    const cut = rows.length < found.length
    return {
      table: frameFromRows(columns, rows),
      completeness: cut ? { ...completeness, truncated: { returned: rows.length, total: found.length } } : completeness,
    }
  }
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

function stepOf(length: bigint): bigint {
  const step = (length / STEPS / SECOND_NS + 1n) * SECOND_NS
  return step < 15n * SECOND_NS ? 15n * SECOND_NS : step
}

/** Runs of steps; one that is seen at the last step goes on. The sample behind the last step is up to `within` older. */
export function stretches(
  times: BigInt64Array,
  { step, within, end }: { step: bigint; within: bigint; end: bigint },
): Array<Omit<Stretch, 'labels'>> {
  const out: Array<Omit<Stretch, 'labels'>> = []
  let from: bigint | undefined
  for (let i = 0; i < times.length; i++) {
    const at = times[i] as bigint
    from ??= at
    const next = times[i + 1]
    if (next !== undefined && next - at <= step + step / 2n) continue
    const open = at + step > end
    const seen = at - within + step
    out.push({ from, to: asEpochNs(open ? end : seen > from ? seen : from + 1n), open })
    from = undefined
  }
  return out
}
