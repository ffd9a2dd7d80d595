// Log lines: search, volume, fields, what stands around a line.
import { z } from 'zod'
import { col, query, tableQuery, zCompleteness, zRange, zSources, paged } from './define.ts'

export const LOG_COLUMNS = [
  col('time', 'time'),
  col('level', 'string'),
  col('service', 'string'),
  col('body', 'string'),
  col('traceId', 'string'),
  col('spanId', 'string'),
  col('attributes', 'json'),
  col('resource', 'json'),
  col('id', 'string'),
]

const zQuery = z.string().max(10_000).optional().describe('the log query language: docs/log-query.md')

export const logs = {
  search: tableQuery({
    summary: 'Lines that match, by time then id',
    input: z.object({
      range: zRange,
      query: zQuery,
      sources: zSources,
      order: z.enum(['desc', 'asc']).default('desc'),
      ...paged(200, 5000),
    }),
    columns: LOG_COLUMNS,
  }),
  histogram: tableQuery({
    summary: 'Lines per time bucket and level; every bucket of the range is there',
    input: z.object({
      range: zRange,
      query: zQuery,
      sources: zSources,
      buckets: z.number().int().min(1).max(2000).default(120),
    }),
    columns: [col('time', 'time'), col('level', 'string'), col('count', 'int')],
  }),
  count: query({
    summary: 'How many lines match',
    input: z.object({ range: zRange, query: zQuery, sources: zSources }),
    output: z.object({ count: z.number(), completeness: zCompleteness }),
  }),
  fields: tableQuery({
    summary: 'Fields of the matching lines with how many have them and their most frequent values',
    input: z.object({
      range: zRange,
      query: zQuery,
      sources: zSources,
      top: z.number().int().min(1).max(50).default(8),
      ...paged(200, 1000),
    }),
    columns: [
      col('field', 'string'),
      col('type', 'string'),
      col('present', 'int'),
      col('distinct', 'int'),
      col('top', 'json'),
    ],
  }),
  context: tableQuery({
    summary: 'Lines of the same service (or source when it has none) before and after one line, oldest first',
    input: z.object({
      id: z.string().max(64),
      before: z.number().int().min(0).max(1000).default(50),
      after: z.number().int().min(0).max(1000).default(50),
      everyService: z.boolean().default(false),
    }),
    columns: LOG_COLUMNS,
  }),
}
