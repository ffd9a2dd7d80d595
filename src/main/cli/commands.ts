// Each word of the command line as one call of the contract. None of them knows more than a script with `call` would.

import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { cancelled, WatchdeckError } from '../../shared/base/errors.ts'
import { answerToJson } from '../../shared/contract/json.ts'
import { STREAM_METHODS } from '../../shared/contract/streams.ts'
import type { UntypedClient } from '../../shared/rpc/client.ts'
import { type Arguments, wrong } from './args.ts'
import type { Reached } from './engine.ts'
import { readJsonInput, spool } from './input.ts'
import { leftOut, parseFormat, renderAnswer, write } from './output.ts'

export interface CommandContext {
  readonly args: Arguments
  readonly reached: Reached
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  readonly signal: AbortSignal
  onProgress(progress: { fraction: number | null; message: string }): void
}

type Run = (context: CommandContext) => Promise<void>

export const RUNS = {
  call: runCall,
  import: runImport,
  export: runExport,
  demo: runDemo,
  verify: runVerify,
  report: runReport,
  backup: runBackup,
} satisfies Record<string, Run>

async function ask(context: CommandContext, method: string, input: unknown): Promise<unknown> {
  const { signal, onProgress } = context
  return await context.reached.client.call(method, input, { signal, onProgress })
}

async function print(context: CommandContext, answer: unknown): Promise<void> {
  await write(context.stdout, await renderAnswer(answer, 'json'))
}

async function runCall(context: CommandContext): Promise<void> {
  const { args, reached } = context
  const method = oneWord(args, 'METHOD')
  const format = parseFormat(args.text('format'))
  const limit = args.number('limit')
  const input = await readJsonInput(args.text('input'), context.stdin)
  if (STREAM_METHODS.includes(method)) return await printStream(context, reached.client, method, input, limit)
  if (args.flag('no-wait')) {
    const { methodSpec } = await import('../../shared/contract/index.ts')
    const kind = methodSpec(method)?.kind
    if (kind !== undefined && kind !== 'job') throw wrong(`--no-wait is for jobs; ${method} answers at once.`)
    if (!reached.attachedTo)
      throw new WatchdeckError('unsupported', 'No engine is running that could go on with the job.', {
        hint: 'Start `watchdeck serve` first, or leave --no-wait away.',
      })
    return await print(context, await reached.client.start(method, input))
  }
  const answer = await ask(context, method, limit === undefined ? input : await withLimit(method, input, limit))
  await write(context.stdout, await renderAnswer(answer, format))
  const note = leftOut(answer, format)
  if (note !== undefined) await write(context.stderr, note)
}

/** `--limit N` is the input's own where it has one. @throws WatchdeckError `invalid_input` where it has none */
async function withLimit(method: string, input: unknown, limit: number): Promise<unknown> {
  const { fieldsOf, methodSpec } = await import('../../shared/contract/index.ts')
  const spec = methodSpec(method)
  // what there is no method for is told by the engine
  if (!spec) return input
  if (fieldsOf(spec.input)?.includes('limit')) return { ...Object(input), limit }
  throw wrong(`--limit is for streams and for methods whose input has a limit; ${method} has none.`)
}

async function printStream(
  context: CommandContext,
  client: UntypedClient,
  method: string,
  input: unknown,
  limit: number | undefined,
): Promise<void> {
  let seen = 0
  if (limit === 0) return
  for await (const item of client.stream(method, input, { signal: context.signal })) {
    await write(context.stdout, `${JSON.stringify(answerToJson(item))}\n`)
    if (++seen === limit) return
  }
}

async function runImport(context: CommandContext): Promise<void> {
  const { args } = context
  if (args.words.length === 0) throw wrong('watchdeck import needs a file.')
  const [mapping, format] = [args.text('mapping'), args.text('format')]
  const given = mapping === undefined ? undefined : await readJsonInput(mapping, context.stdin)
  if (given !== undefined && (typeof given !== 'object' || given === null))
    throw wrong('--mapping takes a JSON object, or a file that holds one.')
  await using piped = args.words.includes('-') ? await spool(context.stdin, context.signal) : undefined
  const paths = args.words.map((word) => (word === '-' && piped ? piped.path : resolve(word)))
  const answer = await ask(context, 'import.run', {
    paths,
    ...(args.text('source') === undefined ? {} : { source: args.text('source') }),
    ...(format === undefined && given === undefined ? {} : { mapping: { ...given, ...(format ? { format } : {}) } }),
    ...(args.text('recipe') === undefined ? {} : { recipe: args.text('recipe') }),
    ...(args.flag('strict') ? { skipBadRows: false } : {}),
  })
  await print(context, answer)
}

