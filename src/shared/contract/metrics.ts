// Metrics: PromQL over local series, and the pictures drawn from them.
import { z } from 'zod'
import {
  col,
  query,
  tableQuery,
  zCompleteness,
  zInstant,
  zDuration,
  zFloat64,
  zInt64,
  zRange,
  zSources,
  zNs,
  paged,
} from './define.ts'

/** Points of one series as columns; as JSON they print as `[[time, number], ..]`. */
export const zPoints = z.object({ times: zInt64, values: zFloat64 })
export type Points = z.output<typeof zPoints>

/** One native histogram sample as the Prometheus API shows it: bucket = [rule, left, right, count]. */
export const zNativeHistogram = z.object({
  count: z.number(),
  sum: z.number(),
  buckets: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
})

export const zSeries = z.object({
  metric: z.record(z.string(), z.string()),
  values: zPoints,
  histograms: z.array(z.tuple([z.string(), zNativeHistogram])).optional(),
})

/** Of what a server says about itself, in the order of its interest. */
export const SERVER_PARTS = ['runtime', 'stores', 'external', 'build', 'flags'] as const

export const metrics = {
  query: query({
    summary: 'PromQL; with `step` a range query on the grid of the step, without it an instant query at range.to',
    input: z.object({
      range: zRange,
      step: zDuration.optional(),
      query: z.string().min(1).max(20_000),
      sources: zSources,
    }),
    output: z.object({
      resultType: z.enum(['matrix', 'vector', 'scalar', 'string']),
      series: z.array(zSeries),
      text: z.string().optional(),
      warnings: z.array(z.string()),
      infos: z.array(z.string()),
      completeness: zCompleteness,
    }),
  }),
  lane: query({
    summary:
      'A query for a picture `width` pixels wide: a plain selector as the minimum, maximum, first and last sample per pixel (M4), anything else stepped',
    input: z.object({
      range: zRange,
      query: z.string().min(1).max(20_000),
      width: z.number().int().min(10).max(8000).default(1000),
      sources: zSources,
      maxSeries: z.number().int().min(1).max(1000).default(50),
    }),
    output: z.object({
      mode: z.enum(['m4', 'step']),
      stepNs: zNs,
      unit: z.string(),
      type: z.string(),
      series: z.array(zSeries.extend({ label: z.string() })),
      totalSeries: z.number(),
      warnings: z.array(z.string()),
      completeness: zCompleteness,
    }),
  }),
  heatmap: query({
    summary: 'A histogram metric (classic or native) as counts per time step and bucket',
    input: z.object({
      range: zRange,
      metric: z.string().min(1).max(2000).describe('selector of the histogram without _bucket'),
      width: z.number().int().min(2).max(2000).default(200),
      sources: zSources,
    }),
    output: z.object({
      times: zInt64,
      /** upper bounds; the last may be +Infinity */
      bounds: zFloat64,
      /** row-major: times.length rows of bounds.length counts */
      counts: zFloat64,
      unit: z.string(),
      completeness: zCompleteness,
    }),
  }),
  exemplars: tableQuery({
    summary: 'Exemplars of the series of a query, with their trace',
    input: z.object({
      range: zRange,
      query: z.string().min(1).max(20_000),
      sources: zSources,
      ...paged(500, 5000),
    }),
    columns: [
      col('time', 'time'),
      col('value', 'float'),
      col('traceId', 'string'),
      col('spanId', 'string'),
      col('metric', 'json'),
      col('attributes', 'json'),
    ],
  }),
  search: tableQuery({
    summary: 'Metric names by text in name or help',
    input: z.object({
      text: z.string().max(500).optional(),
      sources: zSources,
      service: z.string().max(500).optional(),
      ...paged(200, 10_000),
    }),
    columns: [
      col('name', 'string'),
      col('type', 'string'),
      col('unit', 'string'),
      col('help', 'string'),
      col('series', 'int'),
    ],
  }),
  labels: tableQuery({
    summary: 'Label names of a metric, or the values of one label; for completion',
    input: z.object({
      metric: z.string().max(2000).optional(),
      label: z.string().max(500).optional(),
      text: z.string().max(200).optional(),
      sources: zSources,
      ...paged(200, 5000),
    }),
    columns: [col('value', 'string'), col('series', 'int')],
  }),
  series: tableQuery({
    summary: 'Series that a selector matches, by their labels; of live sources those with samples in the range',
    input: z.object({
      selector: z.string().min(1).max(2000),
      /** of live sources; what is stored is told whenever it was */
      range: zRange.optional(),
      sources: zSources,
      ...paged(200, 10_000),
    }),
    columns: [col('name', 'string'), col('labels', 'json'), col('source', 'string')],
  }),
  rules: tableQuery({
    summary: 'Rules of live backends: failing and firing ones first',
    input: z.object({ sources: zSources, name: z.string().max(500).optional(), ...paged(2000) }),
    columns: [
      col('name', 'string'),
      col('type', 'string'),
      col('state', 'string'),
      col('health', 'string'),
      col('lastError', 'string'),
      col('query', 'string'),
      col('holdsForNs', 'int', 'ns'),
      col('evaluationNs', 'int', 'ns'),
      col('evaluatedAt', 'time'),
      col('labels', 'json'),
      col('annotations', 'json'),
      col('group', 'string'),
      col('file', 'string'),
      col('source', 'string'),
    ],
  }),
  targets: tableQuery({
    summary: 'What live backends scrape: those that do not answer first',
    input: z.object({ sources: zSources, job: z.string().max(500).optional(), ...paged(5000) }),
    columns: [
      col('job', 'string'),
      col('instance', 'string'),
      col('health', 'string'),
      col('lastError', 'string'),
      col('scrapedAt', 'time'),
      col('scrapeNs', 'int', 'ns'),
      col('interval', 'string'),
      col('url', 'string'),
      col('labels', 'json'),
      col('source', 'string'),
    ],
  }),
  server: tableQuery({
    summary:
      'What live backends say about themselves: how they run, the stores behind them, their external labels, build and flags; what worries first',
    input: z.object({
      sources: zSources,
      part: z.enum(SERVER_PARTS).optional(),
      ...paged(1000),
    }),
    columns: [
      col('part', 'string'),
      col('name', 'string'),
      col('value', 'string'),
      /** a reload that failed, a damaged log of samples, a store that does not answer */
      col('worries', 'bool'),
      col('source', 'string'),
    ],
  }),
  cardinality: tableQuery({
    summary: 'What costs most: metrics by series, labels by values and bytes, label=value by series',
    input: z.object({
      sources: zSources,
      kind: z.enum(['metric', 'label', 'pair']).optional(),
      ...paged(1000),
    }),
    columns: [
      col('kind', 'string'),
      col('name', 'string'),
      col('series', 'int'),
      col('values', 'int'),
      col('bytes', 'int', 'By'),
      col('source', 'string'),
    ],
  }),
  costly: tableQuery({
    summary: 'Which label makes a metric large: how many series there would be without each, the costliest first',
    input: z.object({ metric: z.string().min(1).max(2000), at: zInstant.default('now'), sources: zSources }),
    columns: [col('label', 'string'), col('values', 'int'), col('without', 'int'), col('saved', 'int')],
    headline: z.object({ series: z.number() }),
  }),
}
