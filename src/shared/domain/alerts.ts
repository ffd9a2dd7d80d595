// Alerts as rows of what happened: one row when an alert is first seen, another when it changes or ends; the row with the
// highest count of the same uid and start is the newest.

import { contentHash } from '../base/hash.ts'
import type { LiveAlert } from './live-source.ts'
import type { HappeningRow } from './telemetry.ts'

/** The end of an alert that still fires: the year 2200. */
export const OPEN_END = 7_258_118_400_000_000_000n
/** Past this an end is none; the clock of a source may have been put right, and with it the end of what still fires. */
export const OPEN_FROM = (OPEN_END / 4n) * 3n
export const isOpenEnd = (end: bigint): boolean => end > OPEN_FROM
export const ALERT_UID = 'alert:'
/** Alerts as a rule's own server tells them; an Alertmanager may tell the same under more labels, and then it is its to tell. */
const RULE_ALERT = 'rule:'
export const RULE_ALERT_UID = `${ALERT_UID}${RULE_ALERT}`
export const isRuleAlert = ({ fingerprint }: Pick<LiveAlert, 'fingerprint'>): boolean =>
  fingerprint.startsWith(RULE_ALERT)

/** Of the labels alone, whatever their order. */
export const ruleFingerprint = (labels: Readonly<Record<string, string>>): string =>
  RULE_ALERT + contentHash(JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))).toString(16)
/** uid of rows that say when nobody looked */
export const GAP_UID = 'unwatched:'

/** Words of rules for what wakes people. */
export const isSevere = (severity: string): boolean => /^(critical|page|error|emergency|fatal|high)$/i.test(severity)

/** What an incident is called, from what the rule calls its alert. */
export function incidentSeverity(severity: string): 'critical' | 'major' | 'minor' | 'notice' {
  if (isSevere(severity)) return 'critical'
  if (/^warn/i.test(severity)) return 'minor'
  return /^(info|none|notice|ticket)/i.test(severity) ? 'notice' : 'major'
}

export interface AlertVersion {
  readonly alert: LiveAlert
  readonly version: number
  /** undefined while it fires */
  readonly endsAt: bigint | undefined
}

const OBJECT_LABELS = [
  ['pod', 'Pod'],
  ['deployment', 'Deployment'],
  ['node', 'Node'],
  ['instance', 'Instance'],
] as const

export const summaryOf = ({ annotations }: Pick<LiveAlert, 'annotations'>): string =>
  annotations['summary'] ?? annotations['message'] ?? annotations['description'] ?? ''

export function happeningOf({ alert, version, endsAt }: AlertVersion, service: string): HappeningRow {
  const { labels } = alert
  const object = OBJECT_LABELS.find(([label]) => labels[label] !== undefined)
  return {
    time: alert.startsAt,
    endTime: endsAt ?? OPEN_END,
    kind: 'alert',
    severity: 'warning',
    reason: alert.name,
    message: summaryOf(alert),
    objectKind: object?.[1] ?? '',
    namespace: labels['namespace'] ?? '',
    name: (object && labels[object[0]]) ?? '',
    service,
    count: version,
    uid: `${ALERT_UID}${alert.fingerprint}`,
    attributes: {
      values: {
        ...labels,
        'alert.labels': labels,
        ...(alert.external === undefined ? {} : { 'alert.external': alert.external }),
        'alert.annotations': alert.annotations,
        'alert.state': alert.state,
        'alert.silencedBy': alert.silencedBy,
        'alert.inhibitedBy': [...alert.inhibitedBy, ...alert.mutedBy],
        'alert.receivers': alert.receivers,
        'alert.generator': alert.generatorUrl,
        ...(alert.told === undefined ? {} : { 'alert.told': `${alert.told}` }),
        ...(alert.expression === undefined ? {} : { 'alert.expression': alert.expression }),
        // JSON has no NaN
        ...(alert.value === undefined ? {} : { 'alert.value': `${alert.value}` }),
      },
    },
  }
}

/** The PromQL that raised an alert, from the address of its rule; undefined where that does not hold one. */
export function expressionOf({
  expression,
  generatorUrl,
}: Pick<LiveAlert, 'expression' | 'generatorUrl'>): string | undefined {
  if (expression !== undefined) return expression
  if (!URL.canParse(generatorUrl)) return undefined
  const query = new URL(generatorUrl).searchParams
  return query.get('g0.expr') ?? query.get('expr') ?? undefined
}
