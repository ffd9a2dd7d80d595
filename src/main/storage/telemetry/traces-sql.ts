// One row a trace, made from its spans when a writer commits.
//
// root      the earliest span that says it has no parent; in a trace without one, the earliest whose parent is not in the
//           trace; in a cycle, the earliest span
// start     earliest start; duration: from there to the latest end
// services  JSON [[service, spans, errors], ..], most spans first

/** SQL text: `services` of a trace. @param list of [service, spans, errors], as texts, most spans first */
export const servicesSql = (list: string): string =>
  `'[' || array_to_string(list_transform(${list}, lambda s: '[' || to_json(s[1]) || ',' || s[2] || ',' || s[3] || ']'), ',') || ']'`

/** Spans whose traces are made at once: their names and lists cannot be spilled, so this is what bounds the memory. */
const PART_SPANS = 200_000

/**
 * The statements that make the rows, in order, inside the writer's transaction. A large write is done in parts by trace.
 * @param source key of the source
 * @param touched a table of trace ids to redo; undefined: every trace of the source
 * @param spans that the traces have, about
 * @param since no span of these traces starts before it: what the source had before that is not looked at
 * @param database that holds spans and traces
 */
export function traceRowsSql(
  source: number,
  touched: string | undefined,
  spans: number,
  since: bigint | undefined,
  database = 'telemetry',
): string[] {
  const of = `source = ${source}${since === undefined ? '' : ` AND start_ns >= ${since}`}`
  const mine = `${of}${touched === undefined ? '' : ` AND trace_id IN (SELECT trace_id FROM ${touched})`}`
  const parts = Math.ceil(spans / PART_SPANS)
  const target = `${database}.main.traces`
  if (parts <= 1) return [`INSERT INTO ${target} ${selectOf(source, of, mine, database)} ORDER BY start_ns`]
  // gathered first: the table is kept in the order of time, so that a question about an hour skips the rest
  return [
    `CREATE OR REPLACE TEMP TABLE new_traces AS SELECT * FROM ${target} LIMIT 0`,
    ...Array.from(
      { length: parts },
      (_, part) =>
        `INSERT INTO temp.main.new_traces ${selectOf(source, of, `${mine} AND hash(trace_id) % ${parts} = ${part}`, database)}`,
    ),
    `INSERT INTO ${target} SELECT * FROM temp.main.new_traces ORDER BY start_ns`,
    'DROP TABLE temp.main.new_traces',
  ]
}

function selectOf(source: number, of: string, mine: string, database: string): string {
  return `
    WITH per_service AS (
      SELECT trace_id, service, count(*) AS spans, count(*) FILTER (status = 2) AS errors, min(start_ns) AS first_ns, max(start_ns + duration_ns) AS last_ns,
        arg_min(operation, start_ns) AS first_operation, min(start_ns) FILTER (parent_id = 0) AS root_ns, arg_min(operation, start_ns) FILTER (parent_id = 0) AS root_operation
      FROM ${database}.main.spans WHERE ${mine} GROUP BY trace_id, service
    ), per_trace AS (
      SELECT trace_id, min(first_ns) AS start_ns, max(last_ns) - min(first_ns) AS duration_ns, min(root_ns) AS root_ns,
        arg_min(service, root_ns) AS root_service, arg_min(root_operation, root_ns) AS root_operation,
        arg_min(service, first_ns) AS first_service, arg_min(first_operation, first_ns) AS first_operation,
        sum(spans)::INTEGER AS spans, sum(errors)::INTEGER AS errors,
        '[' || string_agg('[' || to_json(service) || ',' || spans || ',' || errors || ']', ',' ORDER BY spans DESC, service) || ']' AS services
      FROM per_service GROUP BY trace_id
    ), headless AS (
      SELECT s.trace_id, arg_min(s.service, s.start_ns) AS service, arg_min(s.operation, s.start_ns) AS operation
      FROM (SELECT trace_id, parent_id, service, operation, start_ns FROM ${database}.main.spans WHERE ${mine}
            AND trace_id IN (SELECT trace_id FROM per_trace WHERE root_ns IS NULL)) s
      WHERE NOT EXISTS (SELECT 1 FROM ${database}.main.spans p WHERE ${of} AND p.trace_id = s.trace_id AND p.span_id = s.parent_id)
      GROUP BY s.trace_id
    )
    SELECT ${source} AS source, t.trace_id, t.start_ns, t.duration_ns, coalesce(t.root_service, h.service, t.first_service),
      coalesce(t.root_operation, h.operation, t.first_operation), t.spans, t.errors, t.services
    FROM per_trace t LEFT JOIN headless h ON h.trace_id = t.trace_id`
}
