// A copy of the whole data folder while it is in use, and the way back. A backup is a folder: the three stores and a
// manifest with the SHA-256 of each, so that a copy that was cut short or changed is refused before anything is replaced.

import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  fsyncSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { type EpochNs, formatRfc3339 } from '../../shared/base/time.ts'
import type { Catalog } from './catalog/api.ts'
import { MIGRATIONS } from './catalog/migrations/index.ts'
import type { TelemetryStore } from './telemetry/api.ts'
import { TELEMETRY_SCHEMA_VERSION } from './telemetry/schema.ts'

const STORES = ['catalog.sqlite', 'telemetry.duckdb', 'events.duckdb'] as const
const MANIFEST = 'backup.json'

const zManifest = z.object({
  format: z.literal('watchdeck-backup'),
  version: z.number().int(),
  createdAt: z.string(),
  createdBy: z.string(),
  catalogSchema: z.number().int(),
  telemetrySchema: z.number().int(),
  files: z
    .array(
      z.object({
        name: z.enum(STORES),
        bytes: z.number().int().nonnegative(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .length(STORES.length),
})
export type BackupManifest = z.output<typeof zManifest>

const VERSION = 1

/**
 * Writes a backup into the new folder `path`; it is put in place when it is whole. Readers go on meanwhile, writers wait.
 * @throws WatchdeckError `conflict` when something is there already, `invalid_input` when its parent is missing
 */
export async function backup(
  path: string,
  stores: { catalog: Catalog; telemetry: TelemetryStore },
  options: { createdBy: string; now: EpochNs; signal: AbortSignal; progress(fraction: number, message: string): void },
): Promise<BackupManifest & { bytes: number }> {
  if (await exists(path))
    throw new WatchdeckError('conflict', `There is already something at ${JSON.stringify(path)}.`, {
      hint: 'Choose a new name: a backup never writes over another.',
    })
  if (!(await exists(dirname(path))))
    throw new WatchdeckError('invalid_input', `There is no folder ${JSON.stringify(dirname(path))}.`, {
      hint: 'Choose a folder that is there.',
    })
  const part = `${path}.${process.pid}.part`
  try {
    await mkdir(part, { mode: 0o700 })
    options.progress(0, 'Copying telemetry')
    // the catalog last: it may know of rows that are not in the copy only if it is the older of the two
    await stores.telemetry.backup(
      { telemetry: join(part, 'telemetry.duckdb'), events: join(part, 'events.duckdb') },
      () => stores.catalog.backup(join(part, 'catalog.sqlite')),
      { signal: options.signal },
    )
    const files: BackupManifest['files'] = []
    for (const [i, name] of STORES.entries()) {
      options.progress(0.7 + (0.3 * i) / STORES.length, 'Checking the copy')
      files.push({ name, ...(await hashOf(join(part, name), options.signal)) })
      syncPath(join(part, name))
    }
    const manifest: BackupManifest = {
      format: 'watchdeck-backup',
      version: VERSION,
      createdAt: formatRfc3339(options.now),
      createdBy: options.createdBy,
      catalogSchema: stores.catalog.schemaVersion,
      telemetrySchema: stores.telemetry.schemaVersion,
      files,
    }
    await writeFile(join(part, MANIFEST), JSON.stringify(manifest, null, 1), { mode: 0o600 })
    syncPath(join(part, MANIFEST))
    await rename(part, path)
    return { ...manifest, bytes: files.reduce((sum, file) => sum + file.bytes, 0) }
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  }
}

/**
 * Checks a backup and lays it ready in the data folder, which must not be in use; the next opening puts it in place.
 * @throws WatchdeckError `not_found`, `corrupt` (a hash differs), `unsupported` (made by a newer version)
 */
export async function stageRestore(
  from: string,
  dataDir: string,
  options: { now: EpochNs; signal: AbortSignal; progress(fraction: number, message: string): void },
): Promise<BackupManifest> {
  const { now, signal, progress } = options
  const manifest = readManifest(from)
  for (const [what, found, known] of [
    ['backup', manifest.version, VERSION],
    ['catalog', manifest.catalogSchema, MIGRATIONS.length],
    ['telemetry store', manifest.telemetrySchema, TELEMETRY_SCHEMA_VERSION],
  ] as const)
    if (found > known)
      throw new WatchdeckError('unsupported', `The ${what} has version ${found}; this program knows up to ${known}.`, {
        hint: 'Restore it with the Watchdeck that made it, or a newer one.',
      })
  for (const [i, file] of manifest.files.entries()) {
    progress((0.6 * i) / manifest.files.length, 'Checking the backup')
    const path = join(from, file.name)
    requireSame((await exists(path)) ? await hashOf(path, signal) : undefined, file)
  }
  const part = join(dataDir, 'restoring.part')
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true, mode: 0o700 })
  try {
    for (const [i, file] of manifest.files.entries()) {
      const { name } = file
      signal.throwIfAborted()
      progress(0.6 + (0.4 * i) / manifest.files.length, 'Copying the backup')
      await copyFile(join(from, name), join(part, name))
      syncPath(join(part, name))
      // what is put in place is the copy: the backup may have changed since it was looked at, or a disk may have lied
      requireSame(await hashOf(join(part, name), signal), file)
    }
    const staged: StagedRestore = { createdAt: manifest.createdAt, stagedAt: formatRfc3339(now) }
    writeFileSync(join(part, STAGED), JSON.stringify(staged))
    writeFileSync(join(part, 'replaced'), `replaced-${formatRfc3339(now).replaceAll(':', '-')}`)
    syncPath(join(part, 'replaced'))
    rmSync(join(dataDir, 'restoring'), { recursive: true, force: true })
    renameSync(part, join(dataDir, 'restoring'))
  } catch (error) {
    rmSync(part, { recursive: true, force: true })
    throw error
  }
  return manifest
}

/** @throws WatchdeckError `corrupt` */
function requireSame(found: FileHash | undefined, { name, bytes, sha256 }: BackupManifest['files'][number]): void {
  if (found?.bytes !== bytes || found.sha256 !== sha256)
    throw new WatchdeckError('corrupt', `The backup is damaged: ${name} is not what it was.`, {
      hint: 'Take another backup. Nothing was replaced.',
    })
}

const STAGED = 'staged.json'
const CANCELLED = 'restoring.cancelled'
const zStaged = z.object({ createdAt: z.string(), stagedAt: z.string() })
export type StagedRestore = z.output<typeof zStaged>

/** The backup that the next start puts in place. */
export async function stagedRestore(dataDir: string): Promise<StagedRestore | undefined> {
  const ready = join(dataDir, 'restoring')
  if (!(await exists(ready))) return undefined
  const unknown = { createdAt: '', stagedAt: '' }
  try {
    const staged = zStaged.safeParse(JSON.parse(await readFile(join(ready, STAGED), 'utf8')))
    return staged.success ? staged.data : unknown
  } catch {
    // a power cut may have left it empty or torn; it only tells of when
    return unknown
  }
}

/** Whether there was one. */
export async function cancelRestore(dataDir: string): Promise<boolean> {
  const ready = join(dataDir, 'restoring')
  const wasReady = await exists(ready)
  // an earlier one that could not be taken away would be in the way of this one
  await rm(join(dataDir, CANCELLED), { recursive: true, force: true })
  // first out of the way whole: half of one must not be put in place
  if (wasReady) await rename(ready, join(dataDir, CANCELLED))
  await rm(join(dataDir, CANCELLED), { recursive: true, force: true })
  return wasReady
}

/**
 * Puts a backup that lies ready in place; what was there goes to `backups/replaced-..`. Every step may be cut short and
 * is then done by the next start. Answers with where the replaced stores are.
 */
export function finishRestore(dataDir: string): string | undefined {
  for (const half of ['restoring.part', CANCELLED]) rmSync(join(dataDir, half), { recursive: true, force: true })
  const ready = join(dataDir, 'restoring')
  if (!existsSync(ready)) return undefined
  // one that was put in place already, and went in part
  if (!['replaced', ...STORES].some((name) => existsSync(join(ready, name)))) {
    rmSync(ready, { recursive: true, force: true })
    return undefined
  }
  const aside = join(dataDir, 'backups', basename(readFileSync(join(ready, 'replaced'), 'utf8').trim()))
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  for (const name of STORES) {
    if (!existsSync(join(ready, name))) continue
    for (const old of [name, `${name}.wal`, `${name}-wal`, `${name}-shm`])
      if (existsSync(join(dataDir, old))) renameSync(join(dataDir, old), join(aside, old))
    renameSync(join(ready, name), join(dataDir, name))
  }
  rmSync(ready, { recursive: true, force: true })
  return aside
}

function readManifest(from: string): BackupManifest {
  const path = join(from, MANIFEST)
  if (!existsSync(path))
    throw new WatchdeckError('not_found', `There is no backup in ${JSON.stringify(from)}.`, {
      hint: 'Give the folder that `watchdeck backup` made.',
    })
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const checked = zManifest.safeParse(parsed)
  if (!checked.success || new Set(checked.data.files.map((file) => file.name)).size !== STORES.length)
    throw new WatchdeckError('corrupt', 'The backup is damaged: its manifest cannot be read.', {
      hint: 'Take another backup. Nothing was replaced.',
    })
  return checked.data
}

interface FileHash {
  readonly bytes: number
  readonly sha256: string
}

async function hashOf(path: string, signal: AbortSignal): Promise<FileHash> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { signal })) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { bytes, sha256: hash.digest('hex') }
}

function syncPath(path: string): void {
  const fd = openSync(path, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
