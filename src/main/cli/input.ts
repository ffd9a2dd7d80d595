// What a person gives a command: JSON in a file, on standard input or in place; a stream to be kept as a file.

import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { wrong } from './args.ts'

/** `{..}` in place, `-` standard input, else a file; without any, an empty object. */
export async function readJsonInput(given: string | undefined, stdin: Readable): Promise<unknown> {
  if (given === undefined) return {}
  if (given.trim() === '') throw empty('--input')
  if (given.trimStart().startsWith('{')) return parse(given, '--input')
  if (given === '-') return parse(await readAll(stdin), 'standard input')
  try {
    return parse(await readFile(given, 'utf8'), given)
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      typeof error.code === 'string' &&
      !(error instanceof WatchdeckError)
    )
      throw new WatchdeckError('not_found', `The input file cannot be read: ${given} (${error.code}).`)
    throw error
  }
}

function empty(where: string): WatchdeckError {
  return new WatchdeckError('invalid_input', `${where} is empty.`, {
    hint: `Give JSON, such as {"range":{"from":"now-1h","to":"now"}}, or leave --input away.`,
  })
}

function parse(text: string, where: string): unknown {
  if (text.trim() === '') throw empty(where)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw wrong(`${where} is not JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

async function readAll(stream: Readable): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part as Uint8Array))
  return Buffer.concat(parts).toString('utf8')
}

/** Standard input as a file in a folder of its own; disposing removes both. */
export async function spool(stdin: Readable, signal: AbortSignal): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'watchdeck-stdin-'))
  const path = join(folder, 'stdin')
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await pipeline(stdin, createWriteStream(path, { mode: 0o600 }), { signal })
  } catch (error) {
    await remove()
    throw error
  }
  return { path, [Symbol.asyncDispose]: remove }
}
