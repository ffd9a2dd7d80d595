// One engine per data folder. The lock is a file that holds who has the folder; it is made by linking a finished file
// into place, so it is never seen half written, and taken over only when its holder is provably gone.

import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { asDiskError } from '../storage/disk-errors.ts'

export interface Holder {
  readonly pid: number
  /** when the process began, as the system counts it: a pid that was given out again has another; '' where unknown */
  readonly processStart: string
  readonly shell: string
  readonly version: string
  /** RFC 3339 */
  readonly since: string
  readonly nonce: string
  /** where others reach this engine (a local socket), once it listens */
  readonly address?: string | undefined
}

export interface DataLock extends Disposable {
  readonly holder: Holder
  /** makes the address known to whoever finds the folder held */
  publish(address: string): void
}

const FILE = 'engine.lock'
const ENDED = 'ended'

/** Who holds a data folder; undefined when nobody does or the holder is gone. */
export function readHolder(dataDir: string): Holder | undefined {
  const holder = parseHolder(join(dataDir, FILE))
  return holder && isAlive(holder) ? holder : undefined
}

/**
 * Takes a data folder for this process.
 * @throws WatchdeckError `conflict` naming the holder (details: pid, shell, since, address)
 */
export function lockDataDir(dataDir: string, who: { shell: string; version: string; since: string }): DataLock {
  const path = join(dataDir, FILE)
  let holder: Holder = { ...who, pid: process.pid, processStart: processStart(process.pid), nonce: randomUUID() }
  const own = `${path}.${holder.nonce}`
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(own, JSON.stringify(holder), { mode: 0o600 })
  } catch (error) {
    throw asDiskError(error, 'The data folder')
  }
  try {
    sweepOwn(dataDir)
    for (let attempt = 0; !tryLink(own, path); attempt++) {
      const other = parseHolder(path)
      if (other && isAlive(other)) throw held(other)
      if (attempt >= 5)
        throw new WatchdeckError('conflict', 'The data folder is being taken by another engine.', { retryable: true })
      setAside(path, other)
    }
  } finally {
    rmSync(own, { force: true })
  }
  return {
    get holder() {
      return holder
    },
    publish(address) {
      holder = { ...holder, address }
      writeFileSync(own, JSON.stringify(holder), { mode: 0o600 })
      renameSync(own, path)
    },
    [Symbol.dispose]() {
      if (parseHolder(path)?.nonce === holder.nonce) rmSync(path, { force: true })
    },
  }
}

/** The first half of a lock whose process was killed before it was linked or taken away again. */
function sweepOwn(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (!name.startsWith(`${FILE}.`)) continue
    const path = join(dataDir, name)
    const maker = parseHolder(path)
    if (maker && isAlive(maker)) continue
    // one that is being written at this moment has no maker yet: a minute is longer than any write
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (maker || Date.now() - written > 60_000) rmSync(path, { force: true })
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Two engines may find the same stale lock: what was moved is looked at again, and put back if it was a fresh one. */
function setAside(path: string, stale: Holder | undefined): void {
  const aside = `${path}.stale-${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  const moved = parseHolder(aside)
  if (moved && moved.nonce !== stale?.nonce && isAlive(moved)) tryLink(aside, path)
  rmSync(aside, { force: true })
}

function held(other: Holder): WatchdeckError {
  return new WatchdeckError(
    'conflict',
    `The data folder is in use by another Watchdeck (${other.shell}, process ${other.pid}, since ${other.since}).`,
    {
      hint: 'Use that one, close it first, or choose another folder with --data-dir.',
      details: { pid: other.pid, shell: other.shell, since: other.since, address: other.address },
    },
  )
}

function parseHolder(path: string): Holder | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // gone meanwhile, or not ours to understand: either way nobody provably holds it
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined
    throw error
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const fields = parsed as Partial<Record<keyof Holder, unknown>>
  if (typeof fields.pid !== 'number' || !Number.isInteger(fields.pid) || fields.pid <= 0) return undefined
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return {
    pid: fields.pid,
    processStart: text(fields.processStart),
    shell: text(fields.shell),
    version: text(fields.version),
    since: text(fields.since),
    nonce: text(fields.nonce),
    ...(typeof fields.address === 'string' ? { address: fields.address } : {}),
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // EPERM: it lives and belongs to someone else
    if (!hasCode(error, 'EPERM')) return false
  }
  const start = processStart(holder.pid)
  // a process that was killed and that nobody has asked after stays in the list without holding anything
  if (start === ENDED) return false
  return start === '' || holder.processStart === '' || start === holder.processStart
}

/** Clock ticks since boot plus the boot's id (Linux); '' on systems that do not tell without another program. */
function processStart(pid: number): string {
  if (process.platform !== 'linux') return ''
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name may hold spaces and brackets: fields are counted from the last bracket
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return ENDED
    const ticks = fields[19] ?? ''
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
