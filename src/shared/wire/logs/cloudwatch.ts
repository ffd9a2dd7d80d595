// CloudWatch Logs to rows: `aws logs filter-log-events`, `get-log-events`, Insights results, and what a subscription filter
// sends. Times are milliseconds.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html, API_GetQueryResults.html

import type { WireFormat } from '../format.ts'
import { jsonRecordReader } from '../json/records.ts'
import type { OpenContainer } from '../json/shape.ts'
import { integerOf, isObject, type JsonObject, listOf, textOf } from '../json/value.ts'
import type { ReadOptions, WireReader } from '../reader.ts'
import { contentOf, fill, filling, LogTaker } from './take-log.ts'
import { fieldTime } from './time.ts'

const KEEP = { take: 'keep' }
const SHAPE = {
  take: 'document',
  keys: {
    events: { items: { take: 'event' } },
    logEvents: { items: { take: 'event' } },
    results: { items: { take: 'result' } },
    logGroup: KEEP,
    logStream: KEEP,
    nextToken: KEEP,
  },
  items: { take: 'document' },
}

export function cloudwatchReader(options: ReadOptions, layout: string): WireReader {
  const logs = new LogTaker(options)

  const event = (raw: unknown, around: JsonObject, line: number): void => {
    if (!isObject(raw)) {
      logs.skip(line, 'an event that is no object', raw)
      return
    }
    const attributes = filling()
    for (const [key, value] of Object.entries(raw))
      if (!['timestamp', 'message', 'ingestionTime', 'logStreamName', 'logGroupName', 'eventId', 'id'].includes(key))
        fill(attributes, key, value)
    const group = textOf(raw.logGroupName) || textOf(around.logGroup)
    const stream = textOf(raw.logStreamName) || textOf(around.logStream)
    const millis = integerOf(raw.timestamp)
    const ingested = integerOf(raw.ingestionTime)
    row(textOf(raw.message), millis === undefined ? undefined : millis * 1_000_000n, {
      group,
      stream,
      attributes,
      raw,
      line,
      observed: ingested === undefined ? undefined : ingested * 1_000_000n,
    })
  }

  /** Insights: a row is a list of `{ field, value }`, times are UTC without a zone. */
  const result = (raw: unknown, line: number): void => {
    const fields = new Map(
      listOf(raw)
        .filter(isObject)
        .map((f) => [textOf(f.field), textOf(f.value)]),
    )
    const attributes = filling()
    for (const [key, value] of fields) if (!key.startsWith('@')) fill(attributes, key, value)
    const group = (fields.get('@log') ?? '').replace(/^\d+:/, '')
    const ingested = fieldTime(fields.get('@ingestionTime'), undefined, 'UTC')
    row(fields.get('@message') ?? '', fieldTime(fields.get('@timestamp'), undefined, 'UTC'), {
      group,
      stream: fields.get('@logStream') ?? '',
      attributes,
      raw,
      line,
      observed: ingested,
    })
  }

  const row = (
    message: string,
    time: bigint | undefined,
    more: {
      group: string
      stream: string
      attributes: ReturnType<typeof filling>
      raw: unknown
      line: number
      observed: bigint | undefined
    },
  ): void => {
    const content = contentOf(message.replace(/\r?\n$/, ''), more.attributes, logs.near)
    const resource: Record<string, string> = {}
    if (more.group !== '') resource['aws.log.group.name'] = more.group
    if (more.stream !== '') resource['aws.log.stream.name'] = more.stream
    logs.take(
      {
        ...content,
        time,
        service: content.service || serviceOfGroup(more.group),
        attributes: more.attributes,
        resource,
        observedTime: more.observed,
      },
      more.raw,
      more.line,
    )
  }

  const take = (value: unknown, line: number, name: string, around: readonly OpenContainer[]): void => {
    const fields = around[0]?.fields ?? {}
    if (name === 'event') event(value, fields, line)
    else if (name === 'result') result(value, line)
    else if (Array.isArray(value)) for (const item of value as readonly unknown[]) take(item, line, name, around)
    else if (!isObject(value)) logs.skip(line, 'not a CloudWatch answer', value)
    else if (value.messageType === 'CONTROL_MESSAGE') options.into.note('a control message of CloudWatch is left out')
    else if (value.events === undefined && value.logEvents === undefined && value.results === undefined)
      event(value, {}, line)
    else {
      if (textOf(value.nextToken) !== '')
        options.into.note('CloudWatch has more events than this answer holds (nextToken)')
      for (const item of listOf(value.events ?? value.logEvents)) event(item, value, line)
      for (const item of listOf(value.results)) result(item, line)
    }
  }
  return jsonRecordReader(options, layout, SHAPE, take)
}

const serviceOfGroup = (group: string): string =>
  /^\/aws\/(?:lambda|ecs|containerinsights|codebuild|apprunner)\/([^/]+)/.exec(group)?.[1] ?? ''

const isEvent = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.message === 'string' &&
  typeof value.timestamp === 'number' &&
  ('ingestionTime' in value || 'logStreamName' in value || 'id' in value)

export const cloudwatch: WireFormat<'cloudwatch'> = {
  name: 'cloudwatch',
  sniff(head) {
    const value = head.json?.value
    const found = { layout: head.json?.lines || head.linesFollow ? 'lines' : 'document', timeUnit: 'ms' } as const
    const first: unknown = Array.isArray(value) ? (value as readonly unknown[])[0] : value
    if (isObject(first)) {
      const events = listOf(first.events ?? first.logEvents)
      if (first.messageType === 'DATA_MESSAGE' || first.messageType === 'CONTROL_MESSAGE')
        return { ...found, confidence: 0.98 }
      const isFirstEvent = isEvent(first) && 'ingestionTime' in first
      if (isEvent(events[0]) || isFirstEvent || (events.length === 0 && 'searchedLogStreams' in first))
        return { ...found, confidence: 0.98 }
      const row: unknown = listOf(first.results)[0]
      const cell: unknown = listOf(row)[0]
      return isObject(cell) && 'field' in cell && 'value' in cell ? { ...found, confidence: 0.97 } : undefined
    }
    const text = head.text.slice(0, 20_000)
    const isInsights = /"results"\s*:\s*\[\s*\[\s*\{\s*"field"\s*:/.test(text)
    if (head.json === undefined && isInsights) return { ...found, layout: 'document', confidence: 0.93 }
    return /^\s*\{\s*"events"\s*:\s*\[/.test(text) && /"ingestionTime"\s*:\s*\d/.test(text)
      ? { ...found, layout: 'document', confidence: 0.95 }
      : undefined
  },
  open: (options) => cloudwatchReader(options, options.layout),
}
