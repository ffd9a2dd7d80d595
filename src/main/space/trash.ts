// Clean-ups that can be taken back: a folder for each in `trash`, with what was removed and the files themselves. The list
// is written before anything is moved, so that a clean-up that a crash cut short can be taken back like any other.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type EpochNs, formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { Logger } from '../engine/log.ts'

const zRun = z.object({
  run: z.string(),
  at: z.string(),
  by: z.enum(['person', 'retention']),
  undoUntil: z.string(),
  items: z.array(
    z.object({
      id: z.string(),
      bytes: z.number(),
      source: z.string().optional(),
      /** `from` within the data folder, `to` within the run's */
      files: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
    }),
  ),
})
export type TrashedRun = z.output<typeof zRun>
export type TrashedItem = TrashedRun['items'][number]

const LIST = 'run.json'
/** A run whose list cannot be read cannot be taken back; its files stay so long for whoever looks. */
const UNREADABLE_MS = 7 * 86_400_000
/** One without a list is about to get it, or was being deleted. */
const UNLISTED_MS = 60_000

export class Trash {
  readonly #dataDir: string
  readonly #log: Logger

  constructor(dataDir: string, log: Logger) {
    this.#dataDir = dataDir
    this.#log = log
  }

  /** Begins a run; what it removes is told to `keep` and moved by `move`. */
  async begin(fields: Pick<TrashedRun, 'at' | 'by' | 'undoUntil'>): Promise<TrashedRun> {
    const run = { ...fields, run: `run-${randomBytes(6).toString('hex')}`, items: [] }
    await mkdir(this.#folder(run.run), { recursive: true, mode: 0o700 })
    await this.#write(run)
    return run
  }

  /** Adds an item to the list of its run, before it is removed. */
  async keep(run: TrashedRun, item: Omit<TrashedItem, 'files'>, files: readonly string[] = []): Promise<TrashedItem> {
    const first = run.items.reduce((sum, { files: moved = [] }) => sum + moved.length, 0)
    const kept: TrashedItem =
      files.length === 0 ? item : { ...item, files: files.map((from, i) => ({ from, to: `f${first + i}` })) }
    run.items.push(kept)
    await this.#write(run)
    return kept
  }

  async move(run: TrashedRun, item: TrashedItem): Promise<void> {
    for (const { from, to } of item.files ?? [])
      await rename(join(this.#dataDir, from), join(this.#folder(run.run), to))
  }

  /** Files back in their places; those that are there by now, or gone from the trash, stay as they are. */
  async moveBack(run: TrashedRun, item: TrashedItem): Promise<boolean> {
    let all = true
    for (const { from, to } of item.files ?? []) {
      const [there, here] = [join(this.#dataDir, from), join(this.#folder(run.run), to)]
      const [isThere, isHere] = [await exists(there), await exists(here)]
      if (isThere || !isHere) {
        // another took its place, or it is gone: what is in the trash stays there
        all &&= isThere && !isHere
        continue
      }
      await mkdir(dirname(there), { recursive: true, mode: 0o700 })
      await rename(here, there)
    }
    return all
  }

  /** Whether a file of it is in the trash. */
  async holds(run: TrashedRun, item: TrashedItem): Promise<boolean> {
    for (const { to } of item.files ?? []) if (await exists(join(this.#folder(run.run), to))) return true
    return false
  }

  async find(run: string): Promise<TrashedRun | undefined> {
    if (!/^run-[0-9a-f]{12}$/.test(run)) return undefined
    try {
      return zRun.parse(JSON.parse(await readFile(join(this.#folder(run), LIST), 'utf8')))
    } catch (error) {
      if (!isMissing(error)) this.#log.warn('the list of a clean-up cannot be read', { run, error: String(error) })
      return undefined
    }
  }

  async list(): Promise<TrashedRun[]> {
    const found = await Promise.all((await this.#names()).map((name) => this.find(name)))
    return found.filter((run) => run !== undefined)
  }

  /** Its list goes first: without it nothing is offered to be taken back, and a crash in between leaves that to the sweep. */
  async forget(run: string): Promise<void> {
    await rm(join(this.#folder(run), LIST), { force: true })
    await rm(this.#folder(run), { recursive: true, force: true })
  }

  /** Deletes what can no longer be taken back. */
  async sweep(now: EpochNs, all = false): Promise<number> {
    let gone = 0
    for (const name of await this.#names()) {
      const run = await this.find(name)
      const until = run === undefined ? await this.#unreadableUntil(name) : tryParseRfc3339(run.undoUntil)
      if (!all && until !== undefined && until > now) continue
      await this.forget(name)
      gone++
    }
    return gone
  }

  async #unreadableUntil(name: string): Promise<bigint | undefined> {
    const made = await stat(this.#folder(name)).catch(() => undefined)
    if (made === undefined) return undefined
    const keptMs = (await exists(join(this.#folder(name), LIST))) ? UNREADABLE_MS : UNLISTED_MS
    return BigInt(Math.floor(made.mtimeMs) + keptMs) * 1_000_000n
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(join(this.#dataDir, 'trash'))
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  async #write(run: TrashedRun): Promise<void> {
    const path = join(this.#folder(run.run), LIST)
    await writeFile(`${path}.part`, JSON.stringify(run), { mode: 0o600 })
    await rename(`${path}.part`, path)
  }

  #folder(run: string): string {
    return join(this.#dataDir, 'trash', run)
  }
}

export const untilText = (now: EpochNs, minutes: number): string =>
  formatRfc3339((now + BigInt(minutes) * 60_000_000_000n) as EpochNs)

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
