// file.save and file.estimate: the rows of an incident cut into Parquet parts by kind and time, redacted on the way.

import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { throwIfAborted, WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, parseRange, type TimeRange } from '../../shared/base/time.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import { boundedSelectors, commonPart } from '../../shared/domain/held.ts'
import type { MethodOutput, MethodParsedInput } from '../../shared/contract/index.ts'
import type { Entry, Incident } from '../../shared/contract/incidents.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import type { DataPart, SavedIncident } from '../storage/incident-file/manifest.ts'
import { createRedactor, type Redactor } from '../storage/incident-file/redaction.ts'
import { type PartFile, requireFreeTarget, writeIncidentFile } from '../storage/incident-file/write.ts'
import { toldMissing } from '../storage/missing.ts'
import { countsOf } from '../storage/telemetry/source-counts.ts'
import { TIME_COLUMN } from '../storage/telemetry/schema.ts'
import { heldIn, heldOf, named, rowsOf, saveScope, unrecorded } from './kept.ts'
import { redactedCompleteness, redactedGaps, redactedPromQL, redactedQuestion } from './kept-questions.ts'
import { redacted, type SaveScope, type Selection, selections, textColumns } from './selection.ts'

/** Rows of one Parquet part: a view that needs a minute reads one such part, not the table. */
const PART_ROWS = 250_000
const MAX_PARTS = 64
const SAMPLE_ROWS = 20_000
/** what the file's schema takes; a token may be longer than what it stands for */
const MOST_ROLE = 200
/** letters of a title, as the manifest takes them: what stands for an address may be longer than it */
const MOST_TITLE = 400

type SaveInput = MethodParsedInput<'file.save'>
type EstimateInput = MethodParsedInput<'file.estimate'>

export function requireIncident(engine: EngineContext, id: string): Incident {
  const incident = engine.catalog.incidents.get(id)
  if (!incident)
    throw new WatchdeckError('not_found', `There is no incident ${JSON.stringify(id)}.`, {
      hint: 'incidents.list names them all.',
    })
  return incident
}

