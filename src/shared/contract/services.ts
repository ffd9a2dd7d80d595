// Which services there are, how they do, and what changed.
import { z } from 'zod'
import { col, query, tableQuery, zCompleteness, zRange, zSources, paged } from './define.ts'

const measures = (prefix: '' | 'before') => {
  const name = (n: string) => (prefix === '' ? n : `before${n[0]?.toUpperCase()}${n.slice(1)}`)
  return [
    col(name('requests'), 'int'),
    col(name('ratePerSecond'), 'float', '1/s'),
    col(name('errorRatio'), 'float', '1'),
    col(name('p50Ns'), 'int', 'ns'),
    col(name('p95Ns'), 'int', 'ns'),
    col(name('p99Ns'), 'int', 'ns'),
  ]
}

export const CHANGE_KINDS = ['service', 'operation', 'log-level', 'metric', 'version', 'object', 'event'] as const

export const services = {
  overview: tableQuery({
    summary: 'Requests, errors and latency per service from its server and consumer spans, worst change first',
    input: z.object({ range: zRange, compareTo: zRange.optional(), sources: zSources }),
    columns: [col('service', 'string'), ...measures(''), ...measures('before'), col('change', 'float')],
  }),
  sparklines: tableQuery({
    summary: 'Per service and time bucket: requests, errors and p95, for the small pictures of the overview',
    input: z.object({ range: zRange, buckets: z.number().int().min(1).max(500).default(60), sources: zSources }),
    columns: [
      col('service', 'string'),
      col('time', 'time'),
      col('requests', 'int'),
      col('errors', 'int'),
      col('p95Ns', 'int', 'ns'),
    ],
  }),
  map: query({
    summary:
      'Who calls whom, from parent and child spans of different services and producer/consumer links; where only a part of the spans of a live source was read, also what that source counted itself',
    input: z.object({ range: zRange, compareTo: zRange.optional(), sources: zSources }),
    output: z.object({
      nodes: z.array(
        z.object({
          id: z.string(),
          kind: z.enum(['service', 'database', 'messaging', 'external']),
          requests: z.number(),
          errorRatio: z.number(),
          p95Ns: z.number(),
          change: z.number().nullable(),
        }),
      ),
      edges: z.array(
        z.object({
          from: z.string(),
          to: z.string(),
          requests: z.number(),
          errorRatio: z.number(),
          /** null where no span of the call was seen */
          p95Ns: z.number().nullable(),
          beforeErrorRatio: z.number().nullable(),
          beforeP95Ns: z.number().nullable(),
          /** what a live source counted itself, where its spans were not all read; null errors = not counted */
          counted: z.object({ source: z.string(), calls: z.number(), errors: z.number().nullable() }).nullable(),
          /** no span of it was seen: requests and errors are what the source counted */
          countedOnly: z.boolean(),
        }),
      ),
      completeness: zCompleteness,
    }),
  }),
  measured: tableQuery({
    summary:
      'Rate, errors and latency per service and step as live trace backends measured them from every span (span metrics), where they do',
    input: z.object({
      range: zRange,
      services: z.array(z.string().max(500)).max(50).optional().describe('default: those that the source lists'),
      steps: z.number().int().min(2).max(500).default(60),
      sources: zSources,
    }),
    columns: [
      col('service', 'string'),
      col('source', 'string'),
      col('time', 'time'),
      col('ratePerSecond', 'float', '1/s'),
      col('errorRatio', 'float', '1'),
      col('p50Ns', 'int', 'ns'),
      col('p95Ns', 'int', 'ns'),
      col('p99Ns', 'int', 'ns'),
    ],
    /** sources that measure, and live ones that do not */
    headline: z.object({ measuring: z.array(z.string()), without: z.array(z.string()) }),
  }),
  changes: tableQuery({
    summary:
      'What changed against an earlier window: services, operations, log levels, metrics, versions, objects, ranked by size; what a service that it waits for explains stands below that one, a new version or object of a service that then moved above it; versions and objects of the last minutes before the range are told too',
    input: z.object({
      range: zRange,
      compareTo: zRange
        .optional()
        .describe('default: the hour before `range`, or as long as the range where that is shorter'),
      kinds: z.array(z.enum(CHANGE_KINDS)).optional(),
      alone: z
        .boolean()
        .optional()
        .describe('true: nothing but `kinds` is read, so what other kinds tell of causes does not rank them; cheaper'),
      service: z.string().max(500).optional(),
      sources: zSources,
      ...paged(200),
    }),
    columns: [
      col('kind', 'string'),
      col('subject', 'string'),
      col('service', 'string'),
      /** the machine or pod whose series a metric is */
      col('instance', 'string'),
      col('measure', 'string'),
      col('unit', 'string'),
      col('before', 'float'),
      col('after', 'float'),
      col('beforeText', 'string'),
      col('afterText', 'string'),
      col('score', 'float'),
      col('direction', 'string'),
      col('at', 'time'),
      col('target', 'json'),
    ],
  }),
}
