// What happens by the clock: the disk is looked at before it is full, the trash is emptied in time, and the rules of the
// person are followed where they were switched on.

import type { MethodOutput } from '../../shared/contract/index.ts'
import { type DiskState, GB } from '../../shared/domain/retention.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import { stagedRestore } from '../storage/backup.ts'
import type { Cleaner } from './clean.ts'
import type { Trash } from './trash.ts'
import { diskOf } from './usage.ts'

const LOOK_MS = 60_000
/** A start has other things to do first. */
const FIRST_MS = 20_000
const FOLLOW_NS = 3_600_000_000_000n
/** Nobody may be looking when the rules are followed. */
const UNDO_MINUTES = 24 * 60
/** Room inside of the stores that is worth a copy of them. */
const WORTH_BYTES = 256 * 2 ** 20
const WORTH_SHARE = 0.25

export class Keeper {
  readonly #engine: EngineContext
  readonly #cleaner: Cleaner
  readonly #trash: Trash
  readonly #abort = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #work: Promise<void> = Promise.resolve()
  #disk: DiskState = 'ok'
  #followedAt: bigint | undefined

  constructor(engine: EngineContext, cleaner: Cleaner, trash: Trash) {
    this.#engine = engine
    this.#cleaner = cleaner
    this.#trash = trash
  }

  start(afterMs = FIRST_MS): void {
    this.#timer = setTimeout(() => {
      this.#work = this.look().finally(() => {
        if (!this.#abort.signal.aborted) this.start(LOOK_MS)
      })
    }, afterMs)
    this.#timer.unref()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#abort.abort()
    await this.#work
  }

  /** One look. What fails is in the log and tried again: a full disk must not end the watch over it. */
  async look(): Promise<void> {
    const { platform, log, catalog, changed } = this.#engine
    const now = platform.clock.now()
    try {
      const { state, freeBytes } = await diskOf(platform.dataDir)
      if (state !== this.#disk) {
        this.#disk = state
        if (state !== 'ok') log.warn('the disk of the data folder is nearly full', { state, freeBytes })
        changed('space', 'disk')
      }
      if ((await this.#trash.sweep(now)) > 0) changed('space', 'trash')
      const { retention } = catalog.settings.get()
      if (!retention.on || (this.#followedAt !== undefined && now - this.#followedAt < FOLLOW_NS)) return
      this.#followedAt = now
      await this.#follow()
    } catch (error) {
      if (!this.#abort.signal.aborted) log.error('looking after the room on the disk failed', { error })
    }
  }

  async #follow(): Promise<void> {
    const { catalog, telemetry, jobs, log } = this.#engine
    const context = this.#context()
    const plan = await this.#cleaner.plan(catalog.settings.get().retention, context)
    const items = plan.items.filter(({ why }) => why !== null).map(({ id }) => id)
    if (items.length > 0) {
      const wish = { items, evenKept: false, undoMinutes: UNDO_MINUTES, by: 'retention' as const }
      const { removed, bytes, skipped } = await this.#cleaner.run(wish, context)
      log.info('the rules of retention were followed', { removed: removed.length, bytes, skipped: skipped.length })
    }
    const space = await telemetry.space()
    const free = space.reduce((sum, { freeBytes }) => sum + freeBytes, 0)
    const all = space.reduce((sum, { bytes }) => sum + bytes, 0)
    const busy = jobs.list().some(({ state }) => state === 'running')
    if (free >= WORTH_BYTES && free >= all * WORTH_SHARE && !busy) await this.#cleaner.reclaim(false, context)
  }

  async status(context: CallContext): Promise<MethodOutput<'space.status'>> {
    const { platform, catalog } = this.#engine
    const { retention } = catalog.settings.get()
    const { usedBytes, overBytes } = await this.#cleaner.plan(retention, context)
    const [lastRun] = await this.#cleaner.runs(1)
    const restoring = await stagedRestore(platform.dataDir)
    return {
      disk: await diskOf(platform.dataDir),
      usedBytes,
      limitBytes: retention.on && retention.maxGb !== null ? retention.maxGb * GB : null,
      overBytes: retention.on ? overBytes : 0,
      ...(lastRun === undefined ? {} : { lastRun }),
      ...(restoring === undefined ? {} : { restoring }),
    }
  }

  #context(): CallContext {
    return {
      signal: this.#abort.signal,
      session: { id: 'retention', shell: this.#engine.platform.shell },
      progress: () => undefined,
      log: this.#engine.log,
    }
  }
}
