// Plans and clean-ups. A plan names things; a run removes exactly what was named, looks again at what incidents speak of,
// and can be taken back: sources by their own undo, files by the trash.

import { isAbort, throwIfAborted, WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { MethodOutput } from '../../shared/contract/index.ts'
import type { Retention, SpaceItem, SpaceRun } from '../../shared/contract/space.ts'
import { chooseWhatGoes, type RetentionRules } from '../../shared/domain/retention.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import { filesBelow } from './folder.ts'
import { type Thing, thingsOf } from './items.ts'
import { type Trash, type TrashedItem, type TrashedRun, untilText } from './trash.ts'
import { sumOf } from './usage.ts'

/** More clean-ups than there can be in the trash. */
const RECALLED = 100_000

export interface Plan {
  readonly items: SpaceItem[]
  /** of what the rules choose */
  readonly bytes: number
  readonly overBytes: number
  /** of the data folder, without what is on its way out and what is free in the stores */
  readonly usedBytes: number
}

export interface RunWish {
  readonly items: readonly string[]
  readonly evenKept: boolean
  readonly undoMinutes: number
  readonly by: SpaceRun['by']
}

export class Cleaner {
  readonly #engine: EngineContext
  readonly #trash: Trash

  constructor(engine: EngineContext, trash: Trash) {
    this.#engine = engine
    this.#trash = trash
  }

  async plan(retention: Retention, context: CallContext): Promise<Plan> {
    const { platform, catalog } = this.#engine
    const files = await filesBelow(platform.dataDir)
    const things = await thingsOf(this.#engine, files, context)
    const usedBytes = await this.#used(sumOf(files), sumOf(files.filter(({ part }) => part === 'trash')), context)
    const rules = rulesOf(retention, catalog.settings.get().receiver.keepDays)
    const choice = chooseWhatGoes(
      things.map(({ id, kind, bytes, sinceNs, keptBy }) => ({
        id,
        kind,
        bytes,
        since: sinceNs,
        keptBy: keptBy.map((k) => k.id),
      })),
      rules,
      usedBytes,
      platform.clock.now(),
    )
    const items = things
      .sort((a, b) => b.bytes - a.bytes)
      .map(({ sinceNs: _, removes, ...item }) => ({
        ...item,
        why: choice.chosen.get(item.id) ?? null,
        undo: !('unpacked' in removes),
      }))
    return { items, bytes: sumOf(items.filter(({ why }) => why !== null)), overBytes: choice.over, usedBytes }
  }

  /** Rows of removed sources, files in the trash and free blocks are room that is made already. */
  async #used(total: number, trash: number, context: CallContext): Promise<number> {
    const { sources } = await this.#engine.call('sources.list', { includeRemoved: true }, context)
    const going = sources.reduce((sum, { state, bytes = 0 }) => sum + (state === 'removed' ? bytes : 0), 0)
    const free = (await this.#engine.telemetry.space()).reduce((sum, { freeBytes }) => sum + freeBytes, 0)
    return Math.max(0, total - trash - going - free)
  }

  async run(wish: RunWish, context: CallContext): Promise<MethodOutput<'space.run'>> {
    const { platform, changed } = this.#engine
    const now = platform.clock.now()
    const undoUntil = untilText(now, wish.undoMinutes)
    const things = new Map(
      (await thingsOf(this.#engine, await filesBelow(platform.dataDir), context)).map((thing) => [thing.id, thing]),
    )
    const run = await this.#trash.begin({ at: formatRfc3339(now), by: wish.by, undoUntil })
    const removed: string[] = []
    const skipped: Array<{ id: string; reason: string }> = []
    let bytes = 0
    try {
      for (const [i, id] of [...new Set(wish.items)].entries()) {
        throwIfAborted(context.signal)
        const thing = things.get(id)
        context.progress(i / wish.items.length, `Removing ${thing?.name ?? id}`)
        const refusal = refusalOf(thing, wish.evenKept)
        if (thing === undefined || refusal !== undefined) {
          skipped.push({ id, reason: refusal ?? 'it is not there any more' })
          continue
        }
        try {
          bytes += await this.#remove(run, thing, wish.undoMinutes, context)
          removed.push(id)
        } catch (error) {
          if (isAbort(error) || !(error instanceof WatchdeckError)) throw error
          skipped.push({ id, reason: error.message })
        }
      }
    } finally {
      // also of a run that was cancelled or failed half way: what went is told, and can be taken back
      const held = run.items.filter(({ id }) => !removed.includes(id)).map((item) => this.#trash.holds(run, item))
      if (removed.length === 0 && !(await Promise.all(held)).includes(true)) await this.#trash.forget(run.run)
      else this.#tell('space.run', run.run, { by: wish.by, items: removed, bytes, undoUntil })
      changed('space', run.run)
    }
    return { run: run.run, removed, bytes, undoUntil, skipped }
  }

  /** Bytes that it had. */
  async #remove(
    run: TrashedRun,
    { id, bytes, removes }: Thing,
    undoMinutes: number,
    context: CallContext,
  ): Promise<number> {
    if ('unpacked' in removes) return (await this.#engine.call('file.forget', { key: removes.unpacked }, context)).bytes
    if ('source' in removes) {
      await this.#trash.keep(run, { id, bytes, source: removes.source })
      await this.#engine.call('sources.remove', { id: removes.source, undoMinutes }, context)
      return bytes
    }
    const kept = await this.#trash.keep(run, { id, bytes }, removes.files)
    try {
      await this.#trash.move(run, kept)
    } catch (error) {
      // one of several is in use: those before it go back, and the other things are still removed
      await this.#trash.moveBack(run, kept)
      throw new WatchdeckError('unavailable', 'A file of it is in use.', { cause: error, retryable: true })
    }
    return bytes
  }

  /** Clean-ups that ended with their engine: what went is told now, and is taken back like any other. Once, at a start. */
  async recall(): Promise<void> {
    const { catalog, changed } = this.#engine
    const runs = await this.#trash.list()
    if (runs.length === 0) return
    const told = new Set(catalog.audit.list('space.run', RECALLED).map(({ subject }) => subject))
    for (const run of runs) {
      if (told.has(run.run)) continue
      const went: TrashedItem[] = []
      for (const item of run.items) if (await this.#isGone(run, item)) went.push(item)
      if (went.length === 0) await this.#trash.forget(run.run)
      else
        this.#tell('space.run', run.run, {
          by: run.by,
          items: went.map((item) => item.id),
          bytes: sumOf(went),
          undoUntil: run.undoUntil,
          cutShort: true,
        })
      changed('space', run.run)
    }
  }

  async #isGone(run: TrashedRun, item: TrashedItem): Promise<boolean> {
    if (item.source === undefined) return await this.#trash.holds(run, item)
    return this.#engine.catalog.sources.get(item.source)?.state === 'removed'
  }

  async undo(id: string, context: CallContext): Promise<MethodOutput<'space.undo'>> {
    const run = await this.#trash.find(id)
    const until = run === undefined ? undefined : tryParseRfc3339(run.undoUntil)
    if (run === undefined || (until !== undefined && until <= this.#engine.platform.clock.now()))
      throw new WatchdeckError('not_found', 'This clean-up cannot be taken back any more.')
    const restored: string[] = []
    const lost: Array<{ id: string; reason: string }> = []
    for (const item of run.items) {
      const reason = await this.#restore(run, item, context)
      if (reason === undefined) restored.push(item.id)
      else lost.push({ id: item.id, reason })
    }
    // what could not go back is kept until the time of the clean-up is over
    if (lost.length === 0) await this.#trash.forget(run.run)
    this.#tell('space.undo', run.run, { restored, lost })
    this.#engine.changed('space', run.run)
    return { restored, lost }
  }

  /** Why it could not be restored. */
  async #restore(run: TrashedRun, item: TrashedItem, context: CallContext): Promise<string | undefined> {
    if (item.source === undefined)
      return (await this.#trash.moveBack(run, item)) ? undefined : 'its file is gone, or another took its place'
    // taken back alone meanwhile, or a crash came before it was removed: it is there either way
    const state = this.#engine.catalog.sources.get(item.source)?.state
    if (state !== undefined && state !== 'removed') return undefined
    try {
      await this.#engine.call('sources.restore', { id: item.source }, context)
      return undefined
    } catch (error) {
      if (error instanceof WatchdeckError && !isAbort(error)) return error.message
      throw error
    }
  }

  async runs(limit: number): Promise<SpaceRun[]> {
    const open = new Map((await this.#trash.list()).map((run) => [run.run, run]))
    const now = this.#engine.platform.clock.now()
    return this.#engine.catalog.audit.list('space.run', limit).map(({ at, subject, detail }) => {
      const told = typeof detail === 'object' && detail !== null ? detail : {}
      const until = open.get(subject)?.undoUntil
      const ends = until === undefined ? undefined : tryParseRfc3339(until)
      return {
        run: subject,
        at,
        by: 'by' in told && told.by === 'retention' ? 'retention' : 'person',
        items: 'items' in told && Array.isArray(told.items) ? told.items.length : 0,
        bytes: 'bytes' in told && typeof told.bytes === 'number' ? told.bytes : 0,
        ...(until !== undefined && ends !== undefined && ends > now ? { undoUntil: until } : {}),
      }
    })
  }

  async reclaim(purge: boolean, context: CallContext): Promise<MethodOutput<'space.reclaim'>> {
    const { platform, telemetry, changed } = this.#engine
    const total = async () => sumOf(await filesBelow(platform.dataDir))
    const beforeBytes = await total()
    if (purge) {
      context.progress(0, 'Deleting what was removed')
      // their lists first: a clean-up whose sources are being deleted is no longer offered to be taken back
      await this.#trash.sweep(platform.clock.now(), true)
      await this.#engine.call('sources.purge', {}, context)
    }
    await telemetry.compact({
      signal: context.signal,
      progress: (name) => context.progress(name === 'telemetry' ? 0.2 : 0.8, 'Making the stores small'),
    })
    const afterBytes = await total()
    this.#tell('space.reclaim', 'stores', { purge, beforeBytes, afterBytes })
    changed('space')
    return { beforeBytes, afterBytes }
  }

  #tell(action: string, subject: string, detail: Readonly<Record<string, unknown>>): void {
    const { catalog, platform } = this.#engine
    const actor = detail['by'] === 'retention' ? 'retention' : 'local'
    catalog.audit.append({ at: formatRfc3339(platform.clock.now()), actor, action, subject, detail })
  }
}

function refusalOf(thing: Thing | undefined, evenKept: boolean): string | undefined {
  if (thing === undefined) return 'it is not there any more'
  if (evenKept || thing.keptBy.length === 0) return undefined
  return `kept for ${thing.keptBy.map(({ number }) => `INC-${number}`).join(', ')}`
}

/** Received data has its own number of days: the receiver's. */
const rulesOf = (r: Retention, receivedDays: number): RetentionRules => ({
  maxGb: r.maxGb,
  days: {
    import: r.importDays,
    demo: r.demoDays,
    received: receivedDays,
    copy: r.copyDays,
    crash: r.copyDays,
    unpacked: r.unpackedDays,
  },
})
