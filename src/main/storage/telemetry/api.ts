// The telemetry store as capabilities see it: bounded reads in SQL over relations, and one writer per transaction.

import type { DuckDBValue } from '@duckdb/node-api'
import type { TimeRange } from '../../../shared/base/time.ts'
import type { ColumnSpec, Frame } from '../../../shared/frame/frame.ts'
import type { TelemetryBatch } from '../../../shared/domain/telemetry.ts'
import type { Completeness } from '../../../shared/contract/define.ts'
import type { Source } from '../../../shared/contract/sources.ts'
import type { PlainColumns, PlainKind } from './column-reader.ts'
import type { Encoded, EncodedChunk, EncoderSeed, WrittenRows } from './encoder.ts'
import type { JournalEntry, JournalFile } from './journal.ts'
import type { LiveRows } from './live-rows.ts'
import type { M4Options, M4Series } from './m4.ts'
import type { TelemetryTable } from './schema.ts'

export type SqlValue = DuckDBValue

/** The sources that a question is about, resolved once per call. */
export interface Scope {
  /** source ids as the contract names them, in catalog order */
  readonly sources: readonly string[]
  /** of the relations that were asked for so far, also when it is kept: what an opened file does not hold comes with them */
  readonly completeness: Completeness
  /**
   * Some rows come from opened incident files: a relation without a range, or with a wide one, unpacks every part of a
   * table before the first row; whoever wants only the newest rows asks for short ranges first.
   */
  readonly opened: boolean
  /** set where every row that the store keeps for the scope is of one source: its key, and what corrects its clock */
  readonly stored: { readonly key: number; readonly offset: bigint } | undefined
  /**
   * A parenthesised SELECT over a table of `schema.ts`, to stand after FROM: only rows of the scope and, when a range is
   * given, with `from <= time < to`; clock offsets are applied; live tables and opened files (Parquet) look the same.
   * Text only, holds no caller's value. Every relation also has `source INTEGER`.
   * @param rows of `logs` only: leaves out lines that cannot match (TelemetryStore.narrowLogs)
   */
  relation(table: TelemetryTable, range?: TimeRange, rows?: LogRows): string
  /** The same for a look aside that is no part of the question: `completeness` does not speak of it. */
  glance(table: TelemetryTable, range?: TimeRange): string
  /**
   * The part of a window of which the scope can have rows of a table: files know of their own times only. Undefined where
   * there is none; an empty hour outside of it was no calm one.
   */
  held(table: TelemetryTable, window: TimeRange): TimeRange | undefined
  /** source id of an INTEGER `source` value, for answers */
  sourceId(key: number): string
  sourceKey(id: string): number
  /** nanoseconds that relations add to the times of a source; for times inside JSON (decodeSpanEvents) */
  clockOffset(key: number): bigint
}

/** What else is known of a question when its scope is made. */
export interface ScopeQuestion {
  /** what live sources brought for it; of those that are not named here there are no rows */
  readonly live?: readonly LivePart[] | undefined
  /** it is about rows of these services only */
  readonly services?: readonly string[] | undefined
}

/** What a live source brought for one question. */
export interface LivePart {
  /** source id */
  readonly source: string
  /** parts of `TelemetryStore.live` */
  readonly parts: readonly number[]
  /** parts that have traces without their spans: of a question that asks for none of these */
  readonly lists?: readonly number[]
  readonly completeness: Completeness
}

/**
 * What the body of every matching line holds, in upper or lower case. `any` says nothing; it may ask for less than the
 * search does, never for more.
 */
export type LogNeed =
  | { readonly kind: 'any' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'all' | 'some'; readonly of: readonly LogNeed[] }

/** Ids of lines of one source, both inclusive; an end that is not there is open. */
export interface LineStretch {
  readonly from?: bigint | undefined
  readonly to?: bigint | undefined
}

