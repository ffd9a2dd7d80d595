// What happened in a range, as SQL over a relation of happenings.

import type { TimeRange } from '../../../shared/base/time.ts'
import { ALERT_UID, RULE_ALERT_UID } from '../../../shared/domain/alerts.ts'
import type { Scope } from './api.ts'

const isLiveAlert = (uid: string): string => `starts_with(${uid}, '${ALERT_UID}')`
const IS_LIVE_ALERT = isLiveAlert('uid')
/** the rows of one live alert: one for every change, the highest `count` is the newest */
const VERSIONS = 'PARTITION BY source, uid, time_ns'

/** What a rule's own server tells. */
const IS_RULE_ALERT = `kind = 'alert' AND starts_with(uid, '${RULE_ALERT_UID}')`
const OVERLAP = 'o.reason = r.reason AND o.time_ns <= r.end_ns AND o.end_ns >= r.time_ns'

/** written over with what the rule's server adds, it still says all that it said */
const IS_NO_OTHERS = "json_contains(json_merge_patch(o.labels, coalesce(r.external, '{}')), o.labels)"

/**
 * As `toldHappeningsIn`, and an alert that several tell once, by who routes it: one that has every label of the rule's,
 * and none that contradicts those which the rule's server adds. Where two servers tell the same alert and do not both say
 * what they add, or add the same, nobody can say here which of them the routed one is from, and each stays. A parenthesised SELECT, to
 * stand after FROM.
 * @param relation happenings, of the scope
 */
export function happeningsIn(scope: Pick<Scope, 'relation'>, relation: string, range: TimeRange | undefined): string {
  return `(WITH all_told AS MATERIALIZED (SELECT * FROM ${toldHappeningsIn(relation, range)}),
      labelled AS MATERIALIZED (SELECT t.*, a.json -> '/alert.labels' AS labels, a.json -> '/alert.external' AS external FROM all_told t
        JOIN ${scope.relation('attributes')} a ON a.source = t.source AND a.hash = t.attrs
        WHERE t.kind = 'alert' AND ${isLiveAlert('t.uid')}),
      by_rule AS MATERIALIZED (SELECT * FROM labelled WHERE ${IS_RULE_ALERT}),
      routed AS (SELECT * FROM labelled WHERE NOT (${IS_RULE_ALERT}))
    SELECT * FROM all_told t WHERE NOT (${IS_RULE_ALERT}) OR NOT EXISTS
      (SELECT 1 FROM by_rule r WHERE r.source = t.source AND r.uid = t.uid AND r.time_ns = t.time_ns
        AND EXISTS (SELECT 1 FROM routed o WHERE ${OVERLAP} AND json_contains(o.labels, r.labels) AND ${IS_NO_OTHERS})
        AND NOT EXISTS (SELECT 1 FROM by_rule o WHERE o.source <> r.source AND ${OVERLAP} AND o.labels = r.labels
          AND NOT coalesce(o.external <> r.external, false))))`
}

/**
 * A parenthesised SELECT, to stand after FROM. What began before the range and was seen again within it is part of it: an
 * event that repeats, an alert that fires. Of a live alert there is the newest row alone, which says it all; it is looked
 * for among all of them, for the rows before it end never.
 */
export function toldHappeningsIn(relation: string, range: TimeRange | undefined): string {
  const [before, within] = range
    ? [`time_ns < ${range.to}`, `greatest(time_ns, end_ns) >= ${range.from}`]
    : ['true', 'true']
  return `(SELECT * FROM (SELECT * FROM ${relation} WHERE ${before} AND (${IS_LIVE_ALERT} OR ${within})
    QUALIFY NOT ${IS_LIVE_ALERT} OR count = max(count) OVER (${VERSIONS})) WHERE ${within})`
}

/**
 * The same for a copy of the rows as they are: all rows of a live alert, or none, and so is it of those that `isChosen`
 * leaves out.
 * @param isChosen a condition over the column of services
 */
export function happeningsToKeep(relation: string, range: TimeRange, isChosen: (service: string) => string): string {
  const within = `greatest(time_ns, end_ns) >= ${range.from} AND ${isChosen('service')}`
  return `SELECT * EXCLUDE (last_end, last_service) FROM (
      SELECT *, CASE WHEN ${IS_LIVE_ALERT} THEN arg_max(end_ns, count) OVER (${VERSIONS}) ELSE end_ns END AS last_end,
        CASE WHEN ${IS_LIVE_ALERT} THEN arg_max(service, count) OVER (${VERSIONS}) ELSE service END AS last_service
      FROM ${relation} WHERE time_ns < ${range.to} AND (${IS_LIVE_ALERT} OR (${within})))
    WHERE greatest(time_ns, last_end) >= ${range.from} AND ${isChosen('last_service')}`
}

/** SQL text: how often it happened; `count` numbers the versions of a live alert, which is one thing. */
export const toldCount = (alias: string): string =>
  `CASE WHEN ${isLiveAlert(`${alias}.uid`)} THEN 1 ELSE ${alias}.count END`
