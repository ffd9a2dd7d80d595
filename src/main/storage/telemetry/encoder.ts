// Rows of the domain to packed chunks of the tables, in any thread: names the attributes, counts the rows, tells the range.
// The writer (writer.ts) appends what comes out.

import type { SampleRow, TelemetryBatch } from '../../../shared/domain/telemetry.ts'
import { isOpenEnd } from '../../../shared/domain/alerts.ts'
import { assert } from '../../../shared/base/assert.ts'
import { ChunkBuilder } from './chunk-builder.ts'
import { TraceIdColumn } from './columns.ts'
import { NameSet } from './content-hash.ts'
import {
  writeExemplar,
  writeHappening,
  writeHistogram,
  writeLog,
  writeObject,
  writeOffset,
  writeSample,
  writeSpan,
  writeUserEvent,
} from './encode.ts'
import { LogWords } from './log-words.ts'
import { Names } from './names.ts'
import type { SampleExtent } from './sample-cells.ts'
import type { PackedChunk, PackedColumn } from './packed.ts'
import { type ColumnsOf, TABLE_COLUMNS, type WrittenTable } from './tables.ts'

/** `samples` counts histogram points too, `series` only those that the source did not have yet. */
export interface WrittenRows {
  spans: number
  logs: number
  samples: number
  series: number
  objects: number
  happenings: number
  userEvents: number
  /** the half-open stretch that holds every row, a span's end counted; rows without a time are left out */
  from: bigint | null
  to: bigint | null
}

const NOTHING_WRITTEN: Readonly<WrittenRows> = {
  spans: 0,
  logs: 0,
  samples: 0,
  series: 0,
  objects: 0,
  happenings: 0,
  userEvents: 0,
  from: null,
  to: null,
}
/** ns; what plays within 1970 has relative times, not missing ones */
const YEAR = 365n * 86_400n * 1_000_000_000n

/** What an encoder must know of the store; plain data that can be sent to another thread. */
export interface EncoderSeed {
  /** key of the source */
  readonly source: number
  readonly nextLogId: bigint
  /** ids of the traces that get spans are told as chunks of `touched` */
  readonly tellTraces: boolean
  /** names of the transaction's staged user events */
  readonly batch: string
  /** content names that the source has already, two words each */
  readonly attributes: Uint32Array
  readonly series: Uint32Array
}

export type EncodedTable = WrittenTable | 'touched'
export type EncodedChunk = PackedChunk<EncodedTable>
export const touchedColumns = () => ({ traceId: new TraceIdColumn() })

/** Rows encoded so far. */
export interface Encoded extends Readonly<WrittenRows> {
  readonly objectFrom: bigint | null
  readonly objectTo: bigint | null
  /** rows of `samples` */
  readonly extent: SampleExtent | undefined
}

/** Where a packed chunk of `logs` has its ids, times and bodies. */
const LOG_PLACES = (['id', 'time', 'body'] as const).map((name) => Object.keys(TABLE_COLUMNS.logs()).indexOf(name))

export class BatchEncoder {
  readonly #seed: EncoderSeed
  readonly #sink: (chunk: EncodedChunk) => void
  readonly #builders = new Map<EncodedTable, { finish(): void }>()
  /** for rows of the same transaction that are packed by others */
  readonly names: Names
  #spans: ChunkBuilder<ColumnsOf<'spans'>> | undefined
  #logs: ChunkBuilder<ColumnsOf<'logs'>> | undefined
  #logWords: LogWords | undefined
  #samples: ChunkBuilder<ColumnsOf<'samples'>> | undefined
  #histograms: ChunkBuilder<ColumnsOf<'histograms'>> | undefined
  #exemplars: ChunkBuilder<ColumnsOf<'exemplars'>> | undefined
  #objects: ChunkBuilder<ColumnsOf<'objects'>> | undefined
  #happenings: ChunkBuilder<ColumnsOf<'happenings'>> | undefined
  #offsets: ChunkBuilder<ColumnsOf<'offsets'>> | undefined
  #staged: ChunkBuilder<ColumnsOf<'staged'>> | undefined
  #touched: ChunkBuilder<ReturnType<typeof touchedColumns>> | undefined
  #lastTrace = ''
  #nextLogId: bigint
  readonly #written: WrittenRows = { ...NOTHING_WRITTEN }
  #objectFrom: bigint | null = null
  #objectTo: bigint | null = null
  /** where the rows end that start at 0 */
  #epochEnd = 0n
  #extent: SampleExtent | undefined

