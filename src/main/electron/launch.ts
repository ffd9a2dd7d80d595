// What a person wanted when they started the program: a file to open, files to import, the demo. Words come from the
// command line, from a second start and from the desktop (double click); a page takes them once it listens.

import { extname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export type LaunchIntent =
  | { readonly kind: 'open'; readonly path: string }
  | { readonly kind: 'import'; readonly paths: readonly string[] }
  | { readonly kind: 'demo' }

export interface Launch {
  readonly intents: readonly LaunchIntent[]
  /** as given with `--data-dir`, absolute */
  readonly dataDir: string | undefined
}

/**
 * Reads the words after the program's own. Unknown options are Chromium's, and are left to it; addresses other than
 * `file:` are no files.
 */
export function readLaunch(words: readonly string[], cwd: string): Launch {
  const intents: LaunchIntent[] = []
  const telemetry: string[] = []
  let dataDir: string | undefined
  let onlyFiles = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (onlyFiles || !word.startsWith('-')) {
      const path = pathOf(word, cwd)
      if (path === undefined) continue
      if (isIncidentFile(path)) intents.push({ kind: 'open', path })
      else telemetry.push(path)
    } else if (word === '--') onlyFiles = true
    else if (word === '--demo') intents.push({ kind: 'demo' })
    else if (word.startsWith('--data-dir=')) dataDir = resolve(cwd, word.slice('--data-dir='.length))
    else if (word === '--data-dir') {
      const next = words[++at]
      if (next !== undefined) dataDir = resolve(cwd, next)
    }
  }
  if (telemetry.length > 0) intents.push({ kind: 'import', paths: telemetry })
  return { intents, dataDir }
}

/** A file that the desktop hands over. */
export const intentOfFile = (path: string): LaunchIntent =>
  isIncidentFile(path) ? { kind: 'open', path } : { kind: 'import', paths: [path] }

/** What a second start sent along with its request for the lock; anything else counts as nothing. */
export function readSecondStart(data: unknown): { words: readonly string[]; cwd: string } {
  const { words, cwd }: { words?: unknown; cwd?: unknown } = typeof data === 'object' && data !== null ? data : {}
  if (!Array.isArray(words) || typeof cwd !== 'string') return { words: [], cwd: '/' }
  return { words: words.filter((word) => typeof word === 'string'), cwd }
}

const isIncidentFile = (path: string): boolean => extname(path).toLowerCase() === '.watchdeck'

function pathOf(word: string, cwd: string): string | undefined {
  if (word === '') return undefined
  if (!/^[a-z][a-z0-9+.-]+:/i.test(word)) return resolve(cwd, word)
  try {
    return new URL(word).protocol === 'file:' ? fileURLToPath(word) : undefined
  } catch (error) {
    // a file: address of another host, or no address at all
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** Holds what is to be opened until a page listens; the page that listened last gets it. */
export class LaunchQueue {
  #waiting: LaunchIntent[] = []
  #listener: ((intent: LaunchIntent) => void) | undefined

  push(intents: readonly LaunchIntent[]): void {
    if (this.#listener) for (const intent of intents) this.#listener(intent)
    else this.#waiting.push(...intents)
  }

  /** Answers with what ends it: the page is gone or loads again. */
  listen(listener: (intent: LaunchIntent) => void): () => void {
    this.#listener = listener
    for (const intent of this.#waiting.splice(0)) listener(intent)
    return () => {
      if (this.#listener === listener) this.#listener = undefined
    }
  }
}
