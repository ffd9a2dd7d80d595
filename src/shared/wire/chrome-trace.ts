// Chrome's trace JSON (chrome://tracing, DevTools' Performance, Perfetto's export, node --trace-event-categories, clang
// -ftime-trace) to spans: B/E and b/e pairs, X. A process is a service and one trace; threads are attributes; C are samples.
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU ("Trace Event Format")
// One thing, because pairs, nesting, names that come late and the clock share one pass over the events.

import type { AttributeValue, SeriesInfo, SpanEvent, SpanRow } from '../domain/telemetry.ts'
import type { Head, WireFormat } from './format.ts'
import { jsonRecordReader } from './json/records.ts'
import { floatOf, integerOf, isObject, type JsonObject, textOf } from './json/value.ts'
import { plain } from './logs/json-log.ts'
import { LogResources } from './logs/options.ts'
import { fieldTime } from './logs/time.ts'
import { pointerPart, setKey } from './otlp/attributes.ts'
import { type ReadOptions, timeProblem, type WireReader } from './reader.ts'

const EVENT = { take: 'event' }
const SHAPE = {
  keys: { traceEvents: { items: EVENT }, metadata: { take: 'keep' }, beginningOfTime: { take: 'keep' } },
  items: EVENT,
}
/** Begun and not ended at one time; past it the innermost are left out. */
const MAX_OPEN = 200_000
const MAX_DEPTH_HELD = 10_000
const NAMES = 'names'
const JAN_2000_US = 946_684_800_000_000

interface Open {
  readonly row: SpanRow
  /** microseconds */
  readonly end: number
}

class ChromeTrace {
  readonly late = new Map<number, Record<string, unknown>>()
  readonly #options: ReadOptions
  readonly #resources = new LogResources()
  readonly #names = new Map<string, string>()
  readonly #isSecond: boolean
  /** processes and threads whose rows came before their names */
  #missed = false
  readonly #seen = new Set<string>()
  readonly #stacks = new Map<string, Open[]>()
  readonly #asyncs = new Map<string, Open[]>()
  readonly #series = new Map<string, SeriesInfo>()
  readonly #traces = new Map<string, string>()
  #open = 0
  #count = 0
  /** nanoseconds to add to a time of the file */
  #offset: bigint | undefined
  #start: bigint | undefined

  constructor(options: ReadOptions) {
    this.#options = options
    const names = options.known?.get(0)?.[NAMES]
    this.#isSecond = options.known !== undefined && options.known.size > 0
    if (isObject(names)) for (const [key, name] of Object.entries(names)) this.#names.set(key, textOf(name))
  }

  /** What the document says of when it was made. */
  metadata(value: unknown): void {
    if (!isObject(value)) return
    this.#start ??=
      fieldTime(value.startTime, undefined, 'UTC') ?? fieldTime(value['trace-capture-datetime'], undefined, 'UTC')
  }

