// OTLP protobuf as a format of the import.

import type { WireFormat } from '../format.ts'
import { otlpProtobufReader } from './protobuf-reader.ts'
import { sniffOtlpProtobuf } from './protobuf-sniff.ts'

/** @param unzstd for the file exporter's `compression: zstd`, which packs each message by itself */
export const otlpProtobuf = (unzstd?: (bytes: Uint8Array) => Uint8Array): WireFormat<'otlp-protobuf'> => ({
  name: 'otlp-protobuf',
  binary: true,
  sniff(head) {
    const found = sniffOtlpProtobuf(head.bytes, head.whole)
    if (found !== undefined) return { confidence: 0.97, layout: found.framing, timeUnit: 'ns' }
    const { bytes } = head
    // length, then the magic number of zstd
    if (bytes[4] === 0x28 && bytes[5] === 0xb5 && bytes[6] === 0x2f && bytes[7] === 0xfd)
      return { confidence: 0.9, layout: 'uint32', timeUnit: 'ns' }
    return undefined
  },
  open: (options) =>
    otlpProtobufReader({
      ...options,
      framing: options.layout === 'uint32' || options.layout === 'varint' ? options.layout : 'bare',
      unzstd,
    }),
})
