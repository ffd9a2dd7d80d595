// Lists of attributes of spans: each is named by its bytes, and said once in the dictionary of its source.

import { Collector } from '../../shared/wire/collector.ts'
import { readAttributes } from '../../shared/wire/otlp/attributes.ts'
import { Cursor, readMessage } from '../../shared/wire/otlp/protobuf.ts'
import { KEY_VALUE } from '../../shared/wire/otlp/protobuf-messages.ts'
import type { EncodedChunk } from '../storage/telemetry/api.ts'
import { ChunkBuilder } from '../storage/telemetry/chunk-builder.ts'
import { encodeAttributes } from '../storage/telemetry/codec.ts'
import { intColumn, NameColumn } from '../storage/telemetry/columns.ts'
import type { Names } from '../storage/telemetry/names.ts'
import { AttributeJson } from './attribute-json.ts'
import { BytesColumn } from './byte-columns.ts'
import type { SpanFields } from './span-fields.ts'

/** Text waiting in a chunk before it is handed over early. */
export const MAX_PENDING_TEXT = 8 << 20

/** Notes of what is kept a little changed are for imports: a sender is told what was not kept. */
export const IGNORED = new Collector()

const attributeColumns = () => ({
  source: intColumn(),
  hash: new NameColumn(),
  json: new BytesColumn(),
  types: new BytesColumn(),
  extra: new BytesColumn(),
})

export class AttributeRows {
  readonly #source: number
  readonly #names: Names
  readonly #builder: ChunkBuilder<ReturnType<typeof attributeColumns>>
  readonly #json = new AttributeJson()
  /** the name of the list that was named last */
  low = 0
  high = 0

  constructor(source: number, names: Names, sink: (chunk: EncodedChunk) => void) {
    this.#source = source
    this.#names = names
    this.#builder = new ChunkBuilder(attributeColumns(), (rows, columns) =>
      sink({ table: 'attributes', rows, columns }),
    )
  }

  finish(): void {
    this.#builder.finish()
  }

  /** The name of the list is made of its bytes; what it says is written for the first span that has it. */
  name(b: Buffer, fields: SpanFields): void {
    const { attrsFrom: from, attrsTo: to, attrs: count } = fields
    let x = 0x3c6ef372
    let y = 0x510e527f
    let i = from
    for (; i + 3 < to; i += 4) {
      const word =
        (b[i] as number) | ((b[i + 1] as number) << 8) | ((b[i + 2] as number) << 16) | ((b[i + 3] as number) << 24)
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
    this.low = x >>> 0 || 1
    this.high = y >>> 0
    if (!this.#names.claim(this.low, this.high)) return
    const { columns, row } = this.#builder
    columns.source.values[row] = this.#source
    columns.hash.setWords(row, this.low, this.high)
    if (this.#json.write(b, fields.attrFroms, fields.attrTos, count)) {
      columns.json.add(this.#json.out, 0, this.#json.length)
      columns.types.addNull()
    } else {
      const list = Array.from({ length: count }, (_, n) =>
        readMessage(KEY_VALUE, new Cursor(b, fields.attrFroms[n] as number, fields.attrTos[n] as number)),
      )
      const { json, types } = encodeAttributes(readAttributes(list, IGNORED))
      columns.json.addText(json)
      columns.types.addText(types)
    }
    columns.extra.addNull()
    this.#builder.next()
    if (columns.json.pending + columns.types.pending > MAX_PENDING_TEXT) this.#builder.finish()
  }
}

function finalise(value: number): number {
  let h = value ^ (value >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
