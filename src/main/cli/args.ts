// The words of the command line, checked before anything starts. `watchdeck --help` prints what is here.

import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { WatchdeckError } from '../../shared/base/errors.ts'

export const HELP = `Watchdeck: an operations cockpit. One incident, every signal, one file.

  watchdeck                              the app (browser shell where there is no Electron)
  watchdeck serve [--port N] [--no-open] [--demo] [--host ADDRESS --allow-remote]
  watchdeck open FILE.watchdeck          the app with an incident file
  watchdeck demo [--seed 1] [--scale 1] [--fault KIND] [--with-truth]
  watchdeck import FILE... [--source NAME] [--format FORMAT] [--recipe NAME] [--mapping JSON] [--strict]   - is standard input, --strict ends at the first row that cannot be read
  watchdeck export --source ID --format otlp-json|zipkin-json|jaeger-json|ndjson|csv|parquet [--kinds a,b] [--from T --to T] [-o FILE [--force]]
  watchdeck export --trace ID [--source ID] --format otlp-json|jaeger-json|zipkin-json [-o FILE [--force]]
  watchdeck verify FILE.watchdeck [--passphrase TEXT]
  watchdeck backup FOLDER                a copy of everything, also while Watchdeck runs
  watchdeck restore FOLDER               puts a backup in place; what was there is kept in backups/
  watchdeck report INCIDENT [--format md|html] [--language en|zh-CN] [--zone ZONE] [-o FILE [--force]]
  watchdeck call METHOD [--input FILE|-|'{..}'] [--format json|ndjson|csv|arrow] [--limit N] [--no-wait]
  watchdeck contract                     JSON schemas of every method
  watchdeck --version | --help

Everywhere: --data-dir DIR (or WATCHDECK_DATA_DIR), --lang en|zh-CN (or LANG) for messages and progress. Answers go to stdout, progress to stderr, an error as one JSON
object to stderr with a code other than 0. Ctrl-C cancels.
`

export const COMMANDS = [
  'app',
  'serve',
  'open',
  'import',
  'export',
  'demo',
  'call',
  'contract',
  'verify',
  'report',
  'backup',
  'restore',
] as const
export type Command = (typeof COMMANDS)[number] | 'help' | 'version'

const COMMON: ParseArgsOptionsConfig = {
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  lang: { type: 'string' },
}
const OUT: ParseArgsOptionsConfig = { output: { type: 'string', short: 'o' }, force: { type: 'boolean' } }
const SERVE: ParseArgsOptionsConfig = {
  port: { type: 'string' },
  host: { type: 'string' },
  'allow-remote': { type: 'boolean' },
  'no-open': { type: 'boolean' },
  demo: { type: 'boolean' },
}

/** Besides these: --data-dir, --help and --lang. */
export const OPTIONS: Readonly<Record<(typeof COMMANDS)[number], ParseArgsOptionsConfig>> = {
  app: SERVE,
  serve: SERVE,
  open: SERVE,
  import: {
    source: { type: 'string' },
    format: { type: 'string' },
    recipe: { type: 'string' },
    mapping: { type: 'string' },
    strict: { type: 'boolean' },
  },
  export: {
    ...OUT,
    source: { type: 'string', multiple: true },
    format: { type: 'string' },
    kinds: { type: 'string' },
    trace: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
  },
  demo: {
    seed: { type: 'string' },
    scale: { type: 'string' },
    fault: { type: 'string' },
    'with-truth': { type: 'boolean' },
  },
  call: {
    input: { type: 'string' },
    format: { type: 'string' },
    limit: { type: 'string' },
    'no-wait': { type: 'boolean' },
  },
  contract: {},
  verify: { passphrase: { type: 'string' } },
  backup: {},
  restore: {},
  report: { ...OUT, format: { type: 'string' }, language: { type: 'string' }, zone: { type: 'string' } },
}

export interface Arguments {
  readonly command: Command
  readonly words: readonly string[]
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  flag(name: string): boolean
  /** @throws WatchdeckError `invalid_input` when it is there and no number */
  number(name: string): number | undefined
}

/** Words that come before the command and belong to every command: `watchdeck --data-dir DIR import FILE`. */
function commonAhead(argv: readonly string[]): number {
  let at = 0
  for (;;) {
    const word = argv[at] ?? ''
    if (/^--(data-dir|lang)=/.test(word)) at += 1
    else if (/^--(data-dir|lang)$/.test(word) && argv[at + 1] !== undefined) at += 2
    else return at
  }
}

/** @throws WatchdeckError `invalid_input` for an unknown word or option */
export function parseArguments(argv: readonly string[]): Arguments {
  const leading = commonAhead(argv)
  const first = argv[leading]
  if (first === '--version' || first === '-v') return withValues('version', [], {})
  if (first === '--help' || first === '-h' || first === 'help') return withValues('help', [], {})
  const named = first !== undefined && !first.startsWith('-')
  const command = named ? COMMANDS.find((known) => known === first && known !== 'app') : 'app'
  if (command === undefined) throw wrong(`There is no command ${JSON.stringify(first)}.`)
  try {
    const { values, positionals } = parseArgs({
      args: named ? argv.toSpliced(leading, 1) : [...argv],
      options: { ...COMMON, ...OPTIONS[command] },
      allowPositionals: true,
      strict: true,
    })
    if (values['help'] === true) return withValues('help', [], {})
    return withValues(command, positionals, values)
  } catch (error) {
    throw wrong(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'The arguments cannot be read.')
  }
}

type Values = Readonly<Record<string, string | boolean | ReadonlyArray<string | boolean> | undefined>>

function withValues(command: Command, words: readonly string[], values: Values): Arguments {
  const text = (name: string) => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    command,
    words,
    text,
    texts(name) {
      const value = values[name]
      return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []
    },
    flag: (name) => values[name] === true,
    number(name) {
      const given = text(name)
      if (given === undefined) return undefined
      const value = Number(given)
      if (given.trim() === '' || !Number.isFinite(value))
        throw wrong(`--${name} is not a number: ${JSON.stringify(given)}`)
      return value
    },
  }
}

/** @throws WatchdeckError `invalid_input` for what is no port of TCP; 0 = any free one */
export function portOf(args: Arguments): number | undefined {
  const port = args.number('port')
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw wrong(`--port is not a port: ${args.text('port') ?? ''}`)
  return port
}

export function wrong(message: string): WatchdeckError {
  return new WatchdeckError('invalid_input', message, { hint: 'watchdeck --help shows what there is.' })
}
