// Where data came from: list, switch on and off, correct the clock, remove with a while to change one's mind.

import { jsonInteger } from '../../shared/frame/table.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import { datedByServer } from '../../shared/contract/source-spec.ts'
import type { Source } from '../../shared/contract/sources.ts'
import type { CallContext, CapabilityModule, EngineContext } from '../engine/api.ts'
import type { Connector } from '../platform/connector.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import { LiveKeeper } from './live.ts'
import { liveHandlers, liveOf, type SshHosts } from './live-handlers.ts'
import { Purger } from './purge.ts'

const READING: ReadonlySet<string> = new Set(['import.run', 'demo.create', 'file.adopt'])
const MINUTE_NS = 60n * 1_000_000_000n

/** The capability with the connectors that this engine has. */
export const sourcesModuleWith = (
  connectors: readonly Connector[],
  sshHosts: SshHosts = async () => [],
): CapabilityModule<'sources'> => ({
  name: 'sources',
  start: (engine) => {
    const { catalog, platform, changed } = engine
    const keeper = new LiveKeeper(engine, connectors)
    engine.live.provide(keeper)
    engine.onShutdown(() => keeper.close())
    const purger = new Purger(engine)
    engine.onShutdown(() => purger.close())
    purger.resume()

    return {
      ...liveHandlers(engine, keeper, sshHosts),
      async list({ includeRemoved }) {
        const records = catalog.sources.list().filter((s) => includeRemoved || s.state !== 'removed')
        return { sources: await withBytes(engine, keeper, records) }
      },
      async imports({ id }) {
        requireSource(engine, id)
        const records = catalog.imports.ofSource(id).map(({ sha256: _sha256, source: _source, ...told }) => told)
        return { imports: records.sort((a, b) => (a.importedAt < b.importedAt ? 1 : -1)) }
      },
      async update({ id, name, on, clockOffsetNs }) {
        const source = requireSource(engine, id)
        if (source.state === 'removed')
          throw new WatchdeckError('conflict', 'The source was removed.', { hint: 'Restore it first.' })
        if (on === true && source.state !== 'off' && source.state !== 'ready')
          throw new WatchdeckError('conflict', `The source is ${source.state} and cannot be switched on.`)
        if (clockOffsetNs !== undefined && source.readOnly)
          throw new WatchdeckError('read_only', 'The clock of an opened file cannot be changed.', {
            hint: 'Continue the incident as your own copy first.',
          })
        // zero takes back what an earlier version let be set
        if (clockOffsetNs !== undefined && BigInt(clockOffsetNs) !== 0n && datedByServer(source.kind))
          throw new WatchdeckError(
            'unsupported',
            'Samples and alerts of a live source are shown as its server dates them.',
            {
              hint: 'Set the clock of the server right. What was recorded of it is a source of its own whose clock can be corrected.',
            },
          )
        const state = on === undefined ? undefined : on ? 'ready' : 'off'
        const updated = catalog.sources.update(id, {
          ...(name === undefined ? {} : { name }),
          ...(name === undefined || source.spec === undefined ? {} : { spec: { ...source.spec, name } }),
          ...(state === undefined ? {} : { state }),
          ...(clockOffsetNs === undefined ? {} : { clockOffsetNs: BigInt(clockOffsetNs).toString() }),
        })
        if (on === false) keeper.drop(id)
        changed('sources', id)
        const [told] = await withBytes(engine, keeper, [updated])
        return told as Source
      },
      async remove({ id, undoMinutes }) {
        const source = requireSource(engine, id)
        // asked twice, the first answer still holds
        if (source.state === 'removed' && source.undoUntil !== undefined) return { undoUntil: source.undoUntil }
        if (source.state === 'loading' && isBeingRead(engine))
          throw new WatchdeckError('conflict', 'The source is still being read.', { hint: 'Cancel its job first.' })
        const undoUntil = formatRfc3339(asEpochNs(platform.clock.now() + BigInt(undoMinutes) * MINUTE_NS))
        catalog.transaction(() => {
          catalog.sources.update(id, { state: 'removed', undoUntil, stateBefore: source.state })
          audit(engine, 'sources.remove', source)
        })
        keeper.drop(id)
        purger.resume()
        changed('sources', id)
        return { undoUntil }
      },
      async restore({ id }) {
        const source = requireSource(engine, id)
        if (source.state !== 'removed') throw new WatchdeckError('conflict', 'The source was not removed.')
        if (purger.busyWith(id) || expired(engine, source))
          throw new WatchdeckError('conflict', 'It is too late: the rows of the source are being deleted.')
        const again = importedAgain(engine, source)
        if (again)
          throw new WatchdeckError(
            'conflict',
            `A file of this source was imported again as ${JSON.stringify(again.name)}.`,
            { hint: 'Remove that source first: its rows would count twice.' },
          )
        const state = source.stateBefore ?? 'ready'
        catalog.transaction(() => {
          catalog.sources.update(id, { state, undoUntil: undefined, stateBefore: undefined })
          audit(engine, 'sources.restore', source)
        })
        changed('sources', id)
        return { ok: true as const }
      },
      async purge(_input, context: CallContext) {
        await purger.purge(() => true, context)
        return { ok: true as const }
      },
    }
  },
})