  /** @param sink takes each chunk as it is full, in order; its buffers are not used again here */
  constructor(seed: EncoderSeed, sink: (chunk: EncodedChunk) => void) {
    this.#seed = seed
    this.#sink = sink
    this.#nextLogId = seed.nextLogId
    this.names = new Names(
      seed.source,
      this.#build('attributes', TABLE_COLUMNS.attributes()),
      this.#build('series', TABLE_COLUMNS.series()),
      NameSet.of(seed.attributes),
      NameSet.of(seed.series),
    )
  }

  get encoded(): Encoded {
    return {
      ...this.#written,
      series: this.names.newSeries,
      objectFrom: this.#objectFrom,
      objectTo: this.#objectTo,
      extent: this.#extent,
    }
  }

  /** Encodes `rows[from..to)` of a batch. */
  write(batch: TelemetryBatch, from: number, to: number): void {
    const { source } = this.#seed
    const { names } = this
    const written = this.#written
    assert(from >= 0 && to <= batch.rows.length, 'a slice lies within its batch')
    switch (batch.kind) {
      case 'spans': {
        const out = (this.#spans ??= this.#build('spans', TABLE_COLUMNS.spans()))
        const touched = this.#seed.tellTraces ? (this.#touched ??= this.#build('touched', touchedColumns())) : undefined
        for (let i = from; i < to; i++) {
          const span = batch.rows[i]
          if (!span) continue
          writeSpan(out, source, names, span)
          this.#seen(span.start, span.durationNs)
          if (touched && span.traceId !== this.#lastTrace) {
            this.#lastTrace = span.traceId
            touched.columns.traceId.setHex(touched.row, span.traceId)
            touched.next()
          }
        }
        written.spans += to - from
        return
      }
      case 'logs': {
        const out = (this.#logs ??= this.#build('logs', TABLE_COLUMNS.logs()))
        for (let i = from; i < to; i++) {
          const log = batch.rows[i]
          if (!log) continue
          writeLog(out, source, names, log, this.#nextLogId++)
          this.#seen(log.time)
        }
        written.logs += to - from
        return
      }
      case 'samples': {
        const out = (this.#samples ??= this.#build('samples', TABLE_COLUMNS.samples()))
        for (let i = from; i < to; i++) {
          const sample = batch.rows[i]
          if (!sample) continue
          writeSample(out, source, names, sample)
          this.#seen(sample.time)
        }
        if (to > from) this.#extent = extended(this.#extent, batch.rows, from, to)
        written.samples += to - from
        return
      }
      case 'histograms': {
        const out = (this.#histograms ??= this.#build('histograms', TABLE_COLUMNS.histograms()))
        for (const point of batch.rows.slice(from, to)) {
          writeHistogram(out, source, names, point)
          this.#seen(point.time)
        }
        written.samples += to - from
        return
      }
      case 'exemplars': {
        const out = (this.#exemplars ??= this.#build('exemplars', TABLE_COLUMNS.exemplars()))
        for (const exemplar of batch.rows.slice(from, to)) writeExemplar(out, source, names, exemplar)
        return
      }
      case 'objects': {
        const out = (this.#objects ??= this.#build('objects', TABLE_COLUMNS.objects()))
        for (const object of batch.rows.slice(from, to)) {
          writeObject(out, source, object)
          // an object may be years older than what happened to it: it gives the range only when nothing else does
          this.#objectFrom =
            this.#objectFrom === null || object.time < this.#objectFrom ? object.time : this.#objectFrom
          const after = object.time + 1n
          this.#objectTo = this.#objectTo === null || after > this.#objectTo ? after : this.#objectTo
        }
        written.objects += to - from
        return
      }
      case 'happenings': {
        const out = (this.#happenings ??= this.#build('happenings', TABLE_COLUMNS.happenings()))
        for (const happening of batch.rows.slice(from, to)) {
          writeHappening(out, source, names, happening)
          // its last moment is inside, as that of every row
          const { time, endTime } = happening
          this.#seen(time, isOpenEnd(endTime) ? undefined : endTime - time + 1n)
        }
        written.happenings += to - from
        return
      }
      case 'offsets': {
        const out = (this.#offsets ??= this.#build('offsets', TABLE_COLUMNS.offsets()))
        for (const offset of batch.rows.slice(from, to)) {
          writeOffset(out, source, offset)
          this.#seen(offset.time)
        }
        return
      }
      case 'user-events': {
        const out = (this.#staged ??= this.#build('staged', TABLE_COLUMNS.staged()))
        for (const event of batch.rows.slice(from, to)) {
          writeUserEvent(out, source, this.#seed.batch, event)
          this.#seen(event.time)
        }
        written.userEvents += to - from
        return
      }
    }
  }

  /** The rows that follow are of another part of the file: its lines of logs are numbered from here. */
  startBlock(logId: bigint): void {
    this.#nextLogId = logId
  }

  /** Hands over what the part held. @param logId from here on another part has its numbers */
  endBlock(logId: bigint): void {
    for (const builder of this.#builders.values()) builder.finish()
    this.#logWords?.coverTo(logId - 1n)
  }

  /** Hands over the chunks that are not full. */
  finish(): void {
    for (const builder of this.#builders.values()) builder.finish()
    this.#logWords?.finish()
    this.#takeEpoch()
  }

  /**
   * Ends the rows of one transaction: hands over the chunks that are not full and tells what was encoded since the last cut.
   * What comes after belongs to a later transaction of the same source; names and log ids go on.
   */
  cut(): Encoded {
    this.finish()
    const { encoded } = this
    Object.assign(this.#written, NOTHING_WRITTEN)
    this.#epochEnd = 0n
    this.names.newSeries = 0
    this.#extent = undefined
    this.#objectFrom = null
    this.#objectTo = null
    this.#lastTrace = ''
    return encoded
  }

  #build<C extends ColumnsOf<WrittenTable> | ReturnType<typeof touchedColumns>>(
    table: EncodedTable,
    columns: C,
  ): ChunkBuilder<C> {
    const builder = new ChunkBuilder(columns, (rows, packed) => {
      if (table === 'logs') this.#readWords(rows, packed)
      this.#sink({ table, rows, columns: packed })
    })
    this.#builders.set(table, builder)
    return builder
  }

  #readWords(rows: number, packed: readonly PackedColumn[]): void {
    this.#logWords ??= new LogWords(this.#seed.source, (table, count, columns) =>
      this.#sink({ table, rows: count, columns }),
    )
    const [ids, times, bodies] = LOG_PLACES.map((place) => packed[place])
    assert(ids !== undefined && times !== undefined && bodies !== undefined, 'a chunk of lines has every column')
    this.#logWords.take(rows, ids, times, bodies)
  }

  /**
   * Widens the stretch of the source, half-open as every range: the last row is inside. A row without a time (0 or before
   * 1970) says nothing about when its source was, unless all of it plays in 1970.
   */
  #seen(from: bigint, lasted = 0n): void {
    if (from < 0n) return
    const end = from + (lasted > 0n ? lasted : 1n)
    if (from === 0n) {
      this.#epochEnd = end > this.#epochEnd ? end : this.#epochEnd
      return
    }
    const written = this.#written
    if (written.from === null || from < written.from) written.from = from
    if (written.to === null || end > written.to) written.to = end
  }

  #takeEpoch(): void {
    const written = this.#written
    if (this.#epochEnd === 0n || (written.from !== null && written.from >= YEAR)) return
    written.from = 0n
    if (written.to === null || written.to < this.#epochEnd) written.to = this.#epochEnd
  }
}

function extended(
  known: SampleExtent | undefined,
  rows: readonly SampleRow[],
  start: number,
  end: number,
): SampleExtent {
  const first = rows[start]?.time ?? 0n
  let [from, to] = known ? [known.from, known.to] : [first, first]
  for (let i = start; i < end; i++) {
    const time = rows[i]?.time ?? first
    if (time < from) from = time
    if (time > to) to = time
  }
  return { count: (known?.count ?? 0) + end - start, from, to }
}
