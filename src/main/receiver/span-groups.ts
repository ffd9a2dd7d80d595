// The groups of a request for traces: whose spans they are and where each span is. Resources and scopes that come again are
// known by their bytes and are the same object, so that the store names each of them once.

import type { Resource, Scope } from '../../shared/domain/telemetry.ts'
import { Collector } from '../../shared/wire/collector.ts'
import { Shared } from '../../shared/wire/otlp/common.ts'
import { Cursor, ProtobufError, readMessage } from '../../shared/wire/otlp/protobuf.ts'
import { GROUP, RESOURCE, SCOPE } from '../../shared/wire/otlp/protobuf-messages.ts'
import { partsOf } from '../../shared/wire/otlp/protobuf-parts.ts'

const MAX_CACHED = 20_000
const MAX_CACHED_BYTES = 65_536

export interface Group {
  readonly resource: Resource
  readonly scope: Scope | undefined
  /** pairs: where a span begins and ends */
  readonly spans: readonly number[]
}

export class SpanGroups {
  readonly #shared = new Shared(new Collector())
  readonly #resources = new Map<string, Resource>()
  readonly #scopes = new Map<string, Scope>()

  /** Undefined when they cannot be walked through from end to end. */
  read(bytes: Buffer): Group[] | undefined {
    const out: Group[] = []
    try {
      for (const { field, from, to } of partsOf(bytes, 0, bytes.length))
        if (field === 1) this.#resource(bytes, from, to, out)
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
      this.#shared.resource(
        head && readMessage(RESOURCE, new Cursor(bytes, ...head)),
        schema && bytes.toString('utf8', ...schema),
      ),
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
}

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
