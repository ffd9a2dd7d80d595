// Which sources a question is about, and the SQL text that stands for their rows.

import { randomBytes } from 'node:crypto'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339, type TimeRange } from '../../../shared/base/time.ts'
import { OPEN_FROM } from '../../../shared/domain/alerts.ts'
import { type Completeness, uniteCompleteness } from '../../../shared/domain/completeness.ts'
import type { Catalog, SourceRecord } from '../catalog/api.ts'
import { missingOf, toldMissing } from '../missing.ts'
import type { LineStretch, LogRows, Scope, ScopeQuestion } from './api.ts'
import { qualified } from './database.ts'
import { merged, overlap } from '../../../shared/domain/held.ts'
import { heldGaps, heldTimes, type Read } from './held-gaps.ts'
import { inParts, isLiveTable, LIVE, type LiveTable, SUMMARIES } from './live-rows.ts'
import { type MountFiles, mountToken } from './mounts.ts'
import { columnTypes, TIME_COLUMN, TIME_COLUMNS, type TelemetryTable } from './schema.ts'

const REASONS: Partial<Record<SourceRecord['state'], string>> = {
  loading: 'still loading',
  broken: 'broken: its rows could not be read or written',
}

/** What only opening it again can mend. */
const BROKEN_FILE = 'its file is gone, damaged or wants its passphrase: open it again'

const missing = (
  source: SourceRecord,
  range: TimeRange | undefined,
  reason: string,
): Completeness['missing'][number] => ({
  source: source.id,
  from: range ? formatRfc3339(range.from) : (source.from ?? ''),
  to: range ? formatRfc3339(range.to) : (source.to ?? ''),
  reason,
})

