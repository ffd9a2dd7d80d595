// HAR 1.2 (a browser's network record) to client spans: one trace for each page, joined to the backend's trace where the
// request carried a traceparent. Headers, cookies and bodies are not kept.
// http://www.softwareishard.com/blog/har-12-spec/, https://www.w3.org/TR/trace-context/

import type { AttributeValue, SpanEvent, SpanRow } from '../domain/telemetry.ts'
import { hash128 } from './chrome-trace.ts'
import type { WireFormat } from './format.ts'
import { jsonRecordReader } from './json/records.ts'
import type { OpenContainer } from './json/shape.ts'
import { floatOf, isObject, type JsonObject, listOf, textOf } from './json/value.ts'
import { LogResources } from './logs/options.ts'
import { fieldTime } from './logs/time.ts'
import { type ReadOptions, timeProblem, type WireReader } from './reader.ts'

const KEEP = { take: 'keep' }
const SHAPE = {
  take: 'document',
  keys: { log: { keys: { creator: KEEP, browser: KEEP, pages: KEEP, entries: { items: { take: 'entry' } } } } },
}
const PHASES = ['blocked', 'dns', 'connect', 'ssl', 'send', 'wait', 'receive']

interface Page {
  readonly traceId: string
  readonly spanId: string
}

export function harReader(options: ReadOptions): WireReader {
  const resources = new LogResources()
  const pages = new Map<string, Page>()
  let count = 0
  let isStarted = false
  let service = 'browser'
  let browser: Record<string, string> = {}

  const start = (log: JsonObject, line: number): void => {
    if (isStarted) return
    isStarted = true
    const by = isObject(log.browser) ? log.browser : isObject(log.creator) ? log.creator : {}
    browser = {}
    if (textOf(by.name) !== '') browser['browser.brands'] = `${textOf(by.name)} ${textOf(by.version)}`.trim()
    service = options.service || 'browser'
    for (const raw of listOf(log.pages)) page(raw, line)
  }

  const page = (raw: unknown, line: number): void => {
    if (!isObject(raw)) return
    const time = fieldTime(raw.startedDateTime, 'rfc3339', 'UTC')
    const problem = time === undefined ? 'a page without a time' : timeProblem(time, options)
    if (time === undefined || problem !== undefined) {
      options.into.skip(line, problem ?? 'a page without a time', raw)
      return
    }
    const id = textOf(raw.id)
    const traceId = hash128(`har\n${id}\n${time}`)
    const spanId = hash128(`page\n${id}\n${time}`).slice(0, 16)
    pages.set(id, { traceId, spanId })
    const timings = isObject(raw.pageTimings) ? raw.pageTimings : {}
    const onLoad = floatOf(timings.onLoad)
    const onContent = floatOf(timings.onContentLoad)
    const row: SpanRow = {
      traceId,
      spanId,
      parentId: '',
      service,
      operation: textOf(raw.title) || 'page',
      kind: 1,
      start: time,
      durationNs: millis(onLoad),
      status: 0,
      attributes: { values: id === '' ? {} : { 'har.page': id } },
      resource: resources.of(service, browser),
    }
    if (onLoad === undefined || onLoad < 0) row.noEnd = true
    if (onContent !== undefined && onContent >= 0)
      row.events = [{ time: time + millis(onContent), name: 'DOMContentLoaded' }]
    options.into.spans.push(row)
  }

  const entry = (raw: unknown, line: number): void => {
    const request = isObject(raw) && isObject(raw.request) ? raw.request : undefined
    const time = isObject(raw) ? fieldTime(raw.startedDateTime, 'rfc3339', 'UTC') : undefined
    const problem =
      request === undefined
        ? 'an entry without a request'
        : time === undefined
          ? 'an entry without a time'
          : timeProblem(time, options)
    if (!isObject(raw) || request === undefined || time === undefined || problem !== undefined) {
      options.into.skip(line, problem ?? 'an entry that is no object', raw)
      return
    }
    const response = isObject(raw.response) ? raw.response : {}
    const { values, events } = timingsOf(raw.timings, time)
    const url = textOf(request.url)
    const method = textOf(request.method)
    const target =
      /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/?#@]{0,500}@)?([^/?#:[\]]{1,255}|\[[0-9a-fA-F:.]{1,64}\])(?::(\d{1,5}))?([^?#]*)/i.exec(
        url,
      )
    values['http.request.method'] = method
    values['url.full'] = url
    if (target) values['server.address'] = (target[1] as string).replaceAll(/[[\]]/g, '')
    if (target?.[2] !== undefined) values['server.port'] = Number(target[2])
    const status = floatOf(response.status) ?? 0
    if (status > 0) values['http.response.status_code'] = status
    const failure = textOf(response._error) || textOf(raw._error) || textOf(response._failureText)
    if (failure !== '') values['error.type'] = failure
    size(values, 'http.request.body.size', request.bodySize)
    size(values, 'http.response.body.size', isObject(response.content) ? response.content.size : undefined)
    size(values, 'http.response.size', response._transferSize)
    const version = /^(?:HTTP\/|h)([\d.]+)$/i.exec(textOf(response.httpVersion) || textOf(request.httpVersion))?.[1]
    if (version !== undefined) values['network.protocol.version'] = version
    if (textOf(raw.serverIPAddress) !== '') values['network.peer.address'] = textOf(raw.serverIPAddress)
    if (textOf(raw._resourceType) !== '') values['har.resource_type'] = textOf(raw._resourceType)
    const sent = traceparent(request.headers)
    const onPage = pages.get(textOf(raw.pageref))
    count++
    const row: SpanRow = {
      traceId: sent?.traceId ?? onPage?.traceId ?? hash128(`har\n${textOf(raw.pageref)}\n${options.fileTime}`),
      spanId: sent?.spanId ?? hash128(`${count}\n${time}\n${url}`).slice(0, 16),
      parentId: sent === undefined ? (onPage?.spanId ?? '') : '',
      service,
      operation: `${method} ${target?.[3] || '/'}`,
      kind: 3,
      start: time,
      durationNs: millis(floatOf(raw.time)),
      status: status >= 400 || status === 0 || failure !== '' ? 2 : 0,
      attributes: { values },
      resource: resources.of(service, browser),
    }
    if (events.length > 0) row.events = events
    if (failure !== '') row.statusMessage = failure
    if (sent !== undefined && onPage !== undefined) row.links = [{ traceId: onPage.traceId, spanId: onPage.spanId }]
    options.into.spans.push(row)
  }

  const take = (value: unknown, line: number, name: string, around: readonly OpenContainer[]): void => {
    if (name === 'entry') {
      start(around[1]?.fields ?? {}, line)
      entry(value, line)
      return
    }
    const log = isObject(value) && isObject(value.log) ? value.log : undefined
    if (log === undefined) {
      options.into.skip(line, 'not a HAR document', value)
      return
    }
    isStarted = false
    start(log, line)
    for (const item of listOf(log.entries)) entry(item, line)
  }
  return jsonRecordReader(options, 'document', SHAPE, take)
}

