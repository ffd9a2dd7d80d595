// The reader of a detected file.

import type { Mapping } from '../../shared/contract/import.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import type { LogMapping, LogReadOptions } from '../../shared/wire/logs/options.ts'
import { isZone, type TimeUnit } from '../../shared/wire/logs/time.ts'
import type { ReadOptions, WireReader } from '../../shared/wire/reader.ts'
import type { Detected } from './detect.ts'
import { formatNamed } from './formats.ts'

/** @throws WatchdeckError `unsupported` for a file that nothing here reads, `invalid_input` for an unknown zone */
export function openReader(detected: Detected, options: ReadOptions): WireReader {
  const format = formatNamed(detected.format)
  if (format === undefined)
    throw new WatchdeckError(
      'unsupported',
      `This file cannot be read: ${detected.problems[0] ?? 'its format is not known'}.`,
      { hint: 'docs/formats.md lists what can be imported. If you know the format, choose it in the mapping.' },
    )
  const mapping = logMapping(detected.mapping, detected.timeUnit)
  const service = mapping.service?.startsWith('=') ? mapping.service.slice(1) : options.service
  return format.open({ ...options, service, mapping, layout: detected.layout })
}

/** The same for a table whose rows come by themselves. */
export function tableOptions(detected: Detected, options: ReadOptions): LogReadOptions {
  return { ...options, mapping: logMapping(detected.mapping, detected.timeUnit) }
}

/** Whether the reader takes the bytes of the file as they are. */
export const isBinaryFormat = (detected: Detected): boolean => formatNamed(detected.format)?.binary === true

/** What the reader of a file follows of its mapping. */
export const readerMapping = (detected: Detected): LogMapping => logMapping(detected.mapping, detected.timeUnit)

function logMapping(mapping: Mapping, timeUnit: TimeUnit): LogMapping {
  if (mapping.timeZone !== undefined && !isZone(mapping.timeZone))
    throw new WatchdeckError('invalid_input', `There is no time zone ${JSON.stringify(mapping.timeZone)}.`, {
      hint: 'Use a name such as Europe/Berlin, UTC, or an offset such as +08:00.',
    })
  const { format: _, encoding: __, ...rest } = mapping
  return { ...rest, timeUnit: mapping.timeUnit ?? (timeUnit === 'none' ? 'none' : undefined) }
}
