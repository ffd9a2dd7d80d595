// The registry of formats. To add one: write its `WireFormat` (shared/wire/format.ts: name, sniff, open) beside its reader
// and list it here, one line. Its name stands in IMPORT_FORMATS of the contract, with its words in the page's catalogues;
// nothing else is needed: preview, mapping editor, import, archives and stdin follow from the entry. What sniffs highest
// reads the file, of equals the first; `plainLog` is asked last, when no other knows the file.

import type { Mapping } from '../../shared/contract/import.ts'
import type { WireFormat } from '../../shared/wire/format.ts'
import { jaegerJson, jsonLogs, kubernetes, otlpJson, prometheusJson } from './sniff-json.ts'
import { openMetrics, plainLog } from './sniff-text.ts'

export type Format = NonNullable<Mapping['format']>

const FORMATS: ReadonlyArray<WireFormat<Format>> = [
  otlpJson,
  prometheusJson,
  jaegerJson,
  kubernetes,
  openMetrics,
  jsonLogs,
]

export const LAST: WireFormat<Format> = plainLog
export const ALL_FORMATS: ReadonlyArray<WireFormat<Format>> = [...FORMATS, LAST]

export const formatNamed = (name: string): WireFormat<Format> | undefined =>
  ALL_FORMATS.find((format) => format.name === name)