async function runExport(context: CommandContext): Promise<void> {
  const { args } = context
  const sources = args.texts('source')
  const traceId = args.text('trace')
  if (sources.length === 0 && traceId === undefined) throw wrong('watchdeck export needs --source ID or --trace ID.')
  const [from, to] = [args.text('from'), args.text('to')]
  if ((from === undefined) !== (to === undefined)) throw wrong('--from and --to go together.')
  const input = {
    ...(sources.length === 0 ? {} : { sources }),
    ...(traceId === undefined ? {} : { traceId }),
    format: args.text('format') ?? 'otlp-json',
    ...(args.text('kinds') === undefined ? {} : { kinds: args.text('kinds')?.split(',') }),
    ...(from === undefined || to === undefined ? {} : { range: { from, to } }),
  }
  const output = args.text('output')
  if (output !== undefined && output !== '-')
    return await print(
      context,
      await ask(context, 'export.run', { ...input, path: resolve(output), overwrite: args.flag('force') }),
    )
  // to stdout by way of a file: an export may be far larger than one message
  const folder = await mkdtemp(join(tmpdir(), 'watchdeck-export-'))
  try {
    const path = join(folder, 'export')
    await ask(context, 'export.run', { ...input, path })
    for await (const chunk of createReadStream(path)) {
      if (context.signal.aborted) throw cancelled()
      await write(context.stdout, chunk as Uint8Array)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runDemo(context: CommandContext): Promise<void> {
  const { args } = context
  const fault = args.text('fault')
  await print(
    context,
    await ask(context, 'demo.create', {
      seed: args.number('seed') ?? 1,
      scale: args.number('scale') ?? 1,
      ...(fault === undefined ? {} : { fault }),
      withTruth: args.flag('with-truth'),
    }),
  )
}

async function runVerify(context: CommandContext): Promise<void> {
  const passphrase = context.args.text('passphrase')
  const path = resolve(oneWord(context.args, 'FILE'))
  const answer = await ask(context, 'file.verify', { path, ...(passphrase === undefined ? {} : { passphrase }) })
  if (isBad(answer))
    throw new WatchdeckError('corrupt', `The file does not hold: ${answer.problems.join('; ')}`, {
      details: { problems: answer.problems },
    })
  await print(context, answer)
}

function isBad(answer: unknown): answer is { ok: false; problems: string[] } {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'ok' in answer &&
    answer.ok === false &&
    'problems' in answer &&
    Array.isArray(answer.problems)
  )
}

async function runBackup(context: CommandContext): Promise<void> {
  await print(context, await ask(context, 'system.backup', { path: resolve(oneWord(context.args, 'FOLDER')) }))
}

async function runReport(context: CommandContext): Promise<void> {
  const { args } = context
  const zone = args.text('zone')
  const answer = await ask(context, 'report.render', {
    incident: oneWord(args, 'INCIDENT'),
    format: args.text('format') ?? 'md',
    language: args.text('language') ?? 'en',
    ...(zone === undefined ? {} : { zone }),
  })
  const text = typeof answer === 'object' && answer !== null && 'text' in answer ? String(answer.text) : ''
  const output = args.text('output')
  if (output === undefined || output === '-')
    return await write(context.stdout, text.endsWith('\n') ? text : `${text}\n`)
  // as every file that comes out, whoever runs the engine
  await writeFile(resolve(output), text, { flag: args.flag('force') ? 'w' : 'wx', mode: 0o600 }).catch(
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
        throw new WatchdeckError('conflict', `${output} is there already.`, { hint: 'Say --force to write over it.' })
      throw error
    },
  )
  await print(context, { path: resolve(output), bytes: (await readFile(resolve(output))).length })
}

export function oneWord(args: Arguments, name: string): string {
  const [word, second] = args.words
  if (word === undefined || second !== undefined) throw wrong(`watchdeck ${args.command} takes one ${name}.`)
  return word
}