/** The phases as attributes, in milliseconds, and as events where each begins; -1 says that there was none. */
function timingsOf(raw: unknown, start: bigint): { values: Record<string, AttributeValue>; events: SpanEvent[] } {
  const values: Record<string, AttributeValue> = {}
  const events: SpanEvent[] = []
  let at = 0
  for (const phase of PHASES) {
    const duration = isObject(raw) ? floatOf(raw[phase]) : undefined
    if (duration === undefined || !(duration >= 0) || duration > 1e12) continue
    values[`har.${phase}_ms`] = duration
    // the time of TLS is part of that of the connection
    if (phase === 'ssl') {
      events.push({ time: start + millis(Math.max(0, at - duration)), name: phase })
      continue
    }
    if (duration > 0) events.push({ time: start + millis(at), name: phase })
    at += duration
  }
  return { values, events }
}

function traceparent(headers: unknown): { traceId: string; spanId: string } | undefined {
  for (const header of listOf(headers)) {
    if (!isObject(header) || textOf(header.name).toLowerCase() !== 'traceparent') continue
    const m = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(textOf(header.value))
    if (m && !/^0+$/.test(m[1] as string) && !/^0+$/.test(m[2] as string))
      return { traceId: m[1] as string, spanId: m[2] as string }
  }
  return undefined
}

function size(values: Record<string, AttributeValue>, key: string, value: unknown): void {
  const number = floatOf(value)
  if (number !== undefined && number >= 0) values[key] = number
}

const millis = (value: number | undefined): bigint =>
  value === undefined || !(value > 0) || value > 1e12 ? 0n : BigInt(Math.round(value * 1e6))

export const har: WireFormat<'har'> = {
  name: 'har',
  sniff(head) {
    const value = head.json?.value
    const log = isObject(value) && isObject(value.log) ? value.log : undefined
    if (log !== undefined) return Array.isArray(log.entries) ? { confidence: 0.99, timeUnit: 'rfc3339' } : undefined
    const text = head.text.slice(0, 20_000)
    return head.json === undefined &&
      /^\s*\{\s*"log"\s*:\s*\{/.test(text) &&
      /"(?:entries|creator|pages)"\s*:/.test(text)
      ? { confidence: 0.95, timeUnit: 'rfc3339' }
      : undefined
  },
  open: harReader,
}
