// Files in: what is this, how would it be read, read it.
import { z } from 'zod'
import { command, job, query, zFrame } from './define.ts'

export const IMPORT_FORMATS = [
  'otlp-json',
  'otlp-protobuf',
  'jaeger-json',
  'zipkin-json',
  'chrome-trace',
  'har',
  'prometheus-json',
  'openmetrics',
  'promtool-dump',
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
  'csv',
  'parquet',
  'grafana-json',
  'watchdeck',
  'unknown',
] as const
export const TIME_UNITS = ['rfc3339', 's', 'ms', 'us', 'ns', 'pattern', 'none'] as const

/** How a free-form file is read; formats with a fixed meaning ignore all but `service` and `timeZone`. */
export const zMapping = z.strictObject({
  format: z.enum(IMPORT_FORMATS).optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'latin1']).optional(),
  /** JSON field (dotted path), column of a table, or 'auto' */
  time: z.string().max(200).optional(),
  timeUnit: z.enum(TIME_UNITS).optional(),
  /** zone of times written without one */
  timeZone: z.string().max(64).optional(),
  level: z.string().max(200).optional(),
  service: z.string().max(200).optional().describe('field name, or "=name" for a fixed service'),
  message: z.string().max(200).optional(),
  traceId: z.string().max(200).optional(),
  spanId: z.string().max(200).optional(),
  /** tables only: what a row becomes */
  rows: z.enum(['logs', 'metrics']).optional(),
  /** columns of numbers, one series each; default: every column of numbers that is not a label */
  values: z.array(z.string().max(200)).max(2000).optional(),
  /** column that names the metric of a row, or "=name" */
  metric: z.string().max(200).optional(),
  /** columns whose text names the series */
  labels: z.array(z.string().max(200)).max(200).optional(),
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  /** sign before the fraction of a number; found in the file unless given */
  decimal: z.enum([',', '.']).optional(),
  /** the first row holds the names of the columns */
  header: z.boolean().optional(),
  /** of dates such as 03/04/2025: month or day first */
  dateOrder: z.enum(['mdy', 'dmy']).optional(),
})
export type Mapping = z.output<typeof zMapping>

const zMappings = z
  .union([zMapping, z.record(z.string(), zMapping)])
  .optional()
  .describe('one mapping for all files, or one per path')

export const zSkipped = z.object({ line: z.number(), reason: z.string(), example: z.string(), count: z.number() })

export const zImportedFile = z.object({
  path: z.string(),
  format: z.enum(IMPORT_FORMATS),
  rowsTaken: z.number(),
  rowsSkipped: z.number(),
  skipped: z.array(zSkipped),
  alreadyImported: z.boolean(),
  /** what was kept but is worth knowing */
  notes: z.array(z.string()).optional(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
})

export const zRecipe = z.object({
  id: z.string(),
  name: z.string(),
  mapping: zMapping,
  createdAt: z.string(),
  usedAt: z.string().nullable(),
})

const importContract = {
  preview: query({
    summary: 'What each file is, how it would be read, and its first rows',
    input: z.object({ paths: z.array(z.string().min(1)).min(1).max(1000), mapping: zMappings }),
    output: z.object({
      files: z.array(
        z.object({
          path: z.string(),
          bytes: z.number(),
          compression: z.enum(['none', 'gzip', 'zstd']),
          format: z.enum(IMPORT_FORMATS),
          confidence: z.number().min(0).max(1),
          encoding: z.string(),
          timeUnit: z.enum(TIME_UNITS),
          mapping: zMapping,
          /** the parts of the mapping that this format follows; none: it has a fixed meaning */
          mapped: z.array(z.string()),
          /** candidate fields for the mapping editor */
          fields: z.array(z.string()),
          sample: zFrame,
          problems: z.array(z.string()),
          alreadyImported: z.boolean(),
          /** kept mappings that files like this one were read with, best first; only where no mapping is given */
          recipes: z.array(zRecipe),
        }),
      ),
    }),
  }),
  run: job({
    summary: 'Read files and folders into a source; each file whole or not at all',
    input: z.object({
      paths: z.array(z.string().min(1)).min(1).max(10_000),
      mapping: zMappings,
      source: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('name of the source; an existing import of that name is added to'),
      recipe: z.string().min(1).max(200).optional().describe('name of a kept mapping, for files that have none here'),
      /** with false, a skipped row refuses its whole file */
      skipBadRows: z.boolean().default(true),
    }),
    output: z.object({
      source: z.string(),
      files: z.array(zImportedFile),
      spans: z.number(),
      logs: z.number(),
      samples: z.number(),
      objects: z.number(),
      events: z.number(),
      from: z.string().nullable().describe('with `to` the half-open stretch of the rows: a range that holds them all'),
      to: z.string().nullable(),
    }),
  }),
  recipes: query({
    summary: 'Mappings that were kept, by name',
    input: z.object({}),
    output: z.object({ recipes: z.array(zRecipe) }),
  }),
  saveRecipe: command({
    summary:
      'Keep a mapping under a name; it is offered again for files like this one, and one of that name is replaced',
    input: z.object({ name: z.string().trim().min(1).max(100), path: z.string().min(1), mapping: zMapping }),
    output: zRecipe,
  }),
  removeRecipe: command({
    summary: 'Forget a kept mapping; what was imported with it stays',
    input: z.object({ id: z.string() }),
    output: z.object({}),
  }),
}
export { importContract as import_ }
