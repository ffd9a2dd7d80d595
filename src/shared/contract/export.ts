// Telemetry out, in formats that others read.
import { z } from 'zod'
import { job, query, zCompleteness, zRange, zSources, zTraceId } from './define.ts'

/** events: what happened to objects (Kubernetes events, alerts, changes) */
export const EXPORT_KINDS = ['traces', 'logs', 'metrics', 'objects', 'events'] as const

export const exportContract = {
  run: job({
    summary: 'Write the rows of sources to a file, or answer with the text when no path is given and it is small',
    input: z.object({
      sources: zSources,
      range: zRange.optional(),
      /** only this trace, from live sources too */
      traceId: zTraceId.optional(),
      kinds: z.array(z.enum(EXPORT_KINDS)).min(1).optional(),
      format: z.enum(['otlp-json', 'zipkin-json', 'jaeger-json', 'ndjson', 'csv', 'parquet']),
      path: z.string().optional(),
      /** refuses an existing file unless true */
      overwrite: z.boolean().default(false),
    }),
    output: z.object({
      path: z.string().optional(),
      rows: z.number(),
      text: z.string().optional(),
      completeness: zCompleteness,
    }),
  }),
  tableFile: job({
    summary:
      'Every page of the answer of any table method, or the samples of a PromQL answer, as a file; CSV cells that a spreadsheet would run are defused',
    input: z.object({
      method: z.string(),
      input: z.unknown(),
      format: z.enum(['csv', 'tsv', 'ndjson', 'parquet']),
      path: z.string(),
      /** refuses an existing file unless true */
      overwrite: z.boolean().default(false),
    }),
    output: z.object({ path: z.string(), rows: z.number(), completeness: zCompleteness }),
  }),
  table: query({
    summary:
      'The answer of any table method, or the samples of a PromQL answer, as CSV, TSV or NDJSON text; cells that a spreadsheet would run are defused',
    input: z.object({ method: z.string(), input: z.unknown(), format: z.enum(['csv', 'tsv', 'ndjson']) }),
    output: z.object({
      text: z.string(),
      rows: z.number(),
      /** of the method asked: the next page, to be given as `input.cursor` */
      nextCursor: z.string().optional(),
      completeness: zCompleteness,
    }),
  }),
}
