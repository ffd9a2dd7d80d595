// How a capability states its methods. The registry of these is the only description of the program's abilities:
// the engine validates with it, clients take their types from it, the CLI and docs/contract.md are made from it.

import { z } from 'zod'
import { COMPLETE, type Completeness } from '../domain/completeness.ts'
import type { ColumnSpec, Frame } from '../frame/frame.ts'

export { COMPLETE, type Completeness }

/** A table answer: its frame, what it could not see, where to go on. `summary` holds what the headline needs. */
export interface TableAnswer<Summary = undefined> {
  table: Frame
  completeness: Completeness
  nextCursor?: string | undefined
  summary?: Summary
}

/** `query` may be cached and repeated; `command` changes something; `job` is a command that takes long; `stream` yields items. */
export type MethodKind = 'query' | 'command' | 'job' | 'stream'

export interface MethodSpec<Kind extends MethodKind = MethodKind, I extends z.ZodType = z.ZodType, O = unknown> {
  readonly kind: Kind
  readonly summary: string
  readonly input: I
  /** columns of a table answer (a superset where `open`), or the schema of an object answer or stream item */
  readonly output: OutputSpec
  /** of a job: fields of its answer that go to the caller alone and are never written down */
  readonly unkept?: readonly string[]
  /** type-level only */
  readonly _output?: O
}

export interface TableSpec {
  readonly shape: 'table'
  readonly columns: readonly ColumnSpec[]
  readonly open: boolean
}

export type OutputSpec = TableSpec | { readonly shape: 'object'; readonly schema: z.ZodType }

type ObjectSpec<K extends MethodKind, I extends z.ZodType, O extends z.ZodType> = MethodSpec<K, I, z.output<O>>

function objectMethod<K extends MethodKind>(kind: K) {
  return <I extends z.ZodType, O extends z.ZodType>(spec: {
    summary: string
    input: I
    output: O
    unkept?: readonly (keyof z.output<O> & string)[]
  }): ObjectSpec<K, I, O> => ({
    kind,
    summary: spec.summary,
    input: spec.input,
    output: { shape: 'object', schema: spec.output },
    ...(spec.unkept === undefined ? {} : { unkept: spec.unkept }),
  })
}

/** A read that answers with an object; every such answer holds `completeness` where it speaks of telemetry. */
export const query = objectMethod('query')
export const command = objectMethod('command')
export const job = objectMethod('job')
/** `output` is the schema of one item. */
export const stream = objectMethod('stream')

/**
 * A read that answers with a table. `open`: further columns may follow (group keys). `headline`: what `summary` of the
 * answer holds.
 */
export function tableQuery<I extends z.ZodType, S = undefined>(spec: {
  summary: string
  input: I
  columns: readonly ColumnSpec[]
  open?: boolean
  headline?: z.ZodType<S>
}): MethodSpec<'query', I, TableAnswer<S>> & { readonly output: TableSpec } {
  return {
    kind: 'query',
    summary: spec.summary,
    input: spec.input,
    output: { shape: 'table', columns: spec.columns, open: spec.open ?? false },
  }
}

export type CapabilitySpec = Readonly<Record<string, MethodSpec>>

export type InputOf<M extends MethodSpec> = z.input<M['input']>
export type ParsedInputOf<M extends MethodSpec> = z.output<M['input']>
export type OutputOf<M extends MethodSpec> = M extends MethodSpec<MethodKind, z.ZodType, infer O> ? O : never

// ---- shapes that many capabilities share

export const zInstant = z.string().min(1).max(64).describe('RFC 3339, now, now-15m, or epoch nanoseconds')
export const zRange = z.object({ from: zInstant, to: zInstant }).describe('half-open: from <= t < to')
export const zDuration = z
  .union([z.string().min(1).max(64), z.number().int()])
  .describe('"250ms", "1h30m" or integer nanoseconds')
/** A duration going out: nanoseconds, as text where JSON's numbers are not exact (past 2^53, 104 days). */
export const zNs = z.union([z.number().int(), z.string().regex(/^-?\d{1,20}$/)])
export const zSources = z
  .array(z.string().max(128))
  .max(256)
  .optional()
  .describe('source ids; default: all that are switched on')
const zSourceOf = z
  .string()
  .max(128)
  .optional()
  .describe('id of the source that this one is looked for in; default: as `sources` says')
/** of a question about two things, which may be of two sources */
export const SOURCES_OF_TWO = { sources: zSources, sourceA: zSourceOf, sourceB: zSourceOf }
export const zLimit = (fallback: number, max = 10_000) => z.number().int().min(1).max(max).default(fallback)
export const zCursor = z.string().max(4096).optional()
/** The fields of a table that can be cut and goes on: so many rows, and where to begin. */
export const paged = (fallback: number, max?: number) => ({ limit: zLimit(fallback, max), cursor: zCursor })
export const zTraceId = z.string().regex(/^[0-9a-fA-F]{1,32}$/, 'a trace id is 1 to 32 hex digits')
export const zSpanId = z.string().regex(/^[0-9a-fA-F]{1,16}$/, 'a span id is 1 to 16 hex digits')
export const zCompleteness = z.object({
  complete: z.boolean(),
  missing: z.array(z.object({ source: z.string(), from: z.string(), to: z.string(), reason: z.string() })),
  truncated: z.object({ returned: z.number(), total: z.number().optional() }).optional(),
})
export const zNothing = z.object({})
export const zOk = z.object({ ok: z.literal(true) })
/** The fields of an object's schema; undefined for any other. */
export const fieldsOf = (schema: z.core.$ZodType): readonly string[] | undefined =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : undefined
/** A frame inside an object answer; checked by the frame codec, not by zod. */
export const zFrame = z.custom<Frame>((v) => typeof v === 'object' && v !== null && 'columns' in v && 'rowCount' in v)
/** Columns of numbers inside an object answer. */
export const zFloat64 = z.instanceof(Float64Array)
export const zInt64 = z.instanceof(BigInt64Array)

export const col = (name: string, type: ColumnSpec['type'], unit?: string): ColumnSpec =>
  unit === undefined ? { name, type } : { name, type, unit }