/** Times that the source says it has not, as far as they lie in the range. */
function knownGaps(source: SourceRecord, range: TimeRange | undefined): Completeness['missing'] {
  if (range === undefined) return toldMissing(source).map((gap) => ({ source: source.id, ...gap }))
  return missingOf(source).flatMap(({ from, to, reason }) => {
    const [low, high] = [larger(from, range.from), smaller(to, range.to)]
    return low < high
      ? [{ source: source.id, from: formatRfc3339(asEpochNs(low)), to: formatRfc3339(asEpochNs(high)), reason }]
      : []
  })
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** @throws WatchdeckError not_found for an id that is unknown or removed */
export function resolveScope(
  catalog: Catalog,
  mounts: ReadonlyMap<number, MountFiles>,
  nonce: string,
  ids: readonly string[] | undefined,
  range: TimeRange | undefined,
  { live = [], services }: ScopeQuestion = {},
): Scope {
  const all = catalog.sources.list()
  const wanted = ids === undefined ? undefined : new Set(ids)
  for (const id of wanted ?? []) {
    const source = all.find((s) => s.id === id)
    if (!source || source.state === 'removed')
      throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(id)}.`, {
        hint: 'sources.list names the sources there are.',
      })
  }
  const chosen = all.filter((s) => (wanted ? wanted.has(s.id) : s.state !== 'off' && s.state !== 'removed'))
  const gaps: Completeness['missing'] = []
  const readable: SourceRecord[] = []
  for (const source of chosen) {
    const reason = source.kind === 'file' && source.state === 'broken' ? BROKEN_FILE : REASONS[source.state]
    if (reason !== undefined) gaps.push(missing(source, range, reason))
    else if (source.kind === 'file' && !mounts.has(source.key))
      gaps.push(missing(source, range, 'its file is not open'))
    gaps.push(...knownGaps(source, range))
    // what a loading source has committed so far is shown, and named as incomplete
    if (source.state !== 'broken') readable.push(source)
  }
  const byKey = new Map(all.map((s) => [s.key, s]))
  const plain = new Map<bigint, number[]>()
  const mounted: Array<{ key: number; offset: bigint }> = []
  for (const source of readable) {
    const offset = BigInt(source.clockOffsetNs)
    if (mounts.has(source.key)) mounted.push({ key: source.key, offset })
    else if (source.kind !== 'file') plain.set(offset, [...(plain.get(offset) ?? []), source.key])
  }
  const brought = live.flatMap(({ source, parts, lists = [], completeness }) => {
    const record = chosen.find(({ id }) => id === source)
    return record ? [{ key: record.key, offset: BigInt(record.clockOffsetNs), parts, lists, completeness }] : []
  })
  const stored: Completeness = { complete: gaps.length === 0, missing: gaps }
  const told = brought.length === 0 ? stored : uniteCompleteness([stored, ...brought.map((b) => b.completeness)])
  const ofFiles = readable.filter((s) => s.held !== undefined)
  const reads = new Map<string, Read>()
  const noteRead = (table: TelemetryTable, within: TimeRange | undefined) => {
    if (ofFiles.length > 0) reads.set(`${table} ${within?.from} ${within?.to}`, { table, range: within })
  }
  const unheld = () => ofFiles.flatMap((source) => heldGaps(source, [...reads.values()], services))
  const relationOf = (table: TelemetryTable, within: TimeRange | undefined, rows: LogRows | undefined): string => {
    const parts = [...plain].flatMap(([offset, keys]) =>
      rows && table === 'logs' ? logSelects(keys, offset, within, rows) : [tableSelect(table, keys, offset, within)],
    )
    for (const { key, offset } of mounted) parts.push(mountToken(nonce, key, table, offset, within))
    if (isLiveTable(table))
      for (const each of brought)
        if (each.parts.length + each.lists.length > 0) parts.push(liveSelect(table, each, within))
    if (parts.length === 0) return `(SELECT * FROM ${qualified(table)} WHERE false)`
    return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' UNION ALL ')})`
  }
  return {
    sources: chosen.map((s) => s.id),
    completeness: {
      ...told,
      get complete() {
        return told.complete && unheld().length === 0
      },
      get missing() {
        return [...told.missing, ...unheld()]
      },
    },
    opened: mounted.length > 0,
    stored: storedAlone(plain, mounted.length),
    relation(table, within, rows) {
      noteRead(table, within ?? range)
      return relationOf(table, within, rows)
    },
    glance: (table, within) => relationOf(table, within, undefined),
    held: (table, window) => heldPart(chosen, table, window),
    sourceId(key) {
      const source = byKey.get(key)
      if (!source) throw new Error(`assertion failed: no source with key ${key}`)
      return source.id
    },
    sourceKey(id) {
      const source = all.find((s) => s.id === id)
      if (!source) throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(id)}.`)
      return source.key
    },
    clockOffset: (key) => BigInt(byKey.get(key)?.clockOffsetNs ?? '0'),
  }
}

/** From the first to the last that any of the sources can have of the window. */
function heldPart(sources: readonly SourceRecord[], table: TelemetryTable, window: TimeRange): TimeRange | undefined {
  if (sources.length === 0) return window
  const parts: TimeRange[] = []
  for (const source of sources) {
    if (source.held === undefined) return window
    const times = heldTimes(source.held, table, BigInt(source.clockOffsetNs))
    const part = times && overlap(window, times)
    if (part) parts.push(part)
  }
  const all = merged(parts)
  const [first, last] = [all[0], all.at(-1)]
  return first && last && { from: first.from, to: last.to }
}

function storedAlone(plain: ReadonlyMap<bigint, readonly number[]>, mounted: number): Scope['stored'] {
  const [first] = plain
  if (first === undefined || plain.size > 1 || mounted > 0) return undefined
  const [offset, [key, ...others]] = first
  return key === undefined || others.length > 0 ? undefined : { key, offset }
}

/** One flat SELECT, so that DuckDB pushes filters and projections into the scan. */
function tableSelect(
  table: TelemetryTable,
  keys: readonly number[],
  offset: bigint,
  range: TimeRange | undefined,
  ids?: LineStretch,
): string {
  const conditions = [
    keys.length === 1 ? `source = ${keys[0]}` : `source IN (${keys.join(', ')})`,
    ...timeConditions(table, offset, range),
    ...(ids?.from === undefined ? [] : [`id >= ${ids.from}`]),
    ...(ids?.to === undefined ? [] : [`id <= ${ids.to}`]),
  ]
  return `(SELECT ${shifted(table, offset)} FROM ${qualified(table)} WHERE ${conditions.join(' AND ')})`
}

function liveSelect(
  table: LiveTable,
  { key, offset, parts, lists }: { key: number; offset: bigint; parts: readonly number[]; lists: readonly number[] },
  range: TimeRange | undefined,
): string {
  const conditions = [
    `source = ${key}`,
    ...timeConditions(table, offset, range),
    ...(table === 'attributes' ? [] : [inParts([...parts, ...lists])]),
  ].join(' AND ')
  const held = `SELECT ${shifted(table, offset)} FROM ${LIVE}.main.${table} WHERE ${conditions}`
  if (table !== 'traces' || lists.length === 0) return `(${held})`
  const told = `SELECT ${shifted(table, offset)} FROM ${SUMMARIES} WHERE ${conditions}`
  // a trace that was opened has rows of both: what is known later has more spans; of equals its own times count
  return `(SELECT * EXCLUDE (told) FROM (SELECT *, false AS told FROM (${held}) UNION ALL SELECT *, true FROM (${told}))
    QUALIFY row_number() OVER (PARTITION BY trace_id ORDER BY spans DESC, told) = 1)`
}

/** A SELECT per stretch of lines: DuckDB skips what lies outside of one range of ids, but reads all for a choice of ranges. */
function logSelects(keys: readonly number[], offset: bigint, range: TimeRange | undefined, rows: LogRows): string[] {
  const whole: number[] = []
  const selects: string[] = []
  const stored = range && { from: range.from - offset, to: range.to - offset }
  for (const key of keys) {
    const stretches = rows.stretches(key, stored)
    if (!stretches) whole.push(key)
    else for (const ids of stretches) selects.push(tableSelect('logs', [key], offset, range, ids))
  }
  if (whole.length > 0) selects.push(tableSelect('logs', whole, offset, range))
  return selects
}

/** Compares the stored time, so that the scan's zone maps still help when the clock is corrected. */
export function timeConditions(table: TelemetryTable, offset: bigint, range: TimeRange | undefined): string[] {
  const time = TIME_COLUMN[table]
  if (time === undefined || range === undefined) return []
  return [`${time} >= ${bounded(range.from - offset)}`, `${time} < ${bounded(range.to - offset)}`]
}

/** A bound beyond int64 would turn the comparison into HUGEINT. */
function bounded(value: bigint): bigint {
  const limit = 2n ** 63n
  return value < -limit + 1n ? -limit + 1n : value > limit - 1n ? limit - 1n : value
}

/** Adds the clock's offset to every time of a row; a time of 0 means "unknown" and stays, and so does the end of what has none. */
export function shifted(table: TelemetryTable, offset: bigint): string {
  const times = TIME_COLUMNS[table]
  if (offset === 0n || times.length === 0) return '*'
  const main = TIME_COLUMN[table]
  const replaced = times.map((t) =>
    t === main
      ? `${t} + (${offset}) AS ${t}`
      : `CASE WHEN ${t} = 0 OR ${t} > ${OPEN_FROM} THEN ${t} ELSE ${t} + (${offset}) END AS ${t}`,
  )
  return `* REPLACE (${replaced.join(', ')})`
}

export const newNonce = (): string => randomBytes(12).toString('hex')

/** Columns of a Parquet file under their own names and types, with the source's key in front. */
export function fileSelect(
  table: TelemetryTable,
  key: number,
  paths: readonly string[],
  offset: bigint,
  range: TimeRange | undefined,
): string {
  if (paths.length === 0) return `(SELECT * FROM ${qualified(table)} WHERE false)`
  const list = paths.map((p) => `'${p.replaceAll("'", "''")}'`).join(', ')
  const columns = columnTypes(table).map(([name, type]) =>
    name === 'source' ? `${key}::INTEGER AS source` : `"${name}"::${type} AS "${name}"`,
  )
  const conditions = timeConditions(table, offset, range)
  const rows = `SELECT ${columns.join(', ')} FROM read_parquet([${list}])${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`
  const out = shifted(table, offset)
  return out === '*' ? `(${rows})` : `(SELECT ${out} FROM (${rows}))`
}
