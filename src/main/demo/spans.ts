// Spans as OpenTelemetry's semantic conventions want them. Attribute sets repeat and are shared by reference.

import {
  type Attributes,
  type AttributeValue,
  NO_ATTRIBUTES,
  type Scope,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
  type SpanRow,
} from '../../shared/domain/telemetry.ts'
import type { Pod } from './fleet.ts'
import type { Naming } from './ids.ts'
import type { Random } from './random.ts'
import type { Sink } from './sink.ts'

/** The trace that a sampled request belongs to. */
export interface Trace {
  readonly id: string
}

export interface OpenSpan {
  readonly row: SpanRow
  readonly from: number
}

const SCOPES: Readonly<Record<number, Scope>> = {
  1: { name: 'app', version: '1.0.0' },
  2: { name: 'io.opentelemetry.server', version: '0.64.0' },
  3: { name: 'io.opentelemetry.client', version: '0.64.0' },
  4: { name: 'io.opentelemetry.kafka', version: '0.64.0' },
  5: { name: 'io.opentelemetry.kafka', version: '0.64.0' },
}

export class Spans {
  written = 0
  private readonly shared = new Map<string, Attributes>()
  private readonly naming: Naming
  private readonly sink: Sink
  private readonly random: Random

  constructor(naming: Naming, sink: Sink, random: Random) {
    this.naming = naming
    this.sink = sink
    this.random = random
  }

  /** The one attribute set under a key; `make` runs the first time. */
  attributes(key: string, make: () => Record<string, AttributeValue>): Attributes {
    let found = this.shared.get(key)
    if (found === undefined) {
      found = { values: make() }
      this.shared.set(key, found)
    }
    return found
  }

  newTrace(): Trace {
    return { id: this.random.hex(32) }
  }

  /** Begins a span; its row is in the sink from now on and gets its length, status and attributes when it is closed. */
  open(
    trace: Trace,
    parentId: string,
    pod: Pod,
    name: string,
    kind: SpanKind,
    from: number,
    links?: readonly SpanLink[],
  ): OpenSpan {
    const row: SpanRow = {
      traceId: trace.id,
      spanId: this.random.hex(16),
      parentId,
      service: pod.service,
      operation: name,
      kind,
      start: this.naming.ns(from),
      durationNs: 0n,
      status: 0,
      attributes: NO_ATTRIBUTES,
      resource: pod.resource,
      scope: SCOPES[kind],
      flags: parentId === '' ? 1 : 0x101,
    }
    if (links !== undefined) row.links = links
    this.written++
    this.sink.span(row)
    return { row, from }
  }

  close(
    span: OpenSpan,
    to: number,
    attributes: Attributes,
    errorMessage?: string,
    events?: readonly SpanEvent[],
  ): void {
    const end = this.naming.ns(to)
    span.row.durationNs = end > span.row.start ? end - span.row.start : 1n
    span.row.attributes = attributes
    if (errorMessage !== undefined) {
      span.row.status = 2
      span.row.statusMessage = errorMessage
    }
    if (events !== undefined) span.row.events = events
  }
}
