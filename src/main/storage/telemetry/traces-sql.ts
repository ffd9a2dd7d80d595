// One row a trace, made from its spans when a writer commits.
//
// root      the earliest span that says it has no parent; in a trace without one, the earliest whose parent is not in the
//           trace; in a cycle, the earliest span
// start     earliest start; duration: from there to the latest end
// services  JSON [[service, spans, errors], ..], most spans first

/**
 * @param source key of the source
 * @param touched a table of trace ids to redo; undefined: every trace of the source
 */
export function traceRowsSql(source: number, touched: string | undefined): string {
  const mine = `source = ${source}${touched === undefined ? '' : ` AND trace_id IN (SELECT trace_id FROM ${touched})`}`
  return `INSERT INTO telemetry.main.traces
    WITH per_service AS (
      SELECT trace_id, service, count(*) AS spans, count(*) FILTER (status = 2) AS errors, min(start_ns) AS first_ns, max(start_ns + duration_ns) AS last_ns,
        arg_min(operation, start_ns) AS first_operation, min(start_ns) FILTER (parent_id = 0) AS root_ns, arg_min(operation, start_ns) FILTER (parent_id = 0) AS root_operation
      FROM telemetry.main.spans WHERE ${mine} GROUP BY trace_id, service
    ), per_trace AS (
      SELECT trace_id, min(first_ns) AS start_ns, max(last_ns) - min(first_ns) AS duration_ns, min(root_ns) AS root_ns,
        arg_min(service, root_ns) AS root_service, arg_min(root_operation, root_ns) AS root_operation,
        arg_min(service, first_ns) AS first_service, arg_min(first_operation, first_ns) AS first_operation,
        sum(spans)::INTEGER AS spans, sum(errors)::INTEGER AS errors,
        '[' || string_agg('[' || to_json(service) || ',' || spans || ',' || errors || ']', ',' ORDER BY spans DESC, service) || ']' AS services
      FROM per_service GROUP BY trace_id
    ), headless AS (
      SELECT s.trace_id, arg_min(s.service, s.start_ns) AS service, arg_min(s.operation, s.start_ns) AS operation
      FROM (SELECT trace_id, parent_id, service, operation, start_ns FROM telemetry.main.spans WHERE ${mine}
            AND trace_id IN (SELECT trace_id FROM per_trace WHERE root_ns IS NULL)) s
      WHERE NOT EXISTS (SELECT 1 FROM telemetry.main.spans p WHERE p.source = ${source} AND p.trace_id = s.trace_id AND p.span_id = s.parent_id)
      GROUP BY s.trace_id
    )
    SELECT ${source}, t.trace_id, t.start_ns, t.duration_ns, coalesce(t.root_service, h.service, t.first_service),
      coalesce(t.root_operation, h.operation, t.first_operation), t.spans, t.errors, t.services
    FROM per_trace t LEFT JOIN headless h ON h.trace_id = t.trace_id
    ORDER BY t.start_ns`
}
