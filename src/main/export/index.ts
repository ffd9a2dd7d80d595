// The export capability: rows of sources to a file or to text, and any table answer as CSV, TSV or NDJSON.

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { parseRange } from '../../shared/base/time.ts'
import type { Frame } from '../../shared/frame/frame.ts'
import { EXPORT_KINDS } from '../../shared/contract/export.ts'
import type { MethodParsedInput } from '../../shared/contract/index.ts'
import type { CallContext, CapabilityModule, EngineContext } from '../engine/api.ts'
import type { Scope } from '../storage/telemetry/api.ts'
import { happeningsIn } from '../storage/telemetry/happenings-sql.ts'
import { requireTableMethod, tableAnswer } from './answers.ts'
import { ndjsonRows, separatedHeader, separatedRows } from './csv.ts'
import { scopeOfTrace } from './one-trace.ts'
import { otlpDocument } from './otlp.ts'
import { writeTableFile } from './table-file.ts'
import { type ExportKind, exportTable, OTLP_KINDS, type OtlpKind } from './tables.ts'
import { writeTraces } from './trace-formats.ts'
import { type Sink, writeFile } from './write-file.ts'

/** Text beyond this is written to a file only. */
const INLINE_BYTES = 8 * 1024 * 1024

type Input = MethodParsedInput<'export.run'>
interface Plan {
  readonly engine: EngineContext
  readonly input: Input
  readonly context: CallContext
  readonly scope: Scope
  rows: number
}

export const exportModule: CapabilityModule<'export'> = {
  name: 'export',
  start: (engine) => ({
    async run(input, context) {
      const range = input.range === undefined ? undefined : parseRange(input.range, engine.platform.clock.now())
      if (input.traceId !== undefined && input.kinds?.some((kind) => kind !== 'traces'))
        throw new WatchdeckError('invalid_input', 'A trace has spans only: name "traces" in "kinds", or none.')
      const scope =
        input.traceId === undefined
          ? await engine.telemetry.scope(input.sources, range)
          : await scopeOfTrace(engine, { traceId: input.traceId, sources: input.sources, around: range }, context)
      const { completeness } = scope
      const plan: Plan = { engine, input, context, scope, rows: 0 }
      if (input.path === undefined) return { text: await inlineText(plan), rows: plan.rows, completeness }
      const path = await pathFor(engine, input.path, input.overwrite)
      if (input.format === 'parquet') {
        const { sql } = exportTable(scope, await onlyKind(plan), range)
        const { rows } = await engine.telemetry.copyToParquet(sql, [], path, { signal: context.signal })
        return { path, rows, completeness }
      }
      await writeFile(path, (sink) => write(plan, sink))
      return { path, rows: plan.rows, completeness }
    },

    async tableFile({ method, input, format, path: given, overwrite }, context) {
      requireTableMethod(method)
      const path = await pathFor(engine, given, overwrite)
      return { path, ...(await writeTableFile(engine, { method, input, format, path }, context)) }
    },

    async table({ method, input, format }, context) {
      requireTableMethod(method)
      const answer = await tableAnswer(engine, method, input, context)
      const { table } = answer
      const separator = format === 'tsv' ? '\t' : ','
      return {
        text:
          format === 'ndjson' ? ndjsonRows(table) : separatedHeader(table, separator) + separatedRows(table, separator),
        rows: table.rowCount,
        completeness: answer.completeness,
        ...(answer.nextCursor === undefined ? {} : { nextCursor: answer.nextCursor }),
      }
    },
  }),
}

/** @throws WatchdeckError `conflict` when there is a file and it may not be written over */
async function pathFor(engine: EngineContext, given: string, overwrite: boolean): Promise<string> {
  const path = resolve(given)
  if (!overwrite && existsSync(path))
    throw new WatchdeckError('conflict', `${path} exists already.`, {
      hint: 'Choose another name, or allow overwriting.',
    })
  // folders of our own are made when first needed; a wrong folder elsewhere is the person's to see
  const dataDir = resolve(engine.platform.dataDir)
  if (path.startsWith(dataDir + sep)) await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return path
}

