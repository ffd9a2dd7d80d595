// A seeded OTLP-JSON file of any number of spans, written as the collector's file exporter does or as one document.

import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { randomOf } from './random.ts'

export interface OtlpFileOptions {
  spans: number
  seed: number
  layout: 'lines' | 'document'
  /** spans of one request; default 500 */
  perRequest?: number
}

const START = 1_762_090_000_000_000_000n

/** Bytes written. Spans have six attributes; every tenth has an event. */
export async function writeOtlpFile(path: string, options: OtlpFileOptions): Promise<number> {
  const random = randomOf(options.seed)
  const hex = (digits: number): string => {
    let out = ''
    while (out.length < digits)
      out += Math.floor(random() * 0x100000000)
        .toString(16)
        .padStart(8, '0')
    return out.slice(0, digits)
  }
  const out = createWriteStream(path, { highWaterMark: 1 << 20 })
  const perRequest = options.perRequest ?? 500
  let traceId = hex(32)
  let left = 0
  let parent = ''
  let bytes = 0
  const write = async (text: string): Promise<void> => {
    bytes += Buffer.byteLength(text)
    if (!out.write(text)) await once(out, 'drain')
  }
  if (options.layout === 'document') await write('{"resourceSpans":[')
  for (let done = 0; done < options.spans; done += perRequest) {
    const service = Math.floor(random() * 14)
    const spans: unknown[] = []
    for (let i = done; i < Math.min(done + perRequest, options.spans); i++) {
      if (left-- <= 0) {
        traceId = hex(32)
        left = 8
        parent = ''
      }
      const spanId = hex(16)
      const start = START + BigInt(i) * 100_000n
      const route = `/api/v1/items/${Math.floor(random() * 40)}`
      spans.push({
        traceId,
        spanId,
        ...(parent === '' ? {} : { parentSpanId: parent }),
        name: `GET ${route}`,
        kind: 1 + (i % 5),
        startTimeUnixNano: start.toString(),
        endTimeUnixNano: (start + BigInt(Math.floor(random() * 5e7))).toString(),
        attributes: [
          { key: 'http.request.method', value: { stringValue: 'GET' } },
          { key: 'url.path', value: { stringValue: route } },
          { key: 'http.response.status_code', value: { intValue: random() < 0.02 ? '500' : '200' } },
          { key: 'server.address', value: { stringValue: `shop-${i % 20}.internal` } },
          { key: 'thread.id', value: { intValue: String(i % 64) } },
          { key: 'cache.hit', value: { boolValue: i % 3 === 0 } },
        ],
        ...(i % 10 === 0
          ? {
              events: [
                {
                  timeUnixNano: (start + 1000n).toString(),
                  name: 'retry',
                  attributes: [{ key: 'attempt', value: { intValue: '1' } }],
                },
              ],
            }
          : {}),
        status: random() < 0.02 ? { code: 2, message: 'boom' } : {},
      })
      parent = spanId
    }
    const group = {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: `service-${service}` } },
          { key: 'k8s.pod.name', value: { stringValue: `service-${service}-${Math.floor(random() * 3)}` } },
        ],
      },
      scopeSpans: [{ scope: { name: 'bench', version: '1.0.0' }, spans }],
    }
    if (options.layout === 'lines') await write(`${JSON.stringify({ resourceSpans: [group] })}\n`)
    else await write((done === 0 ? '' : ',') + JSON.stringify(group))
  }
  if (options.layout === 'document') await write(']}')
  out.end()
  await once(out, 'close')
  return bytes
}