export interface LogRows {
  /** part of the lines that are read, 0 to 1, about */
  readonly share: number
  /**
   * Where lines of a source may match; undefined: anywhere.
   * @param stored half-open, in times as they are stored (before the clock is corrected)
   */
  stretches(
    key: number,
    stored: { readonly from: bigint; readonly to: bigint } | undefined,
  ): readonly LineStretch[] | undefined
}

export interface LaneOptions {
  readonly series: readonly bigint[]
  /** half-open, in corrected times */
  readonly range: { readonly from: bigint; readonly to: bigint }
  readonly buckets: number
}

export interface Lane {
  /** `key` is the place of the series in what was asked for */
  readonly series: readonly M4Series[]
  /** where the first bucket begins: at the range, or up to a cell before it */
  readonly start: bigint
  /** nanoseconds of a bucket; it may be wider than asked for, then there are fewer */
  readonly width: bigint
}

export interface SourceCounts {
  readonly counts: { -readonly [K in keyof Source['counts']]: number }
  /** epoch nanoseconds; half-open */
  readonly from: bigint | null
  readonly to: bigint | null
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
}

export interface StoreSpace {
  readonly name: 'telemetry' | 'events'
  /** on disk, with the log */
  readonly bytes: number
  /** of these, blocks that hold nothing: new rows fill them, `compact` gives them back */
  readonly freeBytes: number
}

/** What the store may take; undefined: as the machine suggests. */
export interface StoreLimits {
  readonly memoryBytes?: number | undefined
  readonly threads?: number | undefined
}

export interface TelemetryStore {
  /** Other limits from now on. @throws WatchdeckError `conflict` when what runs needs more memory than that */
  limit(limits: StoreLimits): Promise<void>
  /**
   * @param ids default: every source that is on
   * @throws WatchdeckError not_found for an unknown id
   */
  scope(ids: readonly string[] | undefined, range?: TimeRange, question?: ScopeQuestion): Promise<Scope>
  /** where spans of live sources are held while they are looked at */
  readonly live: LiveRows

  /**
   * Runs one SELECT and answers with a frame of exactly these columns, matched by position. Interrupted by the signal.
   * `time` and `int` take any integer type, `float` any number but DECIMAL, `string` and `json` VARCHAR; a UUID column read as
   * `string` becomes 32 hex digits and a UBIGINT column a span id of 16 ('' for 0), both cheaper than in SQL.
   */
  frame(sql: string, params: readonly SqlValue[], columns: readonly ColumnSpec[], options?: ReadOptions): Promise<Frame>
  /**
   * The answer of `frame` in parts of about 20,000 rows from one query, in its order, however large: for exports. The next
   * part is read when `take` has resolved; the last one may be empty.
   */
  frames(
    sql: string,
    params: readonly SqlValue[],
    columns: readonly ColumnSpec[],
    take: (frame: Frame) => Promise<void>,
    options?: ReadOptions,
  ): Promise<void>
  /**
   * Every row of one SELECT as plain arrays, columns matched by position: for work on all of them. NULL is 0 or ''.
   * @param options.rows how many there will be, when that is known
   */
  columns<const K extends Readonly<Record<string, PlainKind>>>(
    sql: string,
    params: readonly SqlValue[],
    kinds: K,
    options?: ReadOptions & { readonly rows?: number },
  ): Promise<PlainColumns<K>>
  /** Few rows as objects; BIGINT, UBIGINT, HUGEINT as bigint, UUID as 32 hex digits, lists as arrays. */
  rows<T extends Record<string, unknown>>(sql: string, params: readonly SqlValue[], options?: ReadOptions): Promise<T[]>

  /**
   * Points thinned to the first, last, lowest and highest of every bucket, by series, NaN left out; times ascend. A series
   * without a point in the range is not in the answer.
   */
  m4(o: M4Options, options?: ReadOptions): Promise<M4Series[]>

