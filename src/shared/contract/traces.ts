// Traces: find them, open one, compare, group.
import { z } from 'zod'
import { SPAN_STATUSES } from '../domain/telemetry.ts'
import {
  col,
  query,
  SOURCES_OF_TWO,
  tableQuery,
  zCompleteness,
  zDuration,
  zLimit,
  zRange,
  zSources,
  zSpanId,
  zTraceId,
  zNs,
  paged,
} from './define.ts'

/** Narrows spans; a trace matches when one of its spans matches all of it. */
export const zSpanFilter = z.object({
  /** only spans of this trace */
  traceId: zTraceId.optional(),
  service: z.string().max(500).optional(),
  operation: z.string().max(2000).optional(),
  minDuration: zDuration.optional(),
  maxDuration: zDuration.optional(),
  status: z.enum(SPAN_STATUSES).optional(),
  kind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']).optional(),
  /** value "*" = present; a leading "!" excludes; resource attributes are looked at too */
  attributes: z.record(z.string().max(500), z.union([z.string(), z.number(), z.boolean()])).optional(),
  text: z.string().max(500).optional().describe('in service, operation, status message or an attribute value'),
  /** of the whole trace that the span belongs to, whatever the span's own duration */
  minTraceDuration: zDuration.optional(),
  maxTraceDuration: zDuration.optional(),
  /** filter on the trace's own length and root instead of on single spans */
  rootOnly: z.boolean().optional(),
})
export type SpanFilter = z.input<typeof zSpanFilter>

/** adjusted: the clocks of a trace's hosts brought together, so that servers work while their clients wait */
const zTimes = z.enum(['raw', 'adjusted']).default('raw')

/** when the trace may have been: makes it cheaper for live sources that look through every day otherwise; it may be wrong */
const zAround = zRange.optional()

const ONE_TRACE = { traceId: zTraceId, around: zAround, sources: zSources, times: zTimes }

/** Traces of a time with a span that matches, as in `search`. */
const zTraceGroup = z.object({ range: zRange, filter: zSpanFilter.optional() })
const zGroupTotals = z.object({
  traces: z.number(),
  spans: z.number(),
  failed: z.number(),
  p50Ns: zNs,
  p95Ns: zNs,
  p99Ns: zNs,
  /** traces in which the critical path was walked: all, or as many as can be read, spread evenly */
  walked: z.number(),
})

const TRACE_COLUMNS = [
  col('traceId', 'string'),
  col('rootService', 'string'),
  col('rootOperation', 'string'),
  col('start', 'time'),
  col('durationNs', 'int', 'ns'),
  col('spans', 'int'),
  col('errors', 'int'),
  col('services', 'json'),
  col('source', 'string'),
]

export const SPAN_COLUMNS = [
  col('spanId', 'string'),
  col('parentId', 'string'),
  col('service', 'string'),
  col('operation', 'string'),
  col('kind', 'string'),
  col('start', 'time'),
  col('durationNs', 'int', 'ns'),
  col('status', 'string'),
  col('statusMessage', 'string'),
  col('attributes', 'json'),
  col('resource', 'json'),
  col('events', 'json'),
  col('links', 'json'),
  col('critical', 'bool'),
  col('selfNs', 'int', 'ns'),
  col('orphan', 'bool'),
  col('skewed', 'bool'),
]

/** One line of the waterfall: light enough to send a window at a time. */
export const WATERFALL_COLUMNS = [
  col('row', 'int'),
  col('spanId', 'string'),
  col('parentId', 'string'),
  col('depth', 'int'),
  col('children', 'int'),
  col('descendants', 'int'),
  col('collapsed', 'bool'),
  col('service', 'string'),
  col('operation', 'string'),
  col('kind', 'string'),
  col('start', 'time'),
  col('durationNs', 'int', 'ns'),
  col('selfNs', 'int', 'ns'),
  col('status', 'string'),
  col('critical', 'bool'),
  col('orphan', 'bool'),
  /** starts before its parent or ends after it by more than an asynchronous child explains */
  col('skewed', 'bool'),
  col('events', 'int'),
  col('links', 'int'),
  col('matches', 'bool'),
  /** when its events happened, relative to the trace: [ns, ..], the first 100 */
  col('eventsNs', 'json'),
  /** the parts of this span on the critical path: [[startNs, endNs], ..] relative to the trace, integers */
  col('criticalParts', 'json'),
]

