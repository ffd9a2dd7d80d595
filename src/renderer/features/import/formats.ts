// Formats and encodings by the names that people know them by.

import type { IMPORT_FORMATS } from '../../../shared/contract/import.ts'
import type { Translate } from '../../i18n/index.ts'

export type Format = (typeof IMPORT_FORMATS)[number]

/** In the order of the chooser; the contract's own list without zod in the page. */
export const FORMATS = [
  'otlp-json',
  'otlp-protobuf',
  'jaeger-json',
  'zipkin-json',
  'chrome-trace',
  'har',
  'prometheus-json',
  'openmetrics',
  'promtool-dump',
  'grafana-json',
  'csv',
  'parquet',
  'ndjson',
  'elasticsearch',
  'loki-json',
  'journald',
  'journald-export',
  'docker-json',
  'gelf',
  'cloudwatch',
  'datadog-json',
  'splunk-json',
  'plain-log',
  'cri',
  'syslog',
  'logfmt',
  'access-log',
  'kubernetes',
] as const satisfies readonly Format[]

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'latin1'] as const
export const TIME_UNITS = ['rfc3339', 's', 'ms', 'us', 'ns', 'pattern', 'none'] as const

const KNOWN: readonly string[] = [...FORMATS, 'watchdeck', 'unknown']
const isFormat = (name: string): name is Format => KNOWN.includes(name)

export const formatName = (t: Translate, format: string): string =>
  isFormat(format) ? t(`imports.format.${format}`) : format

/** The copy that a page sent lies under a folder that says nothing to people: its name alone is shown. */
export const shownPath = (path: string): string =>
  /[\\/]uploads[\\/]drop-[^\\/]+[\\/]([^\\/]+)$/.exec(path)?.[1] ?? path
