// What changed: every kind of change on one scale (shared/domain/change-score.ts), each with its onset and a link.

import { services as contract } from '../../shared/contract/services.ts'
import { formatRfc3339, asEpochNs, type TimeRange } from '../../shared/base/time.ts'
import { CHANGE_KINDS } from '../../shared/contract/services.ts'
import type { Completeness, TableAnswer } from '../../shared/contract/define.ts'
import { weighCauses } from '../../shared/domain/cause-weight.ts'
import { LEAST_Z, SCORE_OF_OBJECT, SCORE_OF_VERSION, scoreOf } from '../../shared/domain/change-score.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import { inOrder } from '../engine/ranked.ts'
import { callsIn } from './calls.ts'
import { eventChanges, objectChanges, versionChanges } from './facts.ts'
import { hostOf, movedHosts, podOf, servicesOfHosts } from './hosts.ts'
import { boundedBaseline, bucketNs, levelMoves, metricMoves, type Move, spanMoves, type Windows } from './moves.ts'
import type { Asked } from './overview.ts'
import { measureText } from './text.ts'
import { heldPart, recordedPart, windowBefore, withLead } from './windows.ts'

type ChangeKind = (typeof CHANGE_KINDS)[number]

interface Change extends Record<string, string | number | bigint | null | undefined> {
  kind: ChangeKind
  subject: string
  service: string
  instance: string
  measure: string
  unit: string
  before: number | null
  after: number | null
  beforeText: string
  afterText: string
  score: number
  direction: string
  at: bigint | null
  target: string
  /** the machine that a metric of no service is of */
  host?: string | undefined
}

const COLUMNS = contract.changes.output.columns
const FACTS: readonly ChangeKind[] = ['version', 'object']
/** What ranks the rows of a kind (shared/domain/cause-weight.ts) and is therefore read with them. */
const WEIGHS_FACTS: readonly ChangeKind[] = ['service', 'operation', 'log-level', 'event']
/** and where a machine explains something, the facts too */
const WEIGHS_MOVES: readonly ChangeKind[] = ['service', 'operation', 'metric']
/** rows read of each kind */
const PER_KIND = 500