export const traces = {
  search: tableQuery({
    summary: 'Traces with a span that matches, newest or longest first, each with the source that has it',
    input: zSpanFilter.extend({
      range: zRange,
      sources: zSources,
      orderBy: z.enum(['start', 'duration']).default('start'),
      ...paged(100, 1000),
    }),
    columns: TRACE_COLUMNS,
  }),
  scatter: tableQuery({
    summary:
      'Traces as points of start and duration; when there are too many, all errors and extremes stay and the rest is thinned evenly',
    input: zSpanFilter.extend({ range: zRange, sources: zSources, limit: zLimit(4000, 20_000) }),
    columns: [
      col('traceId', 'string'),
      col('start', 'time'),
      col('durationNs', 'int', 'ns'),
      col('rootService', 'string'),
      col('errors', 'int'),
      col('spans', 'int'),
      col('source', 'string'),
    ],
    /** of all traces that match, also where the points are thinned */
    headline: z.object({ traces: z.number(), failed: z.number(), p50Ns: zNs, p95Ns: zNs, longestNs: zNs }),
  }),
  get: tableQuery({
    summary:
      'All spans of one trace, parents before children, siblings by start; where several sources have one of this id, that with most spans, and `completeness` names the others',
    input: z.object({ ...ONE_TRACE, ...paged(100_000, 1_000_000) }),
    columns: SPAN_COLUMNS,
  }),
  header: query({
    summary: 'What is known of a trace before its rows: size, services, errors, critical path by operation, minimap',
    input: z.object(ONE_TRACE),
    output: z.object({
      traceId: z.string(),
      source: z.string(),
      rootService: z.string(),
      rootOperation: z.string(),
      start: z.string(),
      durationNs: zNs,
      spans: z.number(),
      errors: z.number(),
      depth: z.number(),
      orphans: z.number(),
      skewed: z.number(),
      cycles: z.number(),
      duplicates: z.number(),
      times: z.enum(['raw', 'adjusted']),
      /** what `adjusted` moves (and `raw` would): by host, or by service where spans name no host */
      clocks: z.array(
        z.object({
          host: z.string(),
          services: z.array(z.string()),
          /** later is positive; least and most differ where its calls contradict each other and each is moved alone */
          shiftNs: zNs,
          leastNs: zNs,
          mostNs: zNs,
          /** the true amount is within this; null where no call bounds it from both sides */
          errorNs: zNs.nullable(),
          calls: z.number(),
          spans: z.number(),
        }),
      ),
      services: z.array(z.object({ service: z.string(), spans: z.number(), errors: z.number(), selfNs: zNs })),
      /** exclusive time on the critical path, longest first */
      criticalPath: z.array(z.object({ service: z.string(), operation: z.string(), selfNs: zNs, share: z.number() })),
      /** spans and errors per 1/200 of the trace's length */
      minimap: z.object({ spans: z.array(z.number()), errors: z.array(z.number()), depth: z.array(z.number()) }),
      completeness: zCompleteness,
    }),
  }),
  waterfall: tableQuery({
    summary: 'A window of the visible rows of a trace; summary.total rows are visible in all',
    input: z.object({
      ...ONE_TRACE,
      collapsed: z.array(zSpanId).max(10_000).default([]),
      /** collapse everything at this depth or deeper unless listed in `expanded` */
      collapseDepth: z.number().int().min(0).optional(),
      /** collapse the children of these spans unless listed in `expanded` */
      collapseChildrenOf: z.array(zSpanId).max(10_000).default([]),
      expanded: z.array(zSpanId).max(10_000).default([]),
      /** marks matches; with onlyMatches rows without a match in or below them are left out */
      find: z.string().max(500).optional(),
      service: z.string().max(500).optional(),
      onlyErrors: z.boolean().default(false),
      onlyCritical: z.boolean().default(false),
      onlyMatches: z.boolean().default(false),
      offset: z.number().int().min(0).default(0),
      limit: zLimit(200, 2000),
    }),
    columns: WATERFALL_COLUMNS,
    headline: z.object({ total: z.number(), matches: z.number() }),
  }),
  /** the row number of a span in the waterfall as filtered and folded (the same inputs), to scroll to it */
  locate: query({
    summary: 'Where the next or previous match, error or given span is among the visible rows',
    input: z.object({
      ...ONE_TRACE,
      collapsed: z.array(zSpanId).max(10_000).default([]),
      collapseDepth: z.number().int().min(0).optional(),
      /** collapse the children of these spans unless listed in `expanded` */
      collapseChildrenOf: z.array(zSpanId).max(10_000).default([]),
      expanded: z.array(zSpanId).max(10_000).default([]),
      service: z.string().max(500).optional(),
      onlyErrors: z.boolean().default(false),
      onlyCritical: z.boolean().default(false),
      onlyMatches: z.boolean().default(false),
      spanId: zSpanId.optional(),
      find: z.string().max(500).optional(),
      /** looks for failed spans instead of matches */
      errors: z.boolean().default(false),
      after: z.number().int().min(-1).default(-1),
      direction: z.enum(['next', 'previous']).default('next'),
    }),
    output: z.object({
      row: z.number().nullable(),
      spanId: z.string().nullable(),
      matches: z.number(),
      completeness: zCompleteness,
    }),
  }),
  flame: tableQuery({
    summary: 'Spans of a part of a trace that are at least a pixel wide, with their depth',
    input: z.object({
      ...ONE_TRACE,
      fromNs: z.number().int().min(0).optional(),
      toNs: z.number().int().optional(),
      width: z.number().int().min(100).max(8000).default(1200),
    }),
    columns: [
      col('spanId', 'string'),
      col('depth', 'int'),
      col('service', 'string'),
      col('operation', 'string'),
      col('offsetNs', 'int', 'ns'),
      col('durationNs', 'int', 'ns'),
      col('status', 'string'),
      col('critical', 'bool'),
    ],
  }),
  span: tableQuery({
    summary: 'One span with everything it carries',
    input: z.object({ ...ONE_TRACE, spanId: zSpanId }),
    columns: SPAN_COLUMNS,
  }),
  stats: tableQuery({
    summary: 'Spans counted and timed by service, operation or any attribute (`all`: in one), most frequent first',
    input: z.object({
      range: zRange,
      groupBy: z
        .array(z.string().regex(/^(all|service|operation|kind|status|attr:.+)$/))
        .min(1)
        .max(4),
      filter: zSpanFilter.optional(),
      sources: zSources,
      ...paged(200, 5000),
    }),
    columns: [
      col('count', 'int'),
      col('errorRatio', 'float', '1'),
      col('p50Ns', 'int', 'ns'),
      col('p95Ns', 'int', 'ns'),
      col('p99Ns', 'int', 'ns'),
    ],
    open: true,
  }),
  differences: tableQuery({
    summary: 'Which attribute values set one group of spans apart from the rest: shares in both, exact counts, score',
    input: z.object({
      range: zRange,
      filter: zSpanFilter.optional(),
      /** the group: slower than, failing, or started inside a window */
      selection: z.object({
        minDuration: zDuration.optional(),
        maxDuration: zDuration.optional(),
        status: z.enum(SPAN_STATUSES).optional(),
        range: zRange.optional(),
      }),
      sources: zSources,
      ...paged(50, 500),
    }),
    columns: [
      col('key', 'string'),
      col('value', 'string'),
      col('selected', 'int'),
      col('rest', 'int'),
      col('selectedShare', 'float', '1'),
      col('restShare', 'float', '1'),
      col('score', 'float'),
      col('pValue', 'float'),
    ],
  }),
  compare: tableQuery({
    summary: 'Two traces side by side, by call path: counts, total and self time in each',
    input: z.object({ a: zTraceId, b: zTraceId, ...SOURCES_OF_TWO, times: zTimes }),
    columns: [
      col('path', 'json'),
      col('depth', 'int'),
      col('service', 'string'),
      col('operation', 'string'),
      col('countA', 'int'),
      col('countB', 'int'),
      col('durationNsA', 'int', 'ns'),
      col('durationNsB', 'int', 'ns'),
      col('selfNsA', 'int', 'ns'),
      col('selfNsB', 'int', 'ns'),
      col('errorsA', 'int'),
      col('errorsB', 'int'),
      col('state', 'string'),
    ],
  }),
  compareGroups: tableQuery({
    summary:
      'Two groups of traces (before and after, two filters, two boxes) by operation: counts, errors, times, time on the critical path per trace; largest change of that first',
    input: z.object({ a: zTraceGroup, b: zTraceGroup, sources: zSources, ...paged(500, 5000) }),
    columns: [
      col('service', 'string'),
      col('operation', 'string'),
      col('countA', 'int'),
      col('countB', 'int'),
      col('perTraceA', 'float'),
      col('perTraceB', 'float'),
      col('errorsA', 'int'),
      col('errorsB', 'int'),
      col('p50NsA', 'int', 'ns'),
      col('p50NsB', 'int', 'ns'),
      col('p95NsA', 'int', 'ns'),
      col('p95NsB', 'int', 'ns'),
      col('p99NsA', 'int', 'ns'),
      col('p99NsB', 'int', 'ns'),
      /** mean of a trace */
      col('criticalNsA', 'int', 'ns'),
      col('criticalNsB', 'int', 'ns'),
      col('state', 'string'),
    ],
    headline: z.object({ a: zGroupTotals, b: zGroupTotals }),
  }),
  groupDifferences: tableQuery({
    summary: 'Which attribute values of their spans set two groups of traces apart: exact counts, shares, score',
    input: z.object({ a: zTraceGroup, b: zTraceGroup, sources: zSources, ...paged(100, 500) }),
    columns: [
      col('key', 'string'),
      col('value', 'string'),
      col('countA', 'int'),
      col('countB', 'int'),
      col('shareA', 'float', '1'),
      col('shareB', 'float', '1'),
      col('score', 'float'),
      col('pValue', 'float'),
    ],
  }),
  keys: tableQuery({
    summary: 'Attribute keys of spans and resources in the range, most frequent first; for completion',
    input: z.object({
      range: zRange,
      text: z.string().max(200).optional(),
      sources: zSources,
      ...paged(200, 2000),
    }),
    columns: [col('key', 'string'), col('spans', 'int')],
  }),
  values: tableQuery({
    summary: 'Values of an attribute, of `service` or of `operation` in the range, most frequent first; for completion',
    input: z.object({
      range: zRange,
      key: z.string().max(500),
      service: z.string().max(500).optional(),
      text: z.string().max(200).optional(),
      sources: zSources,
      ...paged(100, 2000),
    }),
    columns: [col('value', 'string'), col('spans', 'int')],
  }),
}