  event(raw: unknown, line: number): void {
    if (!isObject(raw) || typeof raw.ph !== 'string') {
      this.#options.into.skip(line, 'not a trace event', raw)
      return
    }
    const phase = raw.ph
    if (phase === 'M') {
      this.#metadataEvent(raw)
      return
    }
    const at = floatOf(raw.ts)
    if (at === undefined || !Number.isFinite(at) || Math.abs(at) > 9e15) {
      this.#options.into.skip(line, 'an event without a time', raw)
      return
    }
    if (phase === 'B') this.#begin(raw, at, line)
    else if (phase === 'E') this.#end(this.#stacks.get(threadOf(raw)), raw, at, line)
    else if (phase === 'X') this.#complete(raw, at, line)
    else if (phase === 'b' || phase === 'S') this.#beginAsync(raw, at, line)
    else if (phase === 'e' || phase === 'F') this.#end(this.#asyncs.get(asyncKey(raw)), raw, at, line)
    else if (phase === 'i' || phase === 'I' || phase === 'R') this.#instant(this.#stacks.get(threadOf(raw)), raw, at)
    else if (phase === 'n' || phase === 'T' || phase === 'p') this.#instant(this.#asyncs.get(asyncKey(raw)), raw, at)
    else if (phase === 'C') this.#counter(raw, at, line)
    else
      this.#options.into.note(
        `events of phase ${/^[\w(),=]$/.test(phase) ? phase : '?'} (flows, objects, samples) are left out`,
      )
  }

  /** @param late what the document says behind its events */
  end(late: Readonly<Record<string, unknown>> | undefined): void {
    for (const stacks of [this.#stacks, this.#asyncs])
      for (const stack of stacks.values())
        for (const open of stack) {
          if (open.end === Number.POSITIVE_INFINITY) {
            open.row.noEnd = true
            this.#options.into.note('span without an end is kept with a duration of 0')
          }
          this.#options.into.spans.push(open.row)
        }
    if (!this.#isSecond && (this.#missed || late !== undefined))
      this.late.set(0, { ...late, [NAMES]: Object.fromEntries(this.#names) })
  }

  #metadataEvent(raw: JsonObject): void {
    const args = isObject(raw.args) ? raw.args : {}
    const key =
      raw.name === 'process_name' ? `p${idText(raw.pid)}` : raw.name === 'thread_name' ? `t${threadOf(raw)}` : ''
    const name = textOf(args.name)
    if (key === '' || name === '' || this.#names.get(key) === name) return
    if (this.#seen.has(key)) this.#missed = true
    // renamed: the last one counts, as the viewers have it
    if (!this.#isSecond && this.#names.size < 100_000) this.#names.set(key, name)
  }

  #time(us: number): bigint {
    // whole and fraction apart: together they need more digits than a double has
    const whole = Math.trunc(us)
    const nanos = BigInt(whole) * 1000n + BigInt(Math.round((us - whole) * 1000))
    if (this.#offset === undefined) {
      const isAbsolute = us > JAN_2000_US
      this.#offset = isAbsolute ? 0n : (this.#start ?? this.#options.fileTime) - nanos
      if (!isAbsolute)
        this.#options.into.note(
          this.#start === undefined
            ? 'the trace counts from an unknown start: its first event is put at the time of the file'
            : 'the trace counts from its start: its first event is put at the start time that it names',
        )
    }
    return nanos + this.#offset
  }

  /** Complete events are handed on when they are over: instant events may fall into them until then. */
  #leave(stack: Open[], at: number): void {
    while (stack.length > 0 && (stack[stack.length - 1] as Open).end <= at)
      this.#options.into.spans.push((stack.pop() as Open).row)
  }

  #begin(raw: JsonObject, at: number, line: number): void {
    const key = threadOf(raw)
    const stack = stackOf(this.#stacks, key)
    this.#leave(stack, at)
    const row = this.#row(raw, at, 0, stack[stack.length - 1], line)
    if (row === undefined) return
    if (++this.#open > MAX_OPEN) this.#options.into.skip(line, 'more than 200,000 spans that have not ended', raw)
    else stack.push({ row, end: Number.POSITIVE_INFINITY })
  }

  #beginAsync(raw: JsonObject, at: number, line: number): void {
    const stack = stackOf(this.#asyncs, asyncKey(raw))
    const row = this.#row(raw, at, 0, stack[stack.length - 1], line)
    if (row === undefined) return
    if (++this.#open > MAX_OPEN) this.#options.into.skip(line, 'more than 200,000 spans that have not ended', raw)
    else stack.push({ row, end: Number.POSITIVE_INFINITY })
  }

  #end(stack: Open[] | undefined, raw: JsonObject, at: number, line: number): void {
    while (stack !== undefined && stack.length > 0) {
      const open = stack.pop() as Open
      if (open.end !== Number.POSITIVE_INFINITY) {
        this.#options.into.spans.push(open.row)
        continue
      }
      this.#open--
      const duration = this.#time(at) - open.row.start
      open.row.durationNs = duration
      if (duration < 0n) this.#options.into.note('span that ends before it starts is kept as it is')
      if (isObject(raw.args))
        open.row.attributes = attributesOf(raw.args, open.row.attributes.values, this.#options.into)
      this.#options.into.spans.push(open.row)
      if (stack.length === 0 && raw.ph !== 'E') this.#asyncs.delete(asyncKey(raw))
      return
    }
    this.#options.into.skip(line, 'an end without its begin', raw)
  }

  #complete(raw: JsonObject, at: number, line: number): void {
    const duration = floatOf(raw.dur) ?? 0
    if (!Number.isFinite(duration) || Math.abs(duration) > 9e15) {
      this.#options.into.skip(line, 'an event with a duration that is no number', raw)
      return
    }
    const stack = stackOf(this.#stacks, threadOf(raw))
    this.#leave(stack, at)
    const top = stack[stack.length - 1]
    // a parent holds it whole; events that come out of order find none
    const parent = top !== undefined && top.end + 0.001 >= at + duration ? top : undefined
    const row = this.#row(raw, at, duration, parent, line)
    if (row === undefined) return
    if (stack.length < MAX_DEPTH_HELD) stack.push({ row, end: at + duration })
    else this.#options.into.spans.push(row)
  }

  #instant(stack: Open[] | undefined, raw: JsonObject, at: number): void {
    const top = stack?.findLast((open) => open.end >= at)
    if (top === undefined) {
      this.#options.into.note('instant events outside of any open span are left out')
      return
    }
    const events = (top.row.events ?? []) as SpanEvent[]
    if (events.length >= 10_000) this.#options.into.note('instant events past 10,000 of one span are left out')
    else
      events.push({
        time: this.#time(at),
        name: textOf(raw.name),
        attributes:
          isObject(raw.args) && Object.keys(raw.args).length > 0
            ? attributesOf(raw.args, {}, this.#options.into)
            : undefined,
      })
    top.row.events = events
  }

  #counter(raw: JsonObject, at: number, line: number): void {
    const time = this.#time(at)
    const problem = timeProblem(time, this.#options)
    if (problem !== undefined) {
      this.#options.into.skip(line, problem, raw)
      return
    }
    const service = this.#service(raw)
    for (const [key, value] of Object.entries(isObject(raw.args) ? raw.args : {})) {
      const number = floatOf(value)
      if (number === undefined) continue
      const series = this.#seriesOf(textOf(raw.name), key, service)
      this.#options.into.samples.push({ series, time, startTime: 0n, value: number })
    }
  }

  #seriesOf(name: string, key: string, service: string): SeriesInfo {
    const id = `${service}\n${name}\n${key}`
    let series = this.#series.get(id)
    if (series === undefined) {
      const labels = { series: key, service }
      series = {
        name,
        promName: name.replaceAll(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=\d|$)/, '_'),
        labels,
        type: 'gauge',
        unit: '',
        help: '',
        service,
        temporality: 'unspecified',
        monotonic: false,
        attributes: { values: labels },
      }
      if (this.#series.size >= 100_000) this.#series.clear()
      this.#series.set(id, series)
    }
    return series
  }

  #service(raw: JsonObject): string {
    const key = `p${idText(raw.pid)}`
    this.#see(key)
    return this.#names.get(key) ?? `process ${idText(raw.pid)}`
  }

  #see(key: string): void {
    if (this.#seen.size < 100_000) this.#seen.add(key)
  }

  #row(raw: JsonObject, at: number, duration: number, parent: Open | undefined, line: number): SpanRow | undefined {
    const start = this.#time(at)
    const problem = timeProblem(start, this.#options)
    if (problem !== undefined) {
      this.#options.into.skip(line, problem, raw)
      return undefined
    }
    const service = this.#service(raw)
    const thread = threadOf(raw)
    this.#see(`t${thread}`)
    const values: Record<string, AttributeValue> = {}
    const category = textOf(raw.cat)
    if (category !== '') values['chrome.category'] = category
    values['thread.id'] = Number(integerOf(raw.tid) ?? -1n) >= 0 ? Number(integerOf(raw.tid)) : idText(raw.tid)
    const threadName = this.#names.get(`t${thread}`)
    if (threadName !== undefined) values['thread.name'] = threadName
    return {
      traceId: this.#traceOf(idText(raw.pid)),
      spanId: (++this.#count).toString(16).padStart(16, '0'),
      parentId: parent?.row.spanId ?? '',
      service,
      operation: textOf(raw.name),
      kind: 1,
      start,
      durationNs: BigInt(Math.round(duration * 1000)),
      status: 0,
      attributes: attributesOf(isObject(raw.args) ? raw.args : {}, values, this.#options.into),
      resource: this.#resources.of(service, { 'process.pid': idText(raw.pid) }),
    }
  }

  /** One trace for each process; the first time of the file keeps two files apart. */
  #traceOf(pid: string): string {
    let id = this.#traces.get(pid)
    if (id === undefined) {
      id = hash128(`${pid}\n${this.#offset}\n${this.#count}\n${this.#options.fileTime}`)
      this.#traces.set(pid, id)
    }
    return id
  }
}

function attributesOf(
  args: JsonObject,
  before: Readonly<Record<string, AttributeValue>>,
  into: ReadOptions['into'],
): SpanRow['attributes'] {
  const values: Record<string, AttributeValue> = { ...before }
  const types: Record<string, 'int'> = {}
  for (const [key, value] of Object.entries(args))
    setKey(values, key, plain(value, `/${pointerPart(key)}`, types, into))
  return Object.keys(types).length === 0 ? { values } : { values, types }
}

function stackOf(stacks: Map<string, Open[]>, key: string): Open[] {
  let stack = stacks.get(key)
  if (stack === undefined) {
    stack = []
    stacks.set(key, stack)
  }
  return stack
}

const idText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '?'
const threadOf = (raw: JsonObject): string => `${idText(raw.pid)}/${idText(raw.tid)}`

/** Async events belong together by id within their category; a local id only within its process. */
function asyncKey(raw: JsonObject): string {
  const id2 = isObject(raw.id2) ? raw.id2 : {}
  const id = raw.id ?? id2.global ?? `${idText(raw.pid)}:${idText(id2.local)}`
  return `${textOf(raw.cat)}\n${textOf(raw.scope)}\n${idText(id)}`
}

/** 32 hex digits of FNV-1a over the text, four times with another start. */
export function hash128(text: string): string {
  let out = ''
  for (let part = 0; part < 4; part++) {
    let hash = 0x811c9dc5 ^ Math.imul(part + 1, 0x9e3779b1)
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    hash ^= hash >>> 15
    out += (Math.imul(hash, 0x2c1b3c6d) >>> 0).toString(16).padStart(8, '0')
  }
  return out
}

export function chromeTraceReader(options: ReadOptions, layout = 'document'): WireReader {
  const trace = new ChromeTrace(options)
  const reader = jsonRecordReader(options, layout, SHAPE, (value, line, name, around) => {
    if (name === 'event') {
      trace.metadata(around[0]?.fields.metadata ?? options.known?.get(0)?.metadata)
    }
    trace.event(value, line)
  })
  return {
    push: (bytes) => reader.push(bytes),
    end() {
      try {
        reader.end()
      } catch (error) {
        // The format allows a list without its closing bracket: a process that died leaves one.
        reader.push(new TextEncoder().encode(']'))
        try {
          reader.end()
        } catch {
          throw error
        }
        options.into.note('the list of events is not closed: the trace was cut off while it was written')
      }
      trace.end([...reader.late.values()][0])
    },
    late: trace.late,
  }
}

const isEvent = (value: unknown): boolean =>
  isObject(value) && typeof value.ph === 'string' && value.ph.length === 1 && ('pid' in value || 'ts' in value)

export const chromeTrace: WireFormat<'chrome-trace'> = {
  name: 'chrome-trace',
  sniff(head: Head) {
    const value = head.json?.value
    const list = isObject(value) && !Array.isArray(value) ? value.traceEvents : value
    const isFound = Array.isArray(list) ? isEvent(list[0]) || (isObject(value) && list.length === 0) : isEvent(value)
    const text = head.text.slice(0, 4000)
    const byText =
      head.json === undefined && /^\s*[[{]/.test(text) && /"ph"\s*:\s*"\w"/.test(text) && /"(?:pid|ts)"\s*:/.test(text)
    if (!isFound && !byText) return undefined
    const lines = head.json?.lines === true && isEvent(value)
    return { confidence: isFound ? 0.98 : 0.94, layout: lines ? 'lines' : 'document', timeUnit: 'us' }
  },
  open: (options) => chromeTraceReader(options, options.layout),
}
