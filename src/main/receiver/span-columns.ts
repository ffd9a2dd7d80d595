// Spans of an OTLP protobuf request straight into packed chunks, without an object for each span or attribute: this is what
// most of what a receiver gets is, and what its rate hangs on. Anything that is not plainly what exporters write is left to
// the reader of objects, span by span where the groups can be read, else the whole body; both agree on every span that is
// taken here (span-columns.test.ts).

import type { Resource, Scope, SpanRow } from '../../shared/domain/telemetry.ts'
import { Collector } from '../../shared/wire/collector.ts'
import { serviceOf } from '../../shared/wire/otlp/common.ts'
import { Cursor, ProtobufError, readMessage } from '../../shared/wire/otlp/protobuf.ts'
import { SPAN } from '../../shared/wire/otlp/protobuf-messages.ts'
import { readEvents, readLinks, readSpans } from '../../shared/wire/otlp/traces.ts'
import type { ReadOptions } from '../../shared/wire/reader.ts'
import { SpanIds } from '../../shared/wire/span-ids.ts'
import type { Encoded, EncodedChunk } from '../storage/telemetry/api.ts'
import { ChunkBuilder } from '../storage/telemetry/chunk-builder.ts'
import { encodeSpanEvents, encodeSpanExtra, encodeSpanLinks } from '../storage/telemetry/codec.ts'
import { intColumn, NameColumn, tinyColumn } from '../storage/telemetry/columns.ts'
import type { Name, Names } from '../storage/telemetry/names.ts'
import type { PackedColumn } from '../storage/telemetry/packed.ts'
import { AttributeRows, IGNORED, MAX_PENDING_TEXT } from './attribute-rows.ts'
import { BytesColumn, type Repeated, RepeatedColumn, repeated, WordsColumn } from './byte-columns.ts'
import { type Bounds, boundsOf, SpanFields } from './span-fields.ts'
import { SpanGroups } from './span-groups.ts'
import type { SpanMemory } from './span-memory.ts'

const MAX_CACHED = 20_000
const MAX_CACHED_BYTES = 65_536

/** The tables' columns in their order (storage/telemetry/tables.ts); the writer checks that they fit. */
const spanColumns = () => ({
  source: intColumn(),
  traceId: new WordsColumn(4),
  spanId: new WordsColumn(2),
  parentId: new WordsColumn(2),
  service: new RepeatedColumn(),
  operation: new RepeatedColumn(),
  kind: tinyColumn(),
  start: new WordsColumn(2),
  duration: new WordsColumn(2),
  status: tinyColumn(),
  statusMessage: new BytesColumn(),
  attrs: new NameColumn(),
  resource: new NameColumn(),
  scope: new NameColumn(),
  events: new BytesColumn(),
  links: new BytesColumn(),
  extra: new BytesColumn(),
})
export interface BodySpans {
  /** spans that were kept by an earlier request */
  readonly again: number
  /** spans that were left out with a reason are counted here; spans that are left to be written are among its rows */
  readonly collector: Collector
}

type Taken = 'taken' | 'again' | 'twice' | 'odd'

export class SpanColumns {
  readonly #source: number
  readonly #names: Names
  readonly #memory: SpanMemory
  readonly #spans: ChunkBuilder<ReturnType<typeof spanColumns>>
  readonly #attributes: AttributeRows
  readonly #touched: ChunkBuilder<{ traceId: WordsColumn }>
  readonly #fields = new SpanFields()
  readonly #groups = new SpanGroups()
  readonly #services = new Map<string, Repeated>()
  #operations = new Map<string, Repeated>()
  #flags = new Map<number, string | null>()
  #count = 0
  #from: bigint | null = null
  #to: bigint | null = null

