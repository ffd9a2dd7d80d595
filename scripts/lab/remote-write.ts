// Prometheus remote write 1.0: series with samples, exemplars and native histograms as protobuf, packed by snappy.
// https://prometheus.io/docs/specs/prw/remote_write_spec/ and prompb/types.proto

import { compress } from 'snappyjs'
import { ProtoWriter } from './protobuf.ts'

export interface WriteSeries {
  readonly labels: Readonly<Record<string, string>>
  /** epoch milliseconds */
  readonly samples: Array<{ at: number; value: number }>
  readonly exemplars: Array<{ at: number; value: number; labels: Readonly<Record<string, string>> }>
  /** counts of the buckets between the bounds, one more than there are bounds */
  readonly histograms: Array<{
    at: number
    count: number
    sum: number
    bounds: readonly number[]
    counts: readonly number[]
  }>
}

/** Bounds of one's own instead of powers of two; Prometheus 3 knows them. */
const CUSTOM_BOUNDS = -53

export async function remoteWrite(address: string, series: readonly WriteSeries[]): Promise<void> {
  const answer = await fetch(`${address}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: Buffer.from(compress(writeRequest(series))),
  })
  if (answer.ok) return
  const said = (await answer.text()).trim().slice(0, 300)
  throw new Error(`Prometheus refused a remote write (${answer.status}): ${said}
It needs --web.enable-remote-write-receiver, and storage.tsdb.out_of_order_time_window as long as what is played.`)
}

export function writeRequest(series: readonly WriteSeries[]): Uint8Array {
  const request = new ProtoWriter()
  for (const each of series) request.nested(1, seriesBytes(each))
  return request.bytes()
}

function seriesBytes({ labels, samples, exemplars, histograms }: WriteSeries): Uint8Array {
  const out = new ProtoWriter()
  writeLabels(out, labels)
  for (const { at, value } of samples) out.nested(2, new ProtoWriter().double(1, value).varint(2, at).bytes())
  for (const { at, value, labels: own } of exemplars) {
    const exemplar = new ProtoWriter()
    writeLabels(exemplar, own)
    out.nested(3, exemplar.double(2, value).varint(3, at).bytes())
  }
  for (const histogram of histograms) out.nested(4, histogramBytes(histogram))
  return out.bytes()
}

/** Sorted by name, as the receiver wants them. */
function writeLabels(out: ProtoWriter, labels: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (value !== '') out.nested(1, new ProtoWriter().text(1, name).text(2, value).bytes())
}

function histogramBytes({ at, count, sum, bounds, counts }: WriteSeries['histograms'][number]): Uint8Array {
  const span = new ProtoWriter().varint(1, 0).varint(2, counts.length).bytes()
  const deltas = counts.map((value, i) => value - (counts[i - 1] ?? 0))
  return new ProtoWriter()
    .varint(1, count)
    .double(3, sum)
    .zigzag(4, CUSTOM_BOUNDS)
    .nested(11, span)
    .zigzags(12, deltas)
    .varint(15, at)
    .doubles(16, bounds)
    .bytes()
}