export async function changes(
  asked: Asked,
  request: {
    compareTo: TimeRange | undefined
    kinds: readonly ChangeKind[] | undefined
    /** nothing else is looked at, not even to rank these */
    alone: boolean | undefined
    service: string | undefined
    limit: number
  },
): Promise<TableAnswer> {
  const chosen = await chosenWindows(asked, request.compareTo)
  const { windows, completeness } = bounded(asked, chosen)
  const earlier = withLead(windows)
  const wanted = new Set<ChangeKind>(request.kinds ?? CHANGE_KINDS)
  const whole = { from: formatRfc3339(asked.range.from), to: formatRfc3339(asked.range.to) }
  const target = (view: string, params: object) => JSON.stringify({ view, params: { range: whole, ...params } })
  const moved =
    (kind: ChangeKind, link: (move: Move) => string) =>
    (move: Move): Change => ({
      kind,
      subject: move.subject,
      service: move.service,
      instance: '',
      measure: move.measure,
      unit: move.unit,
      before: move.before,
      after: move.after,
      beforeText: measureText(move.before, move.unit, isRatio(move)),
      afterText: measureText(move.after, move.unit, isRatio(move)),
      score: scoreOf(move.z),
      direction: move.z > 0 ? 'up' : 'down',
      at: move.at,
      target: link(move),
    })
  const spansTarget = (move: Move) => {
    const one = { service: move.service, ...(move.subject === move.service ? {} : { operation: move.subject }) }
    if (move.measure === 'errors') return target('traces', { ...one, status: 'error' })
    if (move.measure === 'p95')
      return target('traces', {
        ...one,
        orderBy: 'duration',
        minDuration: Math.round(Math.min(move.after, move.before ?? move.after)),
      })
    return target('traces', one)
  }
  const fact = (
    kind: ChangeKind,
    fields: Partial<Change> & { subject: string; service: string; score: number; at: bigint; target: string },
  ): Change => ({
    kind,
    instance: '',
    measure: kind,
    unit: '',
    before: null,
    after: null,
    beforeText: '',
    afterText: '',
    direction: 'changed',
    ...fields,
  })

  const asking: { readonly [K in ChangeKind]: () => Promise<Change[]> } = {
    service: async () => (await spanMoves(asked, windows, 'service', PER_KIND)).map(moved('service', spansTarget)),
    operation: async () =>
      (await spanMoves(asked, windows, 'operation', PER_KIND)).map(moved('operation', spansTarget)),
    'log-level': async () =>
      (await levelMoves(asked, windows, PER_KIND)).map(
        moved('log-level', (m) =>
          target('logs', { query: `level:${m.subject}${m.service === '' ? '' : ` service:${quoted(m.service)}`}` }),
        ),
      ),
    metric: async () =>
      (await metricMoves(asked, windows, PER_KIND)).map((move) => {
        const host = move.service === '' ? hostOf(move.detail) : undefined
        return {
          ...moved('metric', (m) =>
            target('metrics', { query: m.measure === 'rate' ? `rate(${selector(m)}[5m])` : selector(m) }),
          )(move),
          instance: host ?? podOf(move.detail) ?? '',
          host,
        }
      }),
    version: async () =>
      (await versionChanges(asked, earlier)).map((v) =>
        fact('version', {
          subject: v.service,
          service: v.service,
          beforeText: v.before,
          afterText: v.after,
          score: SCORE_OF_VERSION,
          at: v.at,
          target: target('traces', {
            service: v.service,
            attributes: { 'service.version': v.after.split(', ')[0] ?? '' },
          }),
        }),
      ),
    object: async () =>
      (await objectChanges(asked, earlier)).map((o) =>
        fact('object', {
          subject: `${o.kind} ${o.namespace === '' ? '' : `${o.namespace}/`}${o.name}`,
          service: o.service,
          beforeText: o.before,
          afterText: o.after,
          score: o.before === '' ? SCORE_OF_OBJECT - 1 : SCORE_OF_OBJECT + 0.5,
          at: o.at,
          target: target('clusters', { uid: o.uid }),
        }),
      ),
    event: async () =>
      (await eventChanges(asked, windows))
        .filter((e) => e.z >= LEAST_Z / 2)
        .map((e) =>
          fact('event', {
            subject: e.reason,
            service: e.service,
            measure: 'count',
            unit: '1',
            before: e.before,
            after: e.after,
            beforeText: String(e.before),
            afterText: String(e.after),
            score: scoreOf(e.z),
            direction: 'up',
            at: e.at,
            target: target('clusters', { service: e.service, text: e.reason }),
          }),
        ),
  }
  // what is asked of some kinds only is ranked as it is among all of them, unless they are asked alone
  const asksFacts = FACTS.some((kind) => wanted.has(kind))
  const asksMoves = CHANGE_KINDS.some((kind) => wanted.has(kind) && !FACTS.includes(kind))
  const needed = new Set(wanted)
  if (!request.alone) {
    if (asksFacts) for (const kind of WEIGHS_FACTS) needed.add(kind)
    if (asksMoves) for (const kind of WEIGHS_MOVES) needed.add(kind)
  }
  const [calls, ...rows] = await Promise.all([callsIn(asked, windows), ...[...needed].map((kind) => asking[kind]())])
  const all = rows.flat()
  // no machine brings about a fact, but it may what a callee of the fact's service does
  const weighsHosts = asksMoves || (!request.alone && calls.callees.size > 0)
  if (weighsHosts && !asksMoves) all.push(...(await asking.metric()))
  const hosts = weighsHosts ? await servicesOfHosts(asked, windows, movedHosts(all)) : new Map<string, never>()
  if (hosts.size > 0 && !request.alone)
    for (const kind of FACTS) if (!needed.has(kind)) all.push(...(await asking[kind]()))
  const found = weighCauses(all, { ...calls, hosts }, bucketNs(windows)).filter((change) => wanted.has(change.kind))

  const mine = request.service === undefined ? found : found.filter((c) => c.service === request.service)
  const ranked = inOrder(mine, (c) => [-c.score, c.at ?? 0n, c.kind, c.subject, c.measure, c.service, c.unit, c.target])
  return {
    table: frameFromRows(COLUMNS, ranked.slice(0, request.limit)),
    completeness:
      mine.length > request.limit
        ? { ...completeness, truncated: { returned: request.limit, total: mine.length } }
        : completeness,
  }
}

