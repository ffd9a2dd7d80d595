// Writes log rows. Programs log along with the sampling of their traces (OpenTelemetry's trace-based log filter), so
// that a line of a request leads to a stored trace; the access log of the edge has every request.

import {
  type Attributes,
  type LogRow,
  NO_ATTRIBUTES,
  type Resource,
  type Scope,
} from '../../shared/domain/telemetry.ts'
import { hash32 } from '../../shared/base/hash.ts'
import type { Pod } from './fleet.ts'
import type { Naming } from './ids.ts'
import { BACKGROUND_LINES, BATCH_LINES, type Line, OPERATION_LINES } from './log-lines.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { SERVICES } from './topology.ts'
import type { Sink } from './sink.ts'
import { ROLES } from './vocabulary.ts'
import type { Visitor } from './traffic.ts'

const SEVERITY_TEXT: Readonly<Record<number, string>> = { 5: 'DEBUG', 9: 'INFO', 13: 'WARN', 17: 'ERROR', 21: 'FATAL' }

/** A text cut at its `{names}`: literal, name, literal, name, .. */
const cut = (text: string): readonly string[] => text.split(/\{(\w+)\}/)

interface Cut extends Omit<Line, 'text'> {
  readonly parts: readonly string[]
  readonly attributes: Attributes
}

/** What a line is about: two lines of one span tell the same numbers. */
interface About {
  readonly visitor?: Visitor
  readonly tookMs: number
  readonly t: number
  readonly spanId: string
}

/** how long the programs had run when the two hours began */
const RUNNING_S = 259_200
/** between two collections of garbage */
const COLLECTED_S = 9

export class Logs {
  private readonly lines = new Map<string, readonly Cut[]>()
  private readonly background: ReadonlyArray<{ severity: number; parts: readonly string[] }>[]
  private readonly backgroundWeights: number[][]
  private readonly batch: readonly (readonly string[])[] = BATCH_LINES.map(cut)
  private readonly access = new Map<string, Attributes>()
  private readonly scopes = new Map<string, Scope>()
  private readonly scenario: Scenario
  private readonly naming: Naming
  private readonly sink: Sink
  private readonly random: Random

  constructor(scenario: Scenario, naming: Naming, sink: Sink, random: Random) {
    this.scenario = scenario
    this.naming = naming
    this.sink = sink
    this.random = random
    for (const [key, lines] of Object.entries(OPERATION_LINES))
      this.lines.set(
        key,
        lines.map((line) => ({
          ...line,
          parts: cut(line.text),
          attributes: { values: { 'log.iostream': 'stdout', 'code.function.name': key.slice(key.indexOf('.') + 1) } },
        })),
      )
    const fitting = SERVICES.map(({ language }) =>
      BACKGROUND_LINES.filter((line) => line.language === 'any' || line.language === language),
    )
    this.background = fitting.map((lines) => lines.map(({ severity, text }) => ({ severity, parts: cut(text) })))
    this.backgroundWeights = fitting.map((lines) => lines.map((line) => line.weight))
  }

  /** The lines that an operation writes at its beginning or after it went well. */
  operation(
    key: string,
    when: Line['at'],
    t: number,
    pod: Pod,
    traceId: string,
    spanId: string,
    visitor: Visitor,
    tookMs: number,
  ): void {
    const lines = this.lines.get(key)
    if (lines === undefined) return
    for (const line of lines) {
      if (line.at !== when || (line.share < 1 && !this.random.chance(line.share))) continue
      this.write(
        t,
        line.severity,
        pod.service,
        this.fill(line.parts, { visitor, tookMs, t, spanId }),
        pod.resource,
        line.attributes,
        traceId,
        spanId,
      )
    }
  }

  /** One line of a pod about something that went wrong or is worth a warning. */
  line(
    t: number,
    severity: number,
    pod: Pod,
    body: string,
    traceId = '',
    spanId = '',
    attributes: Attributes = NO_ATTRIBUTES,
  ): void {
    this.write(t, severity, pod.service, body, pod.resource, attributes, traceId, spanId)
  }