export const sourcesModule = sourcesModuleWith([])

/** A source that nobody is reading any more was left behind by a failure to write even that (a full disk). */
function isBeingRead({ jobs }: EngineContext): boolean {
  return jobs.list().some(({ state, method }) => state === 'running' && READING.has(method))
}

/** A source in use that holds a file of this one: the same file twice must add nothing, by this door neither. */
function importedAgain({ catalog }: EngineContext, source: SourceRecord): SourceRecord | undefined {
  return catalog.imports
    .ofSource(source.id)
    .flatMap(({ sha256 }) => catalog.imports.find(sha256))
    .map((record) => catalog.sources.get(record.source))
    .find((other) => other !== undefined && other.id !== source.id && other.state !== 'removed')
}

function expired({ platform }: EngineContext, source: SourceRecord): boolean {
  const until = source.undoUntil === undefined ? undefined : tryParseRfc3339(source.undoUntil)
  return until !== undefined && until <= platform.clock.now()
}

function requireSource({ catalog }: EngineContext, id: string): SourceRecord {
  const source = catalog.sources.get(id)
  if (!source) throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(id.slice(0, 100))}.`)
  return source
}

function audit({ catalog, platform }: EngineContext, action: string, source: SourceRecord): void {
  const at = formatRfc3339(platform.clock.now())
  catalog.audit.append({ at, actor: 'local', action, subject: source.id, detail: { name: source.name } })
}

/**
 * Bytes are shared out by rows: DuckDB keeps the rows of all sources in the same blocks, so nothing more exact exists.
 * Opened files have their own bytes and take none of the store.
 */
async function withBytes(
  { telemetry, catalog, platform }: EngineContext,
  keeper: LiveKeeper,
  records: readonly SourceRecord[],
): Promise<Source[]> {
  const total = await telemetry.bytes()
  let all = 0
  for (const source of catalog.sources.list()) if (source.kind !== 'file') all += rowsOf(source)
  const told = records.map(async ({ key: _key, spec, revision, keeps, stateBefore: _stateBefore, ...record }) => {
    const offset = BigInt(record.clockOffsetNs)
    // as every answer tells the rows: with the clock of the source put right
    const shown = (text: string): string => formatRfc3339((tryParseRfc3339(text) ?? 0n) + offset)
    const source = {
      ...record,
      ...(record.from === undefined ? {} : { from: shown(record.from) }),
      ...(record.to === undefined ? {} : { to: shown(record.to) }),
      clockOffsetNs: jsonInteger(offset),
    }
    if (spec !== undefined)
      return {
        ...source,
        live: await liveOf(platform.secrets, { id: source.id, revision, keeps }, spec, keeper.peek(source.id)),
      }
    if (source.kind === 'file') return source
    return { ...source, bytes: all === 0 ? 0 : Math.round((total * rowsOf(source)) / all) }
  })
  return await Promise.all(told)
}

function rowsOf(source: Pick<Source, 'counts'>): number {
  const { spans, logs, samples, objects, happenings, userEvents } = source.counts
  return spans + logs + samples + objects + happenings + userEvents
}