async function inlineText(plan: Plan): Promise<string> {
  if (plan.input.format === 'parquet')
    throw new WatchdeckError('invalid_input', 'Parquet is written to a file: give a path.')
  const parts: string[] = []
  let bytes = 0
  await write(plan, async (part) => {
    bytes += Buffer.byteLength(part)
    if (bytes > INLINE_BYTES)
      throw new WatchdeckError('limit_exceeded', `The export is larger than ${INLINE_BYTES / 1_048_576} MB.`, {
        hint: 'Give a path to write it to a file, or choose a shorter range.',
      })
    parts.push(part)
  })
  return parts.join('')
}

async function write(plan: Plan, sink: Sink): Promise<void> {
  const { engine, input, context, scope } = plan
  const range = input.range === undefined ? undefined : parseRange(input.range, engine.platform.clock.now())
  const onRows = (rows: number): void => {
    plan.rows += rows
    context.progress(null, `${plan.rows} rows written`)
  }
  const { signal } = context
  if (input.format === 'otlp-json') {
    const question = { store: engine.telemetry, scope, range, signal, onRows }
    const kinds = (input.kinds ?? (await kindsWithRows(plan))).filter(isOtlp)
    const others = (input.kinds ?? []).filter((kind) => !isOtlp(kind))
    if (others.length > 0)
      throw new WatchdeckError('invalid_input', `OTLP has no shape for ${others.join(' and ')}.`, {
        hint: 'Export them as ndjson, csv or parquet.',
      })
    for await (const text of otlpDocument(question, kinds)) await sink(text)
    return
  }
  if (input.format === 'zipkin-json' || input.format === 'jaeger-json') {
    if (input.kinds?.some((kind) => kind !== 'traces'))
      throw new WatchdeckError('invalid_input', `A ${input.format} file holds traces only.`, {
        hint: 'Name "traces" in "kinds", or export as otlp-json or ndjson.',
      })
    await writeTraces({ store: engine.telemetry, scope, range, signal, onRows }, input.format, sink)
    return
  }
  const isCsv = input.format === 'csv'
  const kinds = isCsv ? [await onlyKind(plan)] : (input.kinds ?? (await kindsWithRows(plan)))
  for (const kind of kinds) {
    const { sql, columns } = exportTable(scope, kind, range)
    let isFirst = true
    // one query, in the order of the table: pages of a table without a key could repeat and lose rows
    const take = async (frame: Frame): Promise<void> => {
      if (isCsv) await sink((isFirst ? separatedHeader(frame, ',') : '') + separatedRows(frame, ','))
      else await sink(ndjsonRows(frame))
      isFirst = false
      onRows(frame.rowCount)
    }
    await engine.telemetry.frames(sql, [], columns, take, { signal })
  }
}

const isOtlp = (kind: ExportKind): kind is OtlpKind => OTLP_KINDS.some((known) => known === kind)

async function kindsWithRows({ engine, scope, context, input }: Plan): Promise<ExportKind[]> {
  if (input.traceId !== undefined) return ['traces']
  const range = input.range === undefined ? undefined : parseRange(input.range, engine.platform.clock.now())
  const [found] = await engine.telemetry.rows<Record<ExportKind, boolean>>(
    `SELECT EXISTS (SELECT 1 FROM ${scope.relation('spans', range)}) AS traces, EXISTS (SELECT 1 FROM ${scope.relation('logs', range)}) AS logs,
       EXISTS (SELECT 1 FROM ${scope.relation('samples', range)}) OR EXISTS (SELECT 1 FROM ${scope.relation('histograms', range)}) AS metrics,
       EXISTS (SELECT 1 FROM ${scope.relation('objects', range)}) AS objects, EXISTS (SELECT 1 FROM ${happeningsIn(scope, scope.relation('happenings'), range)}) AS events`,
    [],
    { signal: context.signal },
  )
  return EXPORT_KINDS.filter((kind) => found?.[kind])
}

/** CSV and Parquet hold one kind of row. */
async function onlyKind(plan: Plan): Promise<ExportKind> {
  const kinds = plan.input.kinds ?? (await kindsWithRows(plan))
  const [first, ...more] = kinds
  if (more.length > 0)
    throw new WatchdeckError(
      'invalid_input',
      `A ${plan.input.format} file holds one kind of row; there are ${kinds.join(', ')}.`,
      {
        hint: 'Name one in "kinds", or export as otlp-json or ndjson.',
      },
    )
  return first ?? 'traces'
}
