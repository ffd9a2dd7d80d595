// A secret that a program prints: run without a shell, with a deadline, and not for every request.

import { execFile } from 'node:child_process'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { mapSecrets, type SourceSpec } from '../../shared/contract/source-spec.ts'

const PATIENCE_MS = 10_000
const MAX_BYTES = 1_000_000
/** Tokens of cloud programs live for an hour and more; a refused one is fetched anew at once. */
const KEPT_MS = 300_000

interface Kept {
  readonly text: Promise<string>
  readonly until: number
}

export class SecretCommands {
  readonly #kept = new Map<string, Kept>()

  /** @throws WatchdeckError `unauthenticated` when the program is not there, fails, prints nothing or takes too long */
  get(command: readonly string[], fresh: boolean): Promise<string> {
    const key = JSON.stringify(command)
    const held = this.#kept.get(key)
    if (held && !fresh && held.until > performance.now()) return held.text
    const text = run(command)
    this.#kept.set(key, { text, until: performance.now() + KEPT_MS })
    text.catch(() => {
      if (this.#kept.get(key)?.text === text) this.#kept.delete(key)
    })
    return text
  }
}

/** What the program says on its error output may hold secrets and is not repeated. */
async function run([program = '', ...args]: readonly string[]): Promise<string> {
  const printed = await new Promise<string>((resolve, reject) => {
    const options = { timeout: PATIENCE_MS, maxBuffer: MAX_BYTES, killSignal: 'SIGKILL', windowsHide: true } as const
    execFile(program, args, options, (error, stdout) => {
      if (error) reject(refusal(program, error))
      else resolve(stdout.trim())
    })
  })
  if (printed !== '') return printed
  throw new WatchdeckError('unauthenticated', `The program for the secret printed nothing: ${program}`)
}

function refusal(program: string, error: Error & { code?: unknown; killed?: boolean | undefined }): WatchdeckError {
  const hint = 'Run it by hand to see what it says. It is started without a shell, with the environment of Watchdeck.'
  if (error.code === 'ENOENT' || error.code === 'EACCES')
    return new WatchdeckError('unauthenticated', `The program for the secret cannot be started: ${program}`, {
      hint: 'Give its full path: a desktop program does not have the PATH of a shell.',
    })
  if (error.killed === true)
    return new WatchdeckError(
      'unauthenticated',
      `The program for the secret took longer than ${PATIENCE_MS / 1000} s: ${program}`,
      { hint },
    )
  return new WatchdeckError(
    'unauthenticated',
    `The program for the secret failed (${String(error.code)}): ${program}`,
    { hint },
  )
}

/** The programs that a spec names. */
export function commandsOf(spec: SourceSpec): string[][] {
  const commands: string[][] = []
  mapSecrets(spec, (secret) => {
    if (typeof secret !== 'string' && 'command' in secret) commands.push(secret.command)
    return secret
  })
  return commands
}

/**
 * A program is run because a person said so for this very command line, never because a file or a link named it.
 * @param before whose programs were confirmed when it was kept
 * @throws WatchdeckError `permission_denied`, with the command lines in `details.commands`
 */
export function confirmed(spec: SourceSpec, before: SourceSpec | undefined, confirm: boolean): void {
  if (confirm) return
  const known = new Set(before ? commandsOf(before).map((command) => JSON.stringify(command)) : [])
  const commands = commandsOf(spec).filter((command) => !known.has(JSON.stringify(command)))
  if (commands.length === 0) return
  throw new WatchdeckError(
    'permission_denied',
    'A secret of this source comes from a program that would be run on this machine.',
    {
      hint: 'When you want that, say so: confirmCommands.',
      details: { commands },
    },
  )
}
