// The registry of formats. To add one: write its `WireFormat` (shared/wire/format.ts: name, sniff, open) beside its reader
// and list it here, one line. Its name stands in IMPORT_FORMATS of the contract, with its words in the page's catalogues;
// nothing else is needed: preview, mapping editor, import, archives and stdin follow from the entry. What sniffs highest
// reads the file, of equals the first; `plainLog` is asked last, when no other knows the file.

import type { Mapping } from '../../shared/contract/import.ts'
import type { WireFormat } from '../../shared/wire/format.ts'
import { chromeTrace } from '../../shared/wire/chrome-trace.ts'
import { har } from '../../shared/wire/har.ts'
import { cloudwatch } from '../../shared/wire/logs/cloudwatch.ts'
import { cri, dockerJson } from '../../shared/wire/logs/container-logs.ts'
import { datadogJson } from '../../shared/wire/logs/datadog.ts'
import { elasticsearch } from '../../shared/wire/logs/elasticsearch.ts'
import { gelf } from '../../shared/wire/logs/gelf.ts'
import { journalExport } from '../../shared/wire/logs/journal-export.ts'
import { journald } from '../../shared/wire/logs/journald.ts'
import { lokiJson } from '../../shared/wire/logs/loki.ts'
import { splunkJson } from '../../shared/wire/logs/splunk.ts'
import { accessLog, logfmt, syslog } from '../../shared/wire/logs/text-formats.ts'
import { otlpProtobuf } from '../../shared/wire/otlp/protobuf-format.ts'
import { promtoolDump } from '../../shared/wire/promtool-dump.ts'
import { csv, TABLE_FIELDS } from '../../shared/wire/table/csv-format.ts'
import { grafanaJson } from '../../shared/wire/table/grafana.ts'
import { zipkinJson } from '../../shared/wire/zipkin.ts'
import { jaegerJson, jsonLogs, kubernetes, otlpJson, prometheusJson } from './sniff-json.ts'
import { openMetrics, plainLog } from './sniff-text.ts'
import { unzstd } from './unzstd.ts'

export type Format = NonNullable<Mapping['format']>

const FORMATS: ReadonlyArray<WireFormat<Format>> = [
  otlpJson,
  prometheusJson,
  jaegerJson,
  kubernetes,
  otlpProtobuf(unzstd),
  zipkinJson,
  chromeTrace,
  har,
  promtoolDump,
  elasticsearch,
  lokiJson,
  journald,
  journalExport,
  dockerJson,
  gelf,
  cloudwatch,
  datadogJson,
  splunkJson,
  cri,
  syslog,
  accessLog,
  logfmt,
  openMetrics,
  jsonLogs,
  csv,
  grafanaJson,
]

export const LAST: WireFormat<Format> = plainLog
export const ALL_FORMATS: ReadonlyArray<WireFormat<Format>> = [...FORMATS, LAST]

export const formatNamed = (name: string): WireFormat<Format> | undefined =>
  ALL_FORMATS.find((format) => format.name === name)

/** Read by DuckDB from the file itself (parquet.ts), not as a stream of bytes. */
export const parquet = { name: 'parquet', mapped: TABLE_FIELDS } as const