interface Chosen {
  readonly windows: Windows
  readonly completeness: Completeness
}

/**
 * The baseline: the part of the window before that was recorded, for hours without data are no calm hours, and of the
 * range what the sources can know. Where that is
 * next to nothing, the range's own first quarter. The answer says either.
 */
async function chosenWindows(asked: Asked, compareTo: TimeRange | undefined): Promise<Chosen> {
  const { scope } = asked
  const range = heldPart(scope, asked.range) ?? asked.range
  // read below is only what is known; the question was about all of it
  for (const table of ['spans', 'logs', 'happenings', 'samples'] as const)
    if (scope.held(table, asked.range)) scope.relation(table, asked.range)
  const wished = compareTo ?? windowBefore(range)
  const before = await recordedPart(asked, wished)
  const told = (gap: TimeRange, reason: string): Completeness => ({
    complete: false,
    missing: [
      ...scope.completeness.missing,
      ...scope.sources.map((source) => ({ source, from: formatRfc3339(gap.from), to: formatRfc3339(gap.to), reason })),
    ],
  })
  const enough = before !== undefined && (before.to - before.from) * 8n >= range.to - range.from
  if (before && (compareTo || enough))
    return before.from === wished.from
      ? { windows: { range, before }, completeness: scope.completeness }
      : {
          windows: { range, before },
          completeness: told({ from: wished.from, to: before.from }, 'nothing recorded: the baseline is what follows'),
        }
  if (compareTo && heldPart(scope, compareTo))
    return { windows: { range, before: compareTo }, completeness: scope.completeness }
  const split = asEpochNs(range.from + (range.to - range.from) / 4n)
  return {
    windows: { range: { from: split, to: range.to }, before: { from: range.from, to: split } },
    completeness: told(
      { from: wished.from, to: before?.from ?? wished.to },
      'nothing recorded before the range: its first quarter is the baseline',
    ),
  }
}

function bounded({ scope }: Asked, chosen: Chosen): Chosen {
  const { windows, completeness } = chosen
  const before = boundedBaseline(windows)
  if (before === windows.before) return chosen
  const gap = {
    from: formatRfc3339(windows.before.from),
    to: formatRfc3339(before.from),
    reason: 'too long before such a short range: the baseline is what follows',
  }
  return {
    windows: { ...windows, before },
    completeness: {
      ...completeness,
      complete: false,
      missing: [...completeness.missing, ...scope.sources.map((source) => ({ source, ...gap }))],
    },
  }
}

const isRatio = (move: Move): boolean =>
  move.measure === 'errors' ||
  (move.measure === 'value' &&
    (move.unit === '1' || move.unit === 'ratio') &&
    /ratio|utili[sz]ation|share/.test(move.subject))

/** A value of the log query language in exactly this case. */
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** The PromQL selector of exactly one series. */
function selector(move: Move): string {
  const labels = Object.entries(JSON.parse(move.detail) as Record<string, unknown>)
  return `${move.subject}{${labels.map(([name, value]) => `${name}=${JSON.stringify(String(value))}`).join(', ')}}`
}
