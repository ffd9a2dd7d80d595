// One zstd frame in memory: the Collector's file exporter packs each message by itself, so the file as a whole is no zstd.

import { zstdDecompressSync } from 'node:zlib'
import { WatchdeckError } from '../../shared/base/errors.ts'

const MAX_BYTES = 256 * 1024 * 1024

/** @throws WatchdeckError `corrupt` when it is damaged or unpacks to more than 256 MB */
export function unzstd(bytes: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: MAX_BYTES })
  } catch (cause) {
    throw new WatchdeckError('corrupt', 'A message packed with zstd is damaged.', {
      hint: 'Nothing of the file was kept. Copy or export it again.',
      cause,
    })
  }
}
