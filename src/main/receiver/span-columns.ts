// Spans of an OTLP protobuf request straight into packed chunks, without an object for each span or attribute: this is what
// most of what a receiver gets is, and what its rate hangs on. Anything that is not plainly what exporters write is left to
// the reader of objects, span by span where the groups can be read, else the whole body; both agree on every span that is
// taken here (span-columns.test.ts).

import type { Resource, Scope, SpanRow } from '../../shared/domain/telemetry.ts'
import { Collector } from '../../shared/wire/collector.ts'
import { readAttributes } from '../../shared/wire/otlp/attributes.ts'
import { Shared, serviceOf } from '../../shared/wire/otlp/common.ts'
import { Cursor, partsOf, ProtobufError, readMessage } from '../../shared/wire/otlp/protobuf.ts'
import { EVENT, GROUP, KEY_VALUE, LINK, RESOURCE, SCOPE, SPAN } from '../../shared/wire/otlp/protobuf-messages.ts'
import { readEvents, readLinks, readSpans } from '../../shared/wire/otlp/traces.ts'
import type { ReadOptions } from '../../shared/wire/reader.ts'
import { SpanIds } from '../../shared/wire/span-ids.ts'
import type { Encoded, EncodedChunk } from '../storage/telemetry/api.ts'
import { ChunkBuilder } from '../storage/telemetry/chunk-builder.ts'
import { encodeAttributes, encodeSpanEvents, encodeSpanExtra, encodeSpanLinks } from '../storage/telemetry/codec.ts'
import { intColumn, NameColumn, tinyColumn } from '../storage/telemetry/columns.ts'
import type { Name, Names } from '../storage/telemetry/names.ts'
import type { PackedColumn } from '../storage/telemetry/packed.ts'
import { AttributeJson } from './attribute-json.ts'
import { BytesColumn, type Repeated, RepeatedColumn, repeated, WordsColumn } from './byte-columns.ts'
import type { SpanMemory } from './span-memory.ts'

/** Text waiting in a chunk before it is handed over early. */
const MAX_PENDING_TEXT = 8 << 20
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
const attributeColumns = () => ({
  source: intColumn(),
  hash: new NameColumn(),
  json: new BytesColumn(),
  types: new BytesColumn(),
  extra: new BytesColumn(),
})

