// Spans straight from the text of OTLP-JSON, without an object for every attribute on the way: about three times as fast
// as JSON.parse and a walk over what it makes. It takes a text whole or not at all: at anything that is not plainly what
// exporters write (an unknown key, an id in base64, a span without an end) it answers false and has changed nothing, and
// the reader that knows every case reads the same text. So both must agree on all that is taken here (text-spans.test.ts).

import {
  NO_ATTRIBUTES,
  type Attributes,
  type AttributeValue,
  type SpanKind,
  type SpanRow,
} from '../../domain/telemetry.ts'
import { Collector } from '../collector.ts'
import {
  CLOSE,
  CLOSE_LIST,
  COMMA,
  isDigit,
  LEAVE,
  OPEN,
  OPEN_LIST,
  QUOTE,
  TextCursor,
  ZERO,
} from '../json/text-cursor.ts'
import { isObject, type JsonObject, parseJson } from '../json/value.ts'
import { type ReadOptions, timeProblem } from '../reader.ts'
import { readAttributes, setKey } from './attributes.ts'
import { readEvents, readLinks, readStatus, setCounts } from './traces.ts'

/** Spans of one scope group, in order; resource and scope as they are written, the rows still without them. */
export interface TextGroup {
  readonly resource: JsonObject
  readonly scope: JsonObject
  readonly rows: SpanRow[]
  /** where each span begins and ends in `text` */
  readonly starts: number[]
  readonly ends: number[]
  /** which item of a list of texts each span comes from */
  readonly items: number[]
  readonly text: string
}

const NO_RESOURCE = { attributes: NO_ATTRIBUTES }
/** Reads texts one after the other; keeps the attribute keys of the last span, which the next one mostly has again. */
export class TextSpans extends TextCursor {
  readonly #options: ReadOptions
  readonly #take: (groups: readonly TextGroup[]) => void
  #groups: TextGroup[] = []
  #scratch = new Collector()
  #keys: string[] = []
  #taken = 0
  #left = 0

  /** @param take gets the groups of a text that was read whole, in order */
  constructor(options: ReadOptions, take: (groups: readonly TextGroup[]) => void) {
    super()
    this.#options = options
    this.#take = take
  }