  /** @param source key; @param names of the encoder that packs the other rows of the transaction */
  constructor(source: number, names: Names, memory: SpanMemory, sink: (chunk: EncodedChunk) => void) {
    this.#source = source
    this.#names = names
    this.#memory = memory
    this.#spans = new ChunkBuilder(spanColumns(), (rows, columns) => {
      this.#range(rows, columns)
      sink({ table: 'spans', rows, columns })
    })
    this.#attributes = new AttributeRows(source, names, sink)
    this.#touched = new ChunkBuilder({ traceId: new WordsColumn(4) }, (rows, columns) =>
      sink({ table: 'touched', rows, columns }),
    )
  }

  /** Hands over what is there, and counts what comes after from zero. */
  cut(): Pick<Encoded, 'spans' | 'from' | 'to'> {
    this.#spans.finish()
    this.#attributes.finish()
    this.#touched.finish()
    const cut = { spans: this.#count, from: this.#from, to: this.#to }
    this.#count = 0
    this.#from = null
    this.#to = null
    return cut
  }

  /** undefined: the body is not for here, and nothing of it was taken. */
  read(bytes: Buffer, options: Omit<ReadOptions, 'into'>): BodySpans | undefined {
    const groups = this.#groups.read(bytes)
    if (groups === undefined) return undefined
    const collector = new Collector()
    const reading = { ...options, into: collector }
    const bounds = boundsOf(options)
    let again = 0
    let line = 0
    let seen: SpanIds | undefined
    for (const { resource, scope, spans } of groups) {
      const service = this.#service(serviceOf(resource, ''))
      for (let i = 0; i < spans.length; i += 2) {
        line++
        const from = spans[i] as number
        const to = spans[i + 1] as number
        let taken: Taken = 'odd'
        try {
          taken = this.#span(bytes, from, to, bounds, service, resource, scope)
        } catch (error) {
          if (!(error instanceof ProtobufError)) throw error
        }
        if (taken === 'taken') continue
        if (taken === 'again') {
          again++
          continue
        }
        try {
          const span = readMessage(SPAN, new Cursor(bytes, from, to))
          if (taken === 'twice') collector.skip(line, 'duplicate span id within its trace', span)
          else readSpans([span], resource, scope, () => line, (seen ??= new SpanIds()), reading)
        } catch (error) {
          if (!(error instanceof ProtobufError)) throw error
          collector.skip(line, 'a record that cannot be read', error.message)
        }
      }
    }
    return { again, collector }
  }

  /** @throws ProtobufError where an inner message cannot be read */
  #span(
    b: Buffer,
    from: number,
    to: number,
    bounds: Bounds,
    service: Repeated,
    resource: Resource,
    scope: Scope | undefined,
  ): Taken {
    const f = this.#fields
    if (!f.read(b, from, to, bounds)) return 'odd'
    const seen = this.#memory.add(
      f.trace0,
      f.trace1,
      f.trace2,
      f.trace3,
      f.span0,
      f.span1,
      f.kind,
      f.startLow,
      f.startHigh,
      f.endLow,
      f.endHigh,
    )
    if (seen !== 'new') return seen
    const attributes = this.#attributes
    attributes.name(b, f)
    const builder = this.#spans
    const { columns: c, row } = builder
    c.source.values[row] = this.#source
    const t = row * 4
    const s = row * 2
    c.traceId.words[t] = f.trace3
    c.traceId.words[t + 1] = f.trace2
    c.traceId.words[t + 2] = f.trace1
    // the highest bit is flipped, as DuckDB keeps a UUID
    c.traceId.words[t + 3] = f.trace0 ^ 0x8000_0000
    c.spanId.words[s] = f.span1
    c.spanId.words[s + 1] = f.span0
    c.parentId.words[s] = f.parent1
    c.parentId.words[s + 1] = f.parent0
    c.service.set(row, service)
    c.operation.set(row, this.#operation(b, f.nameFrom, f.nameTo))
    c.kind.values[row] = f.kind
    c.start.words[s] = f.startLow
    c.start.words[s + 1] = f.startHigh
    c.duration.words[s] = f.endLow - f.startLow
    c.duration.words[s + 1] = f.durationHigh
    c.status.values[row] = f.statusCode
    if (f.messageTo > f.messageFrom) c.statusMessage.addText(b.toString('utf8', f.messageFrom, f.messageTo))
    else c.statusMessage.addNull()
    c.attrs.setWords(row, attributes.low, attributes.high)
    setName(c.resource, row, this.#names.resource(resource))
    if (scope === undefined) c.scope.setNull(row)
    else setName(c.scope, row, this.#names.scope(scope))
    if (f.events === undefined) c.events.addNull()
    else c.events.addText(encodeSpanEvents(readEvents(f.events, b.readBigUInt64LE(f.start), IGNORED)))
    if (f.links === undefined) c.links.addNull()
    else c.links.addText(encodeSpanLinks(readLinks(f.links, IGNORED)))
    c.extra.addText(
      this.#extra(f.flags, f.stateTo > f.stateFrom ? b.toString('utf8', f.stateFrom, f.stateTo) : undefined, f.counts),
    )
    this.#touch(f.trace0, f.trace1, f.trace2, f.trace3)
    this.#count++
    builder.next()
    if (c.statusMessage.pending + c.events.pending + c.links.pending + c.extra.pending > MAX_PENDING_TEXT)
      builder.finish()
    return 'taken'
  }

  #service(name: string): Repeated {
    let service = this.#services.get(name)
    if (service === undefined) {
      if (this.#services.size >= MAX_CACHED) this.#services.clear()
      service = repeated(Buffer.from(name))
      this.#services.set(name, service)
    }
    return service
  }

  #operation(b: Buffer, from: number, to: number): Repeated {
    const name = b.toString('latin1', from, to)
    let operation = this.#operations.get(name)
    if (operation === undefined) {
      if (this.#operations.size >= MAX_CACHED) this.#operations = new Map()
      operation = repeated(Buffer.from(b.toString('utf8', from, to)))
      if (name.length <= MAX_CACHED_BYTES) this.#operations.set(name, operation)
    }
    return operation
  }

  #extra(flags: number, traceState: string | undefined, counts: [number, number, number] | undefined): string | null {
    if (flags === 0 && traceState === undefined && counts === undefined) return null
    const isPlain = traceState === undefined && counts === undefined
    const known = isPlain ? this.#flags.get(flags) : undefined
    if (known !== undefined) return known
    const positive = (n: number | undefined) => (n === undefined || n === 0 ? undefined : n)
    const text = encodeSpanExtra({
      ...BLANK,
      traceState,
      flags: positive(flags),
      droppedAttributes: positive(counts?.[0]),
      droppedEvents: positive(counts?.[1]),
      droppedLinks: positive(counts?.[2]),
    })
    if (isPlain && this.#flags.size < MAX_CACHED) this.#flags.set(flags, text)
    return text
  }

  #touch(trace0: number, trace1: number, trace2: number, trace3: number): void {
    const { columns, row } = this.#touched
    const { words } = columns.traceId
    const last = (row - 1) * 4
    const flipped = (trace0 ^ 0x8000_0000) >>> 0
    if (
      row > 0 &&
      words[last] === trace3 &&
      words[last + 1] === trace2 &&
      words[last + 2] === trace1 &&
      words[last + 3] === flipped
    )
      return
    words.set([trace3, trace2, trace1, flipped], row * 4)
    this.#touched.next()
  }

  #range(rows: number, columns: readonly PackedColumn[]): void {
    const [start, duration] = [columns[SPAN_START], columns[SPAN_DURATION]]
    if (start?.kind !== 'fixed' || duration?.kind !== 'fixed') throw new Error('assertion failed: times are fixed')
    const starts = new BigInt64Array(start.bytes.buffer, start.bytes.byteOffset, rows)
    const durations = new BigInt64Array(duration.bytes.buffer, duration.bytes.byteOffset, rows)
    for (let row = 0; row < rows; row++) {
      const from = starts[row] as bigint
      const to = from + (durations[row] as bigint)
      if (this.#from === null || from < this.#from) this.#from = from
      if (this.#to === null || to > this.#to) this.#to = to
    }
  }
}

const NAMES = Object.keys(spanColumns())
const SPAN_START = NAMES.indexOf('start')
const SPAN_DURATION = NAMES.indexOf('duration')

const BLANK: SpanRow = {
  traceId: '',
  spanId: '',
  parentId: '',
  service: '',
  operation: '',
  kind: 0,
  start: 0n,
  durationNs: 0n,
  status: 0,
  attributes: { values: {} },
  resource: { attributes: { values: {} } },
}

const setName = (column: NameColumn, row: number, { low, high }: Name) => column.setWords(row, low, high)
