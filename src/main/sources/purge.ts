// Deletes the rows of removed sources when their time to be restored is over, also after a restart in between.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, toMillis, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import { forgetAllSecrets } from './secrets.ts'

/** The longest a timer sleeps: a laptop's clock may jump, and a late purge does no harm. */
const MAX_SLEEP_MS = 60_000

export class Purger {
  readonly #engine: EngineContext
  readonly #busy = new Set<string>()
  readonly #abort = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #work: Promise<void> = Promise.resolve()

  constructor(engine: EngineContext) {
    this.#engine = engine
  }

  busyWith(id: string): boolean {
    return this.#busy.has(id)
  }

  /** Sets the timer for the next source whose time ends. */
  resume(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#abort.signal.aborted) return
    const now = this.#engine.platform.clock.now()
    const ends = this.#removed().map((source) => tryParseRfc3339(source.undoUntil ?? '') ?? now)
    const first = ends.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined)
    if (first === undefined) return
    const sleep = Math.min(MAX_SLEEP_MS, Math.max(0, toMillis(first - now)))
    this.#timer = setTimeout(() => void this.#onTime(), sleep)
    this.#timer.unref()
  }

  async #onTime(): Promise<void> {
    const { log, platform } = this.#engine
    const now = platform.clock.now()
    const context: CallContext = {
      signal: this.#abort.signal,
      session: { id: 'purge', shell: platform.shell },
      progress: () => undefined,
      log,
    }
    try {
      await this.purge((source) => (tryParseRfc3339(source.undoUntil ?? '') ?? now) <= now, context)
    } catch (error) {
      // tried again at the next start or purge; a tight retry would only repeat a full disk
      log.error('deleting a removed source failed', { error })
      return
    }
    this.resume()
  }

  /** One at a time, oldest first. */
  purge(which: (source: SourceRecord) => boolean, context: CallContext): Promise<void> {
    const work = this.#work.then(async () => {
      const sources = this.#removed().filter(which).reverse()
      for (const [i, { id, name }] of sources.entries()) {
        context.signal.throwIfAborted()
        context.progress(i / sources.length, `Deleting ${name}`)
        // one that was taken back while those before it were deleted stays
        const source = this.#engine.catalog.sources.get(id)
        if (source?.state === 'removed' && which(source)) await this.#delete(source, context)
      }
    })
    // a failed purge is its caller's to hear, the next one starts afresh
    this.#work = work.catch(() => undefined)
    return work
  }

  async #delete(source: SourceRecord, context: CallContext): Promise<void> {
    const { catalog, telemetry, platform, changed, log } = this.#engine
    this.#busy.add(source.id)
    try {
      // the point of no return is on disk before the first row goes: what a crash cuts short is not restored in part
      const now = platform.clock.now()
      if ((tryParseRfc3339(source.undoUntil ?? '') ?? now) > now)
        catalog.sources.update(source.id, { undoUntil: formatRfc3339(now) })
      if (source.kind === 'file') await this.#closeFile(source, context)
      else await telemetry.deleteSource(source.id)
      if (source.spec !== undefined) await forgetAllSecrets(platform.secrets, source.id, source.spec)
      catalog.transaction(() => {
        catalog.imports.deleteOfSource(source.id)
        catalog.sources.delete(source.id)
        const at = formatRfc3339(platform.clock.now())
        catalog.audit.append({
          at,
          actor: 'local',
          action: 'sources.purge',
          subject: source.id,
          detail: { name: source.name },
        })
      })
      log.info('source deleted', { source: source.id, rows: source.rows })
      changed('sources', source.id)
    } finally {
      this.#busy.delete(source.id)
    }
  }

  /** What was unpacked of an opened file belongs to the capability that opened it. */
  async #closeFile(source: SourceRecord, context: CallContext): Promise<void> {
    try {
      await this.#engine.call('file.close', { source: source.id }, context)
    } catch (error) {
      if (!(error instanceof WatchdeckError && error.code === 'not_found')) throw error
    }
  }

  #removed(): SourceRecord[] {
    return this.#engine.catalog.sources.list().filter((source) => source.state === 'removed')
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#abort.abort()
    await this.#work
  }
}