  /** `{"resourceSpans":[..]}` */
  request(text: string): boolean {
    return this.#read(text, () => {
      this.expect(OPEN)
      if (this.key() !== 'resourceSpans') throw LEAVE
      this.expect(OPEN_LIST)
      for (let go = this.begin(CLOSE_LIST); go; go = this.more(CLOSE_LIST)) this.#resource(0)
      this.expect(CLOSE)
    })
  }

  /** Entries of `resourceSpans` with commas between them. */
  resources(text: string): boolean {
    return this.#read(text, () => this.#items((item) => this.#resource(item)))
  }

  /** Spans with commas between them, of the given resource and scope groups. */
  spans(text: string, resource: JsonObject, scope: JsonObject): boolean {
    return this.#read(text, () => {
      const group: TextGroup = { resource, scope, rows: [], starts: [], ends: [], items: [], text }
      this.#groups.push(group)
      this.#items((item) => this.#span(group, item))
    })
  }

  #read(text: string, work: () => void): boolean {
    // a file that is mostly not for this reader is not read twice to its end
    if (this.#left > 8 && this.#left > this.#taken) return false
    this.text = text
    this.at = 0
    this.#groups = []
    try {
      work()
      this.space()
      if (this.at < text.length || this.#scratch.notes.length > 0) throw LEAVE
    } catch (error) {
      if (error !== LEAVE && !(error instanceof SyntaxError)) throw error
      // what other signals hold is told from its first key and costs nothing
      if (this.#groups.length > 0) this.#left++
      this.#scratch = new Collector()
      return false
    } finally {
      this.text = ''
    }
    this.#taken++
    this.#take(this.#groups)
    return true
  }

  #resource(item: number): void {
    const resource: Record<string, unknown> = {}
    const first = this.#groups.length
    this.expect(OPEN)
    for (let go = this.begin(CLOSE); go; go = this.more(CLOSE)) {
      const key = this.key()
      if (key === 'scopeSpans') {
        // given twice, the last one counts
        if (this.#groups.length > first) throw LEAVE
        this.expect(OPEN_LIST)
        for (let next = this.begin(CLOSE_LIST); next; next = this.more(CLOSE_LIST)) this.#scope(resource, item)
      } else if (key === 'resource' || key === 'schemaUrl') resource[key] = this.value()
      else throw LEAVE
    }
  }

  #scope(resource: JsonObject, item: number): void {
    const scope: Record<string, unknown> = {}
    const group: TextGroup = { resource, scope, rows: [], starts: [], ends: [], items: [], text: this.text }
    this.#groups.push(group)
    this.expect(OPEN)
    for (let go = this.begin(CLOSE); go; go = this.more(CLOSE)) {
      const key = this.key()
      if (key === 'spans') {
        if (group.rows.length > 0) throw LEAVE
        this.expect(OPEN_LIST)
        for (let next = this.begin(CLOSE_LIST); next; next = this.more(CLOSE_LIST)) this.#span(group, item)
      } else if (key === 'scope' || key === 'schemaUrl') scope[key] = this.value()
      else throw LEAVE
    }
  }

  #span(group: TextGroup, item: number): void {
    this.space()
    group.starts.push(this.at)
    group.items.push(item)
    this.expect(OPEN)
    let traceId = ''
    let spanId = ''
    let parentId = ''
    let operation = ''
    let kind = 0
    let start = ''
    let end = ''
    let attributes = NO_ATTRIBUTES
    let status: unknown
    let rest: Record<string, unknown> | undefined
    for (let go = this.begin(CLOSE); go; go = this.more(CLOSE)) {
      const key = this.key()
      switch (key) {
        case 'traceId':
          traceId = this.id(32)
          break
        case 'spanId':
          spanId = this.id(16)
          break
        case 'parentSpanId':
          parentId = this.text.startsWith('""', this.at) ? this.string() : this.id(16)
          break
        case 'name':
          operation = this.string()
          break
        case 'kind':
          kind = this.text.charCodeAt(this.at++) - ZERO
          if (!(kind >= 0 && kind <= 5) || isDigit(this.text.charCodeAt(this.at))) throw LEAVE
          break
        case 'startTimeUnixNano':
          start = this.nanos()
          break
        case 'endTimeUnixNano':
          end = this.nanos()
          break
        case 'attributes':
          attributes = this.#attributes()
          break
        case 'status':
          status = this.value()
          break
        case 'events':
        case 'links':
        case 'traceState':
        case 'flags':
        case 'droppedAttributesCount':
        case 'droppedEventsCount':
        case 'droppedLinksCount':
          rest ??= {}
          rest[key] = this.value()
          break
        default:
          throw LEAVE
      }
    }
    if (traceId === '' || spanId === '' || start === '' || end === '' || parentId === spanId) throw LEAVE
    const startNs = BigInt(start)
    const durationNs = BigInt(end) - startNs
    if (startNs === 0n || durationNs < 0n || timeProblem(startNs, this.#options) !== undefined) throw LEAVE
    const row: SpanRow = {
      traceId,
      spanId,
      parentId,
      service: '',
      operation,
      kind: kind as SpanKind,
      start: startNs,
      durationNs,
      status: 0,
      attributes,
      resource: NO_RESOURCE,
    }
    if (status !== undefined) readStatus(row, status)
    if (rest !== undefined) this.#rest(row, rest)
    group.rows.push(row)
    group.ends.push(this.at)
  }

  #rest(row: SpanRow, raw: JsonObject): void {
    if (Array.isArray(raw.events) && raw.events.length > 0)
      row.events = readEvents(raw.events, row.start, this.#scratch)
    if (Array.isArray(raw.links) && raw.links.length > 0) row.links = readLinks(raw.links, this.#scratch)
    if (typeof raw.traceState === 'string' && raw.traceState !== '') row.traceState = raw.traceState
    setCounts(row, raw)
  }

  /** A list of plain values in the order that exporters write; any other list by way of JSON.parse. */
  #attributes(): Attributes {
    const from = this.at
    if (this.text.charCodeAt(from) !== OPEN_LIST) return readAttributes(this.value(), this.#scratch)
    if (this.text.charCodeAt(from + 1) === CLOSE_LIST) {
      this.at += 2
      return NO_ATTRIBUTES
    }
    this.at++
    const values: Record<string, AttributeValue> = {}
    for (let place = 0; ; place++) {
      const value = this.#plainAttribute(values, place)
      const next = this.text.charCodeAt(this.at)
      if (!value || (next !== COMMA && next !== CLOSE_LIST)) {
        this.at = from
        return readAttributes(this.value(), this.#scratch)
      }
      this.at++
      if (next === CLOSE_LIST) return { values }
    }
  }

  /** `{"key":"..","value":{"stringValue":".."}}` and its sisters; false, somewhere in it, for anything else. */
  #plainAttribute(values: Record<string, AttributeValue>, place: number): boolean {
    const text = this.text
    if (!text.startsWith('{"key":"', this.at)) return false
    this.at += 7
    const last = this.#keys[place]
    let key: string
    if (
      last !== undefined &&
      text.startsWith(last, this.at + 1) &&
      text.charCodeAt(this.at + 1 + last.length) === QUOTE
    ) {
      key = last
      this.at += last.length + 2
    } else {
      const from = this.at
      key = this.string()
      // as it is written in the text
      if (place < 64 && this.at - from === key.length + 2) this.#keys[place] = key
    }
    if (!text.startsWith(',"value":{"', this.at)) return false
    this.at += 11
    const value = this.#plainValue(text)
    if (value === undefined || text.charCodeAt(this.at) !== CLOSE || text.charCodeAt(this.at + 1) !== CLOSE)
      return false
    this.at += 2
    setKey(values, key, value)
    return true
  }

  #plainValue(text: string): AttributeValue | undefined {
    if (text.startsWith('stringValue":"', this.at)) {
      this.at += 13
      return this.string()
    }
    if (text.startsWith('intValue":"', this.at)) {
      const from = this.at + 11
      let to = from
      while (isDigit(text.charCodeAt(to))) to++
      if (to === from || to - from > 15 || text.charCodeAt(to) !== QUOTE) return undefined
      this.at = to + 1
      return Number(text.slice(from, to))
    }
    if (text.startsWith('boolValue":', this.at)) {
      const isTrue = text.startsWith('true', this.at + 11)
      if (!isTrue && !text.startsWith('false', this.at + 11)) return undefined
      this.at += isTrue ? 15 : 16
      return isTrue
    }
    return undefined
  }

  /** Items to the end of the text. */
  #items(item: (index: number) => void): void {
    for (let index = 0; ; index++) {
      item(index)
      this.space()
      if (this.at >= this.text.length) return
      this.expect(COMMA)
    }
  }
}

/** The span again as JSON.parse gives it, to show one that is left out. */
export function spanOf(group: TextGroup, index: number): unknown {
  const value = parseJson(group.text.slice(group.starts[index], group.ends[index]))
  return isObject(value) ? value : undefined
}
