// The command line's composition root: reads the words, reaches an engine, runs one command, ends with the right code.

import { toErrorShape, WatchdeckError } from '../shared/base/errors.ts'
import { sayIn } from '../shared/i18n/index.ts'
import { languageOf, sayError } from './cli/language.ts'
import { HELP, parseArguments } from './cli/args.ts'
import { oneWord, RUNS } from './cli/commands.ts'
import { reachEngine } from './cli/engine.ts'
import { progressPrinter, write } from './cli/output.ts'
import { defaultDataDir, systemClock } from './platform/system.ts'
import { VERSION } from './version.ts'
import { resolve } from 'node:path'

/** 1 what failed, 2 wrong words, 130 interrupted */
function exitCode(code: string): number {
  return code === 'invalid_input' ? 2 : code === 'cancelled' ? 130 : 1
}

async function run(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv)
  if (args.command === 'help') return await write(process.stdout, HELP)
  if (args.command === 'version') return await write(process.stdout, `${VERSION}\n`)
  if (args.command === 'contract') {
    const { contractSchemas } = await import('./cli/schemas.ts')
    return await write(process.stdout, `${JSON.stringify(contractSchemas(), null, 2)}\n`)
  }
  const dataDir = resolve(args.text('data-dir') ?? defaultDataDir())
  if (args.command === 'serve' || args.command === 'open' || args.command === 'app') {
    const { serve } = await import('./serve.ts')
    return await serve({ args, dataDir })
  }
  if (args.command === 'restore') {
    const [{ restoreBackup }, { makeForOwnerOnly }] = await Promise.all([
      import('./engine/restore.ts'),
      import('./platform/owner-only.ts'),
    ])
    makeForOwnerOnly()
    const from = resolve(oneWord(args, 'FOLDER'))
    const restored = await restoreBackup(from, { dataDir, version: VERSION, clock: systemClock })
    return await write(process.stdout, `${JSON.stringify(restored, null, 2)}\n`)
  }
  const interrupt = new AbortController()
  let presses = 0
  const stop = () => {
    // the second press does not wait for anybody
    if (++presses > 1) process.exit(130)
    interrupt.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  const say = sayIn(language)
  const progress = progressPrinter(process.stderr)
  const reached = await reachEngine({
    dataDir,
    version: VERSION,
    modules: async () => (await import('./modules.ts')).ALL_MODULES,
  })
  try {
    await RUNS[args.command]({
      args,
      reached,
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      signal: interrupt.signal,
      onProgress: ({ fraction, message }) => progress.show(fraction, say(message)),
    })
  } finally {
    progress.end()
    await reached.close()
  }
}

const language = languageOf(process.argv, process.env)

// a reader that has seen enough (`| head`) is no failure
process.stdout.on('error', (error: Error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

run(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    const shape = toErrorShape(error)
    // the shape hides what an unexpected error says; a person at their own terminal may have it when they ask
    const detail =
      error instanceof WatchdeckError || !process.env['WATCHDECK_DEBUG']
        ? ''
        : `${String(error instanceof Error ? error.stack : error)}\n`
    // the page's key for its own words means nothing here
    const { messageKey: _key, ...told } = sayError(shape, language)
    process.stderr.write(`${detail}${JSON.stringify({ error: told })}\n`, () => process.exit(exitCode(shape.code)))
  },
)