export async function save(
  engine: EngineContext,
  input: SaveInput,
  context: CallContext,
): Promise<MethodOutput<'file.save'>> {
  const incident = requireIncident(engine, input.incident)
  const path = resolve(input.path)
  await requireFolder(dirname(path), resolve(engine.platform.dataDir))
  await requireFreeTarget(path, input.overwrite)
  requireWhole(engine, incident)
  const range = parseRange(incident.range, engine.platform.clock.now())
  const redactor = redactorOf(engine, input.redact)
  const scratch = join(engine.platform.dataDir, 'cache', `save-${randomUUID()}`)
  await mkdir(scratch, { recursive: true })
  try {
    const parts: PartFile[] = []
    const seen: Completeness[] = []
    for (const [ordinal, source] of incident.sources.entries()) {
      const scope = await engine.telemetry.scope(rowsOf(engine, incident.id, source), range)
      const chosen = selections(scope, range, saveScope(input.scope))
      for (const [index, selection] of chosen.entries()) {
        throwIfAborted(context.signal)
        const done = (ordinal + index / chosen.length) / incident.sources.length
        context.progress(0.7 * done, `Writing ${selection.table}`)
        parts.push(...(await writeParts(engine, selection, ordinal, redactor, scratch, context.signal)))
      }
      seen.push(named(scope.completeness, source), unrecorded(engine, incident.id, source, range))
    }
    const { saved, queries } = savedIncident(
      engine,
      incident,
      redactor,
      { range, scope: saveScope(input.scope) },
      parts.map(({ part }) => part),
    )
    context.progress(0.7, 'Writing the file')
    const written = await writeIncidentFile(
      path,
      {
        saved,
        queries,
        parts,
        redaction: redactor.rules,
        createdAt: formatRfc3339(engine.platform.clock.now()),
        createdBy: `Watchdeck ${engine.platform.version}`,
      },
      {
        passphrase: input.passphrase,
        overwrite: input.overwrite,
        signal: context.signal,
        scratch,
        progress: (fraction) => context.progress(0.7 + 0.3 * fraction, 'Writing the file'),
      },
    )
    engine.log.info('incident file saved', { bytes: written.bytes, entries: written.entries })
    return { path, ...written, completeness: uniteCompleteness(seen) }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** What saves and estimates of an engine that was killed left in the cache. */
export async function sweepScratch({ platform }: EngineContext): Promise<void> {
  const cache = join(platform.dataDir, 'cache')
  for (const name of await readdir(cache))
    if (/^(save|estimate)-[0-9a-f-]{36}$/.test(name)) await rm(join(cache, name), { recursive: true, force: true })
}

/** Folders are made within the data folder only: elsewhere a folder that is not there is a slip of the pen. */
async function requireFolder(folder: string, dataDir: string): Promise<void> {
  if (folder === dataDir || folder.startsWith(dataDir + sep)) await mkdir(folder, { recursive: true, mode: 0o700 })
  const there = await stat(folder).catch(() => undefined)
  if (!there?.isDirectory())
    throw new WatchdeckError('invalid_input', `There is no folder ${JSON.stringify(folder)}.`, {
      hint: 'Choose a folder that is there.',
    })
}

/** A file of half a source would look whole to whoever opens it. */
function requireWhole(engine: EngineContext, incident: Incident): void {
  for (const id of incident.sources) {
    const source = engine.catalog.sources.get(id)
    if (source?.state === 'loading' || source?.state === 'broken')
      throw new WatchdeckError('conflict', `The source ${JSON.stringify(source.name)} is ${source.state}.`, {
        hint: 'Wait until it is ready, or take it out of the incident.',
      })
  }
}

async function writeParts(
  engine: EngineContext,
  selection: Selection,
  ordinal: number,
  redactor: Redactor,
  scratch: string,
  signal: AbortSignal,
): Promise<PartFile[]> {
  const { table, sql, params } = selection
  const time = TIME_COLUMN[table]
  const extent = await extentOf(engine, selection, time, signal)
  if (extent?.n === 0n) return []
  const { n, low, high } = extent ?? { n: 0n, low: null, high: null }
  const count =
    time === undefined || low === null || high === null ? 1 : Math.min(MAX_PARTS, Math.ceil(Number(n) / PART_ROWS))
  const parts: PartFile[] = []
  for (let i = 0; i < count; i++) {
    throwIfAborted(signal)
    const path = join(scratch, `${ordinal}-${table}-${i}.parquet`)
    const bounds = low !== null && high !== null && count > 1 ? slice(low, high, i, count) : undefined
    const within =
      bounds === undefined ? sql : `SELECT * FROM (${sql}) WHERE ${time} >= ${bounds.from} AND ${time} < ${bounds.to}`
    const { rows } = await engine.telemetry.copyToParquet(redacted(table, within, redactor), params, path, { signal })
    if (rows === 0) continue
    const from = bounds?.from ?? low
    const to = bounds === undefined ? high : bounds.to - 1n
    parts.push({
      path,
      part: {
        source: ordinal,
        table,
        rows,
        from: time === undefined || from === null ? null : `${from}`,
        to: time === undefined || to === null ? null : `${to}`,
      },
    })
  }
  return parts
}

/** Rows and times of a table with times; one without is written in one part, and counting it would be as long as writing it. */
async function extentOf(
  engine: EngineContext,
  { sql, params }: Selection,
  time: string | undefined,
  signal: AbortSignal,
): Promise<{ n: bigint; low: bigint | null; high: bigint | null } | undefined> {
  if (time === undefined) return undefined
  const [extent] = await engine.telemetry.rows<{ n: bigint; low: bigint | null; high: bigint | null }>(
    `SELECT count(*) AS n, min(${time}) AS low, max(${time}) AS high FROM (${sql})`,
    params,
    { signal },
  )
  return extent
}

/** The i-th of `count` equal parts of [low, high], as a half-open interval. */
function slice(low: bigint, high: bigint, i: number, count: number): { from: bigint; to: bigint } {
  const width = high - low + 1n
  return { from: low + (width * BigInt(i)) / BigInt(count), to: low + (width * BigInt(i + 1)) / BigInt(count) }
}

function savedIncident(
  engine: EngineContext,
  incident: Incident,
  redactor: Redactor,
  asked: { readonly range: TimeRange; readonly scope: SaveScope },
  parts: readonly DataPart[],
): { saved: SavedIncident; queries: Record<string, string> } {
  const entries = engine.catalog.entries.list(incident.id)
  const queries: Record<string, string> = {}
  for (const entry of entries) {
    const answer = engine.catalog.entries.answer(entry.id)
    if (answer !== null)
      queries[entry.id] = redactor.rules.length === 0 ? answer : JSON.stringify(redactor.json(JSON.parse(answer)))
  }
  const sources = incident.sources.flatMap((id, ordinal) => {
    const source = engine.catalog.sources.get(id)
    // what was recorded of a live source stands for it
    const rows = engine.catalog.sources.get(heldIn(engine, incident.id, id)) ?? source
    if (source === undefined || rows === undefined) return []
    const { selectors, ...held } = heldOf(engine, incident.id, source, asked)
    return [
      {
        id,
        name: redactor.text(source.name).slice(0, 300),
        kind: source.kind,
        ...(rows.from !== undefined && rows.to !== undefined && commonPart({ from: rows.from, to: rows.to }, held)),
        counts: countsOf(parts.filter((part) => part.source === ordinal)),
        // rows are saved with the clock corrected, and so is what is missing among them
        ...(rows.missing !== undefined && { missing: redactedGaps(toldMissing(rows), redactor) }),
        // values of labels stand in them: they are kept out as they are among the rows, and in the questions of pins
        held: {
          ...held,
          ...(selectors && { selectors: boundedSelectors(selectors.map((each) => redactedPromQL(each, redactor))) }),
        },
      },
    ]
  })
  if (sources.length !== incident.sources.length)
    throw new WatchdeckError('conflict', 'A source of this incident was removed; its data cannot be saved.', {
      hint: 'Restore the source, or take it out of the incident first.',
    })
  return {
    saved: {
      incident: {
        ...incident,
        title: redactor.text(incident.title).slice(0, MOST_TITLE),
        summary: redactor.text(incident.summary),
        tags: incident.tags.map((tag) => redactor.text(tag)),
        roles: Object.fromEntries(
          Object.entries(incident.roles).map(([role, who]) => [role, redactor.text(who).slice(0, MOST_ROLE)]),
        ),
      },
      entries: entries.map((e) => redactedEntry(e, redactor)),
      sources,
    },
    queries,
  }
}

/** Questions keep their times and ids, by which the rows in the file are found. */
const redactedEntry = (entry: Entry, redactor: Redactor): Entry => ({
  ...entry,
  title: redactor.text(entry.title),
  markdown: redactor.text(entry.markdown),
  what: entry.what === null ? null : redactedQuestion(entry.what, redactor),
  completeness: redactedCompleteness(entry.completeness, redactor),
})

export async function estimate(
  engine: EngineContext,
  input: EstimateInput,
  context: CallContext,
): Promise<MethodOutput<'file.estimate'>> {
  const incident = requireIncident(engine, input.incident)
  const range = parseRange(incident.range, engine.platform.clock.now())
  const redactor = redactorOf(engine, input.redact)
  const rows: Record<string, number> = {}
  const found: Found = new Map()
  const said = saidIn(engine, incident)
  for (const text of said) tally(found, redactor, text, false)
  let bytes = said.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const seen: Completeness[] = []
  const scratch = join(engine.platform.dataDir, 'cache', `estimate-${randomUUID()}`)
  await mkdir(scratch, { recursive: true })
  try {
    for (const id of incident.sources) {
      const scope = await engine.telemetry.scope(rowsOf(engine, incident.id, id), range)
      for (const selection of selections(scope, range, saveScope(input.scope))) {
        throwIfAborted(context.signal)
        const count = await estimateTable(engine, selection, join(scratch, 'sample.parquet'), context.signal)
        rows[selection.table] = (rows[selection.table] ?? 0) + count.rows
        bytes += count.bytes
        await previewRedaction(engine, selection, redactor, found, context.signal)
      }
      seen.push(named(scope.completeness, id), unrecorded(engine, incident.id, id, range))
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  const redaction = [...found].map(([rule, entry]) => ({ rule, ...entry })).sort((a, b) => b.count - a.count)
  return { rows, bytes: Math.round(bytes), redaction, completeness: uniteCompleteness(seen) }
}

/** What people wrote and what pins ask and answered: it is in the file as well, and redacted as the rows are. */
function saidIn({ catalog }: EngineContext, { id, title, summary, tags, roles }: Incident): string[] {
  const entries = catalog.entries.list(id).flatMap((entry) => {
    const question = entry.what === null ? [] : [JSON.stringify(entry.what.input)]
    return [entry.title, entry.markdown, ...question, catalog.entries.answer(entry.id) ?? '']
  })
  return [title, summary, ...tags, ...Object.values(roles), ...entries]
}

type Found = Map<string, { count: number; sampled: boolean; examples: Array<{ before: string; after: string }> }>

function tally(found: Found, redactor: Redactor, text: string, isSample: boolean): void {
  for (const match of redactor.matches(text)) {
    const entry = found.get(match.rule) ?? { count: 0, sampled: false, examples: [] }
    entry.count++
    entry.sampled ||= isSample
    if (entry.examples.length < 3 && !entry.examples.some((e) => e.before === match.before))
      entry.examples.push({ before: match.before, after: match.after })
    found.set(match.rule, entry)
  }
}

/** Bytes from a Parquet file of the first rows, scaled up: within some ten per cent for even data. */
async function estimateTable(
  engine: EngineContext,
  selection: Selection,
  path: string,
  signal: AbortSignal,
): Promise<{ rows: number; bytes: number }> {
  const [total] = await engine.telemetry.rows<{ n: bigint }>(
    `SELECT count(*) AS n FROM (${selection.sql})`,
    selection.params,
    { signal },
  )
  const rows = Number(total?.n ?? 0n)
  if (rows === 0) return { rows: 0, bytes: 0 }
  const sample = await engine.telemetry.copyToParquet(
    `SELECT * FROM (${selection.sql}) LIMIT ${SAMPLE_ROWS}`,
    selection.params,
    path,
    { signal },
  )
  await rm(path, { force: true })
  return { rows, bytes: (sample.bytes / Math.max(1, sample.rows)) * rows }
}

async function previewRedaction(
  engine: EngineContext,
  selection: Selection,
  redactor: Redactor,
  found: Found,
  signal: AbortSignal,
): Promise<void> {
  if (redactor.rules.length === 0) return
  for (const column of textColumns(selection.table)) {
    const texts = await engine.telemetry.rows<{ text: string | null }>(
      `SELECT DISTINCT ${column} AS text FROM (${selection.sql} LIMIT ${SAMPLE_ROWS}) WHERE ${column} IS NOT NULL`,
      selection.params,
      { signal },
    )
    for (const { text } of texts) if (text !== null) tally(found, redactor, text, texts.length >= SAMPLE_ROWS / 2)
  }
}

/**
 * Default: the rules of the settings.
 * @throws WatchdeckError `not_found` for a rule `own:NAME` that the settings do not have
 */
function redactorOf(engine: EngineContext, redact: SaveInput['redact']): Redactor {
  const { redactionRules, ownRedaction } = engine.catalog.settings.get()
  if (redact === false) return createRedactor([])
  if (!Array.isArray(redact))
    return createRedactor(
      redactionRules,
      ownRedaction.filter(({ on }) => on),
    )
  const own = redact.flatMap((rule) => {
    if (!rule.startsWith('own:')) return []
    const found = ownRedaction.find(({ name }) => `own:${name}` === rule)
    if (!found)
      throw new WatchdeckError('not_found', `The settings have no rule of redaction called "${rule.slice(4)}".`)
    return [found]
  })
  return createRedactor(redact, own)
}
