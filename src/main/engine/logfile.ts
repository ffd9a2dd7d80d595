// The structured log: one JSON object a line in `dataDir/logs/watchdeck.log`, rotated by size, never with a secret in it.

import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Clock } from '../platform/platform.ts'
import type { LogFields, Logger } from './log.ts'
import { redactText, redactValue } from './redact.ts'

export interface LogFile extends Logger, Disposable {
  readonly path: string
}

export interface LogFileOptions {
  clock: Clock
  /** bytes of one file; default 5 MiB */
  maxBytes?: number | undefined
  /** files beside the current one; default 4 */
  keep?: number | undefined
  onLine?: ((line: string) => void) | undefined
}

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Lines are written at once: the last one before a crash is the one that matters. */
export function openLogFile(dir: string, options: LogFileOptions): LogFile {
  const { clock, maxBytes = 5 * 1024 * 1024, keep = 4 } = options
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, 'watchdeck.log')
  let fd: number | undefined = openSync(path, 'a', 0o600)
  let size = fstatSync(fd).size
  /** lines that found no room since the last one that did */
  let lost = 0
  let closed = false

  function reopen(): number {
    fd = openSync(path, 'a', 0o600)
    size = fstatSync(fd).size
    return fd
  }

  function rotate(): void {
    // forgotten at once: a number that is closed may belong to another file a moment later
    const old = fd
    fd = undefined
    if (old !== undefined) closeSync(old)
    rmSync(`${path}.${keep}`, { force: true })
    for (let i = keep - 1; i >= 1; i--) renameIfThere(`${path}.${i}`, `${path}.${i + 1}`)
    renameIfThere(path, `${path}.1`)
  }

  function write(level: Level, message: string, bound: LogFields, fields: LogFields | undefined): void {
    const line = lineOf(clock, level, message, { ...bound, ...fields })
    options.onLine?.(line)
    if (closed) return
    const gap = lost === 0 ? '' : `${lineOf(clock, 'warn', 'lines of this log could not be written', { lost })}\n`
    const bytes = Buffer.from(`${gap}${line}\n`)
    try {
      if (size > 0 && size + bytes.length > maxBytes) rotate()
      size += writeSync(fd ?? reopen(), bytes)
      lost = 0
    } catch {
      // a full disk must not fail the work that only wanted to say something; the next line that fits tells of the gap
      lost++
    }
  }

  return {
    ...loggerOver(write, {}),
    path,
    [Symbol.dispose]() {
      closed = true
      if (fd !== undefined) closeSync(fd)
      fd = undefined
    },
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

type Write = (level: Level, message: string, bound: LogFields, fields: LogFields | undefined) => void

function loggerOver(write: Write, bound: LogFields): Logger {
  return {
    debug: (message, fields) => write('debug', message, bound, fields),
    info: (message, fields) => write('info', message, bound, fields),
    warn: (message, fields) => write('warn', message, bound, fields),
    error: (message, fields) => write('error', message, bound, fields),
    with: (fields) => loggerOver(write, { ...bound, ...fields }),
  }
}

/** A log line without its newline: time, level, message, then the fields, all redacted. */
export function lineOf(clock: Clock, level: string, message: string, fields: LogFields): string {
  const safe = redactValue(fields)
  return JSON.stringify({
    time: formatRfc3339(clock.now()),
    level,
    message: redactText(message),
    ...(typeof safe === 'object' ? safe : {}),
  })
}