interface Group {
  readonly resource: Resource
  readonly scope: Scope | undefined
  /** pairs: where a span begins and ends */
  readonly spans: readonly number[]
}

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
  readonly #attributes: ChunkBuilder<ReturnType<typeof attributeColumns>>
  readonly #touched: ChunkBuilder<{ traceId: WordsColumn }>
  readonly #json = new AttributeJson()
  readonly #shared = new Shared(new Collector())
  #resources = new Map<string, Resource>()
  #scopes = new Map<string, Scope>()
  readonly #services = new Map<string, Repeated>()
  #operations = new Map<string, Repeated>()
  #flags = new Map<number, string | null>()
  #count = 0
  #from: bigint | null = null
  #to: bigint | null = null
  // of the span at hand
  readonly #attrFroms: number[] = []
  readonly #attrTos: number[] = []
  #low = 0
  #high = 0

  /** @param source key; @param names of the encoder that packs the other rows of the transaction */
  constructor(source: number, names: Names, memory: SpanMemory, sink: (chunk: EncodedChunk) => void) {
    this.#source = source
    this.#names = names
    this.#memory = memory
    this.#spans = new ChunkBuilder(spanColumns(), (rows, columns) => {
      this.#range(rows, columns)
      sink({ table: 'spans', rows, columns })
    })
    this.#attributes = new ChunkBuilder(attributeColumns(), (rows, columns) =>
      sink({ table: 'attributes', rows, columns }),
    )
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
    const groups = this.#groups(bytes)
    if (groups === undefined) return undefined
    const collector = new Collector()
    const reading = { ...options, into: collector }
    const bounds = boundsOf(options)
    let again = 0
    let line = 0
    const seen = new SpanIds()
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
          else readSpans([span], resource, scope, () => line, seen, reading)
        } catch (error) {
          if (!(error instanceof ProtobufError)) throw error
          collector.skip(line, 'a record that cannot be read', error.message)
        }
      }
    }
    return { again, collector }
  }

  /** The groups with spans; undefined when they cannot be walked through from end to end. */
  #groups(bytes: Buffer): Group[] | undefined {
    const out: Group[] = []
    try {
      for (const { field, from, to } of partsOf(bytes, 0, bytes.length)) if (field === 1) this.#resource(bytes, from, to, out)
      return out
    } catch (error) {
      if (error instanceof ProtobufError) return undefined
      throw error
    }
  }

  #resource(bytes: Buffer, from: number, to: number, out: Group[]): void {
    const scopes: number[] = []
    let head: [number, number] | undefined
    let schema: [number, number] | undefined
    for (const part of partsOf(bytes, from, to)) {
      if (part.field === GROUP.parts) scopes.push(part.from, part.to)
      else if (part.field === GROUP.head) head = [part.from, part.to]
      else if (part.field === GROUP.schemaUrl) schema = [part.from, part.to]
    }
    const resource = cached(this.#resources, bytes, head, schema, () =>
      this.#shared.resource(head && readMessage(RESOURCE, new Cursor(bytes, ...head)), schema && bytes.toString('utf8', ...schema)),
    )
    for (let i = 0; i < scopes.length; i += 2) {
      const spans: number[] = []
      let scopeHead: [number, number] | undefined
      let scopeSchema: [number, number] | undefined
      for (const part of partsOf(bytes, scopes[i] as number, scopes[i + 1] as number)) {
        if (part.field === GROUP.parts) spans.push(part.from, part.to)
        else if (part.field === GROUP.head) scopeHead = [part.from, part.to]
        else if (part.field === GROUP.schemaUrl) scopeSchema = [part.from, part.to]
      }
      const scope =
        scopeHead === undefined && scopeSchema === undefined
          ? undefined
          : cached(
              this.#scopes,
              bytes,
              scopeHead,
              scopeSchema,
              () =>
                this.#shared.scope(
                  scopeHead && readMessage(SCOPE, new Cursor(bytes, ...scopeHead)),
                  scopeSchema && bytes.toString('utf8', ...scopeSchema),
                ) as Scope,
            )
      if (spans.length > 0) out.push({ resource, scope, spans })
    }
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
    let trace = -1
    let span = -1
    let parent = -1
    let nameFrom = 0
    let nameTo = 0
    let kind = 0
    let start = -1
    let end = -1
    let statusCode = 0
    let messageFrom = 0
    let messageTo = 0
    let stateFrom = 0
    let stateTo = 0
    let flags = 0
    let counts: [attributes: number, events: number, links: number] | undefined
    let attrs = 0
    let attrsFrom = 0
    let attrsTo = 0
    let isScattered = false
    let events: unknown[] | undefined
    let links: unknown[] | undefined
    let at = from
    while (at < to) {
      const tagAt = at
      const tag = b[at++] as number
      if (tag === 0x39 || tag === 0x41) {
        if (at + 8 > to) return 'odd'
        if (tag === 0x39) start = at
        else end = at
        at += 8
        continue
      }
      if (tag === 0x85 && b[at] === 0x01) {
        if (at + 5 > to) return 'odd'
        flags = b.readUInt32LE(at + 1)
        at += 5
        continue
      }
      if (tag > 0x7f) return 'odd'
      // everything else begins with a number of at most three bytes: a length, an enum, a count
      let size = b[at++] as number
      if (size > 127) {
        const more = b[at++] as number
        if (more > 127) {
          const most = b[at++] as number
          if (most > 127) return 'odd'
          size = (size & 127) | ((more & 127) << 7) | (most << 14)
        } else size = (size & 127) | (more << 7)
      }
      if ((tag & 7) === 2) {
        const next = at + size
        if (next > to) return 'odd'
        switch (tag) {
          case 0x0a:
            if (size !== 16) return 'odd'
            trace = at
            break
          case 0x12:
            if (size !== 8) return 'odd'
            span = at
            break
          case 0x1a:
            stateFrom = at
            stateTo = next
            break
          case 0x22:
            if (size !== 8 && size !== 0) return 'odd'
            parent = size === 0 ? -1 : at
            break
          case 0x2a:
            nameFrom = at
            nameTo = next
            break
          case 0x4a:
            if (attrs === 0) attrsFrom = tagAt
            else if (tagAt !== attrsTo) isScattered = true
            this.#attrFroms[attrs] = at
            this.#attrTos[attrs++] = next
            attrsTo = next
            break
          case 0x5a:
            events ??= []
            events.push(readMessage(EVENT, new Cursor(b, at, next)))
            break
          case 0x6a:
            links ??= []
            links.push(readMessage(LINK, new Cursor(b, at, next)))
            break
          case 0x7a: {
            statusCode = 0
            messageFrom = messageTo = 0
            let inner = at
            while (inner < next) {
              const what = b[inner++] as number
              const value = b[inner++] as number
              if (what === 0x18 && value <= 2 && inner <= next) statusCode = value
              else if (what === 0x12 && value < 128 && inner + value <= next) {
                messageFrom = inner
                messageTo = inner += value
              } else return 'odd'
            }
            break
          }
          default:
            return 'odd'
        }
        at = next
      } else if (tag === 0x30) {
        if (size > 5) return 'odd'
        kind = size
      } else if (tag === 0x50 || tag === 0x60 || tag === 0x70) {
        counts ??= [0, 0, 0]
        counts[(tag - 0x50) / 16] = size
      } else return 'odd'
    }
    if (at !== to || trace < 0 || span < 0 || start < 0 || end < 0 || isScattered) return 'odd'
    const trace0 = b.readUInt32BE(trace)
    const trace1 = b.readUInt32BE(trace + 4)
    const trace2 = b.readUInt32BE(trace + 8)
    const trace3 = b.readUInt32BE(trace + 12)
    const span0 = b.readUInt32BE(span)
    const span1 = b.readUInt32BE(span + 4)
    if ((trace0 | trace1 | trace2 | trace3) === 0 || (span0 | span1) === 0) return 'odd'
    const parent0 = parent < 0 ? 0 : b.readUInt32BE(parent)
    const parent1 = parent < 0 ? 0 : b.readUInt32BE(parent + 4)
    if (parent0 === span0 && parent1 === span1) return 'odd'
    const startLow = b.readUInt32LE(start)
    const startHigh = b.readUInt32LE(start + 4)
    const endLow = b.readUInt32LE(end)
    const endHigh = b.readUInt32LE(end + 4)
    if (startHigh <= bounds.low || startHigh >= bounds.high || endHigh > 0x7fff_ffff) return 'odd'
    const carry = endLow < startLow ? 1 : 0
    const durationHigh = endHigh - startHigh - carry
    // one that ends before it starts is kept, with a note
    if (durationHigh < 0) return 'odd'

    const seen = this.#memory.add(
      trace0,
      trace1,
      trace2,
      trace3,
      span0,
      span1,
      kind,
      startLow,
      startHigh,
      endLow,
      endHigh,
    )
    if (seen !== 'new') return seen
    this.#nameAttributes(b, attrsFrom, attrsTo, attrs)
    const builder = this.#spans
    const { columns: c, row } = builder
    c.source.values[row] = this.#source
    const t = row * 4
    const s = row * 2
    c.traceId.words[t] = trace3
    c.traceId.words[t + 1] = trace2
    c.traceId.words[t + 2] = trace1
    // the highest bit is flipped, as DuckDB keeps a UUID
    c.traceId.words[t + 3] = trace0 ^ 0x8000_0000
    c.spanId.words[s] = span1
    c.spanId.words[s + 1] = span0
    c.parentId.words[s] = parent1
    c.parentId.words[s + 1] = parent0
    c.service.set(row, service)
    c.operation.set(row, this.#operation(b, nameFrom, nameTo))
    c.kind.values[row] = kind
    c.start.words[s] = startLow
    c.start.words[s + 1] = startHigh
    c.duration.words[s] = endLow - startLow
    c.duration.words[s + 1] = durationHigh
    c.status.values[row] = statusCode
    if (messageTo > messageFrom) c.statusMessage.addText(b.toString('utf8', messageFrom, messageTo))
    else c.statusMessage.addNull()
    c.attrs.setWords(row, this.#low, this.#high)
    setName(c.resource, row, this.#names.resource(resource))
    if (scope === undefined) c.scope.setNull(row)
    else setName(c.scope, row, this.#names.scope(scope))
    if (events === undefined) c.events.addNull()
    else c.events.addText(encodeSpanEvents(readEvents(events, b.readBigUInt64LE(start), IGNORED)))
    if (links === undefined) c.links.addNull()
    else c.links.addText(encodeSpanLinks(readLinks(links, IGNORED)))
    c.extra.addText(this.#extra(flags, stateTo > stateFrom ? b.toString('utf8', stateFrom, stateTo) : undefined, counts))
    this.#touch(trace0, trace1, trace2, trace3)
    this.#count++
    builder.next()
    if (c.statusMessage.pending + c.events.pending + c.links.pending + c.extra.pending > MAX_PENDING_TEXT)
      builder.finish()
    return 'taken'
  }

  /** The name of the list is made of its bytes; what it says is written for the first span that has it. */
  #nameAttributes(b: Buffer, from: number, to: number, count: number): void {
    let x = 0x3c6ef372
    let y = 0x510e527f
    let i = from
    for (; i + 3 < to; i += 4) {
      const word =
        (b[i] as number) |
        ((b[i + 1] as number) << 8) |
        ((b[i + 2] as number) << 16) |
        ((b[i + 3] as number) << 24)
      x = Math.imul(x ^ word, 0x9e3779b1)
      y = Math.imul(y ^ word, 0x5f356495)
      x = (x << 13) | (x >>> 19)
      y = (y << 17) | (y >>> 15)
    }
    for (; i < to; i++) {
      x = Math.imul(x ^ (b[i] as number), 0x9e3779b1)
      y = Math.imul(y ^ (b[i] as number), 0x5f356495)
      x = (x << 13) | (x >>> 19)
      y = (y << 17) | (y >>> 15)
    }
    x = finalise(x ^ (to - from))
    y = finalise(y ^ x)
    this.#low = x >>> 0 || 1
    this.#high = y >>> 0
    if (!this.#names.claim(this.#low, this.#high)) return
    const { columns, row } = this.#attributes
    columns.source.values[row] = this.#source
    columns.hash.setWords(row, this.#low, this.#high)
    if (this.#json.write(b, this.#attrFroms, this.#attrTos, count)) {
      columns.json.add(this.#json.out, 0, this.#json.length)
      columns.types.addNull()
    } else {
      const list = Array.from({ length: count }, (_, n) =>
        readMessage(KEY_VALUE, new Cursor(b, this.#attrFroms[n] as number, this.#attrTos[n] as number)),
      )
      const { json, types } = encodeAttributes(readAttributes(list, IGNORED))
      columns.json.addText(json)
      columns.types.addText(types)
    }
    columns.extra.addNull()
    this.#attributes.next()
    if (columns.json.pending + columns.types.pending > MAX_PENDING_TEXT) this.#attributes.finish()
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

/** Notes of what is kept a little changed are for imports: a sender is told what was not kept. */
const IGNORED = new Collector()

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

/** High words of times: strictly between them a start is plausible without a closer look. */
interface Bounds {
  readonly low: number
  readonly high: number
}

function boundsOf({ plausible }: Omit<ReadOptions, 'into'>): Bounds {
  if (plausible === undefined) return { low: 0, high: 0x7fff_ffff }
  return { low: Number(plausible.from >> 32n), high: Number(plausible.to >> 32n) }
}

function finalise(value: number): number {
  let h = value ^ (value >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

const setName = (column: NameColumn, row: number, { low, high }: Name) => column.setWords(row, low, high)

/** By the bytes of the message and its schema URL. */
function cached<T>(
  known: Map<string, T>,
  bytes: Buffer,
  head: [number, number] | undefined,
  schema: [number, number] | undefined,
  make: () => T,
): T {
  const key = `${head === undefined ? '-' : `+${bytes.toString('latin1', ...head)}`}\n${schema === undefined ? '' : bytes.toString('latin1', ...schema)}`
  let value = known.get(key)
  if (value === undefined) {
    value = make()
    if (known.size >= MAX_CACHED) known.clear()
    if (key.length <= MAX_CACHED_BYTES) known.set(key, value)
  }
  return value
}
