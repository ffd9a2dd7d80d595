// The reader of a detected file.

import type { Mapping } from '../../shared/contract/import.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { expositionReader } from '../../shared/wire/exposition.ts'
import { jaegerReader } from '../../shared/wire/jaeger.ts'
import { kubernetesJsonReader, kubernetesYamlReader } from '../../shared/wire/kubernetes.ts'
import { jsonArrayLogReader, jsonLogReader } from '../../shared/wire/logs/json-log.ts'
import type { LogMapping } from '../../shared/wire/logs/options.ts'
import { plainLogReader } from '../../shared/wire/logs/plain-log.ts'
import { isZone, type TimeUnit } from '../../shared/wire/logs/time.ts'
import { otlpDocumentReader, otlpLinesReader } from '../../shared/wire/otlp/reader.ts'
import { prometheusReader } from '../../shared/wire/prometheus-json.ts'
import type { ReadOptions, WireReader } from '../../shared/wire/reader.ts'
import type { Detected } from './detect.ts'

/** @throws WatchdeckError `unsupported` for a file that nothing here reads, `invalid_input` for an unknown zone */
export function openReader(detected: Detected, options: ReadOptions): WireReader {
  const { layout } = detected
  const mapping = logMapping(detected.mapping, detected.timeUnit)
  const service = mapping.service?.startsWith('=') ? mapping.service.slice(1) : options.service
  const read: ReadOptions = { ...options, service }
  switch (detected.format) {
    case 'otlp-json':
      return layout === 'lines' ? otlpLinesReader(read) : otlpDocumentReader(read)
    case 'jaeger-json':
      return jaegerReader(read)
    case 'prometheus-json':
      return prometheusReader(read)
    case 'openmetrics':
      return expositionReader(read, layout === 'openmetrics' ? 'openmetrics' : 'prometheus', detected.mapping.timeUnit)
    case 'kubernetes':
      return layout === 'yaml' ? kubernetesYamlReader(read) : kubernetesJsonReader(read)
    case 'ndjson':
      return layout === 'array' ? jsonArrayLogReader({ ...read, mapping }) : jsonLogReader({ ...read, mapping })
    case 'plain-log':
      return plainLogReader({ ...read, mapping })
    case 'watchdeck':
    case 'unknown':
      throw new WatchdeckError(
        'unsupported',
        `This file cannot be read: ${detected.problems[0] ?? 'its format is not known'}.`,
        {
          hint: 'docs/formats.md lists what can be imported. If you know the format, choose it in the mapping.',
        },
      )
  }
}

function logMapping(mapping: Mapping, timeUnit: TimeUnit): LogMapping {
  if (mapping.timeZone !== undefined && !isZone(mapping.timeZone))
    throw new WatchdeckError('invalid_input', `There is no time zone ${JSON.stringify(mapping.timeZone)}.`, {
      hint: 'Use a name such as Europe/Berlin, UTC, or an offset such as +08:00.',
    })
  const { format: _, encoding: __, ...rest } = mapping
  return { ...rest, timeUnit: mapping.timeUnit ?? (timeUnit === 'none' ? 'none' : undefined) }
}