  /** The same for series of `samples`, from extremes kept beside the points where there are some; NaN and OTLP's "no value" left out. */
  lane(scope: Scope, o: LaneOptions, options?: ReadOptions): Promise<Lane>

  /** Which lines can hold the texts that a search needs; undefined where all have to be read. */
  narrowLogs(scope: Scope, need: LogNeed, options?: ReadOptions): Promise<LogRows | undefined>

  /** Opens the one write transaction; waits while another is open. Nothing is seen by readers before `commit`. */
  writer(source: string, options?: ReadOptions): Promise<TelemetryWriter>

  /** Copies every row of a source (an opened file, say) under the name of another. */
  copySource(from: string, to: string, options?: ReadOptions): Promise<void>
  /** Deletes every row of a source; waits for an open writer. Readers keep what they see until they end. */
  deleteSource(source: string): Promise<void>
  /** Every commit whose rows are here, oldest first: what the catalog must know, and can be made from again. */
  journal(): Promise<JournalEntry[]>
  /** Rows by source key, counted in the tables themselves; for rows that neither catalog nor journal speaks of. */
  sourceKeys(): Promise<Map<number, SourceCounts>>
  /**
   * Copies both files, compacted, as they are between two writes; `meanwhile` runs at that same moment.
   * @throws WatchdeckError `unavailable` when the disk is full
   */
  backup(
    to: { readonly telemetry: string; readonly events: string },
    meanwhile: () => Promise<void>,
    options?: ReadOptions,
  ): Promise<void>
  /** Bytes that rows take in both files, their logs included; what deleted rows left free is not counted. */
  bytes(): Promise<number>
  /** Both files as they are on disk. */
  space(): Promise<StoreSpace[]>
  /**
   * Gives the disk back what deleted rows left free in the files. Writers wait; questions wait for the moment in which a
   * file is replaced, and live rows stay.
   * @throws WatchdeckError `conflict` when questions do not end, `unavailable` when the disk has no room for the copy
   */
  compact(options?: ReadOptions & { progress?(name: 'telemetry' | 'events'): void }): Promise<void>

  /**
   * Stands a read-only set of Parquet files beside the tables under the name of a source (an opened incident file).
   * `files` is asked for the paths that may hold rows of a table in a range, and makes them ready on disk first.
   */
  mount(
    source: string,
    files: (table: TelemetryTable, range: TimeRange | undefined) => Promise<readonly string[]>,
  ): Disposable
  /** Copies the rows of a query to a Parquet file (zstd); answers with rows and bytes. */
  copyToParquet(
    sql: string,
    params: readonly SqlValue[],
    path: string,
    options?: ReadOptions,
  ): Promise<{ rows: number; bytes: number }>

  /** The only folder that files of `mount` may lie in: DuckDB opens nothing outside of it. */
  readonly cacheDir: string
  readonly schemaVersion: number
  /** Waits for the open writer, checkpoints and closes both files. */
  close(): Promise<void>
}

export interface TelemetryWriter {
  /** Rows are appended in order; awaiting it is the back-pressure. */
  write(batch: TelemetryBatch): Promise<void>
  /**
   * What a BatchEncoder in another thread needs; its chunks then come by `append`, its counts by `settle` before the commit.
   * Either this, or `write`.
   */
  takeSeed(): Promise<EncoderSeed>
  append(chunks: readonly EncodedChunk[]): Promise<void>
  settle(encoded: Encoded): void
  /** Rows so far, not yet visible. */
  readonly written: Readonly<WrittenRows>
  /** `file`: what the rows were read from, kept with them in the journal */
  commit(file?: JournalFile): Promise<WrittenRows>
  rollback(): Promise<void>
}

export type { Coded, PlainColumns } from './column-reader.ts'
export type { LiveRows } from './live-rows.ts'
export type { Encoded, EncodedChunk, EncoderSeed, WrittenRows } from './encoder.ts'
export type { JournalEntry, JournalFile } from './journal.ts'