  accessLine(
    t: number,
    pod: Pod,
    visitor: Visitor,
    verb: string,
    route: string,
    status: number,
    tookMs: number,
    traceId: string,
    spanId: string,
  ): void {
    const key = `${verb} ${route} ${status}`
    let attributes = this.access.get(key)
    if (attributes === undefined) {
      attributes = {
        values: {
          'event.dataset': 'access',
          'http.request.method': verb,
          'http.route': route,
          'http.response.status_code': status,
        },
      }
      this.access.set(key, attributes)
    }
    const body = `${visitor.address} - - "${verb} ${route.replace('{id}', visitor.sku)} HTTP/2.0" ${status} ${900 + ((visitor.sku.length * 977) % 6100)} ${(tookMs / 1000).toFixed(3)}`
    this.write(
      t,
      status >= 500 ? 17 : status >= 400 ? 13 : 9,
      pod.service,
      body,
      pod.resource,
      attributes,
      traceId,
      spanId,
    )
  }

  /** Something a running pod says of itself. */
  backgroundLine(t: number, pod: Pod): void {
    const index = ROLES.indexOf(pod.role)
    const line = this.background[index]?.[this.random.weighted(this.backgroundWeights[index] as number[])]
    if (line !== undefined)
      this.write(
        t,
        line.severity,
        pod.service,
        this.fill(line.parts, { tookMs: this.random.around(2, 0.6), t, spanId: '' }),
        pod.resource,
        NO_ATTRIBUTES,
        '',
        '',
      )
  }

  batchLine(t: number, service: string, resource: Resource): void {
    this.write(
      t,
      9,
      service,
      this.fill(this.random.pick(this.batch), { tookMs: this.random.around(800, 0.4), t, spanId: '' }),
      resource,
      NO_ATTRIBUTES,
      '',
      '',
    )
  }

  write(
    t: number,
    severity: number,
    service: string,
    body: string,
    resource: Resource,
    attributes: Attributes,
    traceId: string,
    spanId: string,
  ): void {
    if (t < 0) return
    const time = this.naming.ns(t)
    let scope = this.scopes.get(service)
    if (scope === undefined) {
      scope = { name: `${service}.logger` }
      this.scopes.set(service, scope)
    }
    const row: LogRow = {
      time,
      observedTime: time + 180_000_000n,
      severity,
      severityText: SEVERITY_TEXT[severity],
      service,
      body,
      attributes,
      resource,
      scope,
      traceId,
      spanId,
    }
    if (traceId !== '') row.flags = 1
    this.sink.log(row)
  }

  private fill(parts: readonly string[], about: About): string {
    let text = parts[0] as string
    for (let i = 1; i < parts.length; i += 2) text += this.value(parts[i] as string, about) + (parts[i + 1] as string)
    return text
  }

  private value(name: string, { visitor, tookMs, t, spanId }: About): string {
    switch (name) {
      case 'user':
        return visitor?.id ?? '-'
      case 'order':
        return visitor?.order ?? '-'
      case 'sku':
        return visitor?.sku ?? '-'
      case 'country':
        return visitor?.country ?? '-'
      case 'device':
        return visitor?.device ?? '-'
      case 'tier':
        return visitor?.tier ?? '-'
      case 'ip':
        return visitor?.address ?? '-'
      case 'amount':
        return visitor?.amount.toFixed(2) ?? '-'
      case 'lines':
        return String(1 + (hash32(visitor?.id ?? '') % 5))
      case 'stock':
        return String(40 + (hash32(visitor?.sku ?? '') % 400))
      case 'currency':
        return this.scenario.vocabulary.currency
      case 'ms':
        return tookMs < 10 ? tookMs.toFixed(1) : String(Math.round(tookMs))
      case 'hits':
        return String(this.random.integer(40, 4200))
      case 'score':
        return this.random.between(0.01, 0.42).toFixed(2)
      case 'token':
        return this.random.hex(8)
      case 'uptime':
        return String(Math.round(RUNNING_S + t / 1000))
      case 'run':
        return String(Math.floor((RUNNING_S + t / 1000) / COLLECTED_S))
      case 'heap':
        return String(this.random.integer(260, 410))
      case 'kept':
        return String(this.random.integer(90, 180))
      case 'few':
        return String(2 + (hash32(spanId) % 4))
      default:
        return String(spanId === '' ? this.random.integer(2, 24) : 2 + (hash32(spanId) % 23))
    }
  }
}
