// English words of the report, and what every language has to say.

import type { Incident, Stage } from '../../shared/contract/incidents.ts'

export const en = {
  severity: 'Severity',
  stage: 'Stage',
  window: 'Window',
  zone: 'Time zone',
  services: 'Services',
  roles: 'Roles',
  tags: 'Tags',
  summary: 'Summary',
  stages: 'Stages',
  reached: 'Reached',
  since: 'After detection',
  timeline: 'Timeline',
  time: 'Time',
  kind: 'Kind',
  what: 'What',
  evidence: 'Evidence',
  notes: 'Notes',
  sources: 'Sources',
  source: 'Source',
  from: 'From',
  to: 'To',
  rows: 'Rows',
  noPins: 'Nothing was pinned.',
  noNotes: 'No notes were written.',
  noEvents: 'Nothing is recorded in this window.',
  missing: (sources: string, from: string, to: string, reason: string, stretches: number) =>
    stretches === 1
      ? `Not seen: ${sources}, ${from} to ${to} (${reason}).`
      : `Not seen: ${sources}, ${stretches} stretches of time between ${from} and ${to} (${reason}).`,
  moreGaps: (n: number) => (n === 1 ? 'One more thing was not seen.' : `${n} more things were not seen.`),
  /** rows shown, rows kept, rows that the question had: not told, or more than were counted */
  shownOf: (shown: number, kept: number, total: number | 'more' | undefined) => {
    const more =
      total === 'more'
        ? '; more matched than were kept'
        : total !== undefined && total > kept
          ? `; there were ${total} in all`
          : ''
    if (shown < kept) return `${shown} of ${kept} rows are shown, the incident file has them all${more}.`
    return more === '' ? '' : `${kept} rows were kept${more}.`
  },
  moreEvents: (n: number) =>
    n === 1
      ? 'One further event of the window is left out here.'
      : `${n} further events of the window are left out here.`,
  routine: (n: number) =>
    n === 1 ? 'One routine event of the cluster is not listed.' : `${n} routine events of the cluster are not listed.`,
  repeated: (times: number, last: string) => ` (${times} times, last ${last})`,
  moreSeries: (shown: number, total: number) => `${shown} of ${total} series are drawn, those with the highest peaks.`,
  pointsDrawn: (shown: number, total: number) =>
    `${shown} of ${total} traces are drawn; failures and extremes were kept first.`,
  tracesTold: (traces: number, failed: number, median: string, p95: string, longest: string) =>
    `${traces} traces, ${failed} with errors. Half within ${median}, 95 % within ${p95}, longest ${longest}.`,
  withErrors: 'with errors',
  withoutErrors: 'without errors',
  axisLines: 'lines',
  nothingFound: 'Nothing was found.',
  titled: (kind: string, question: string) => `${kind}: ${question}`,
  comma: ', ',
  colon: ': ',
  yes: 'yes',
  no: 'no',
  keptAt: (at: string) => `pinned ${at}`,
  against: (from: string, to: string) => `against ${from} – ${to}`,
  everyStep: (step: string) => `every ${step}`,
  made: (version: string, at: string) => `Written by Watchdeck ${version} on ${at}.`,
  lanes: {
    stage: 'stage',
    note: 'note',
    pin: 'pin',
    alert: 'alert',
    change: 'change',
    'k8s-event': 'Kubernetes',
    gap: 'not there',
  },
  roleNames: { lead: 'Lead', comms: 'Communication', scribe: 'Scribe' },
  sourceKinds: { import: 'imported files', demo: 'demo', file: 'incident file' },
  kinds: {
    trace: 'Trace',
    traces: 'Traces',
    statistics: 'Spans by group',
    differences: 'What sets these spans apart',
    lines: 'Log lines',
    volume: 'Log volume',
    fields: 'Log fields',
    metric: 'Metric',
    changes: 'What changed',
    map: 'Calls between services',
    services: 'Services',
    objects: 'Kubernetes objects',
    happenings: 'Events and alerts',
    other: 'Answer',
  },
  /** filters of a question */
  conditions: {
    service: 'service',
    operation: 'operation',
    status: 'status',
    kind: 'kind',
    kinds: 'kinds',
    minDuration: 'duration',
    maxDuration: 'duration',
    minTraceDuration: 'whole trace',
    maxTraceDuration: 'whole trace',
    text: 'text',
    traceId: 'trace',
    spanId: 'span',
    rootOnly: 'roots only',
    groupBy: 'by',
    namespace: 'namespace',
  },
  /** headings of tables; others are their own name with spaces */
  columns: {
    time: 'Time',
    at: 'Since',
    level: 'Level',
    service: 'Service',
    body: 'Line',
    start: 'Start',
    rootService: 'Service',
    rootOperation: 'Operation',
    operation: 'Operation',
    durationNs: 'Duration',
    selfNs: 'Own time',
    status: 'Status',
    statusMessage: 'Message',
    spans: 'Spans',
    errors: 'Errors',
    traceId: 'Trace',
    count: 'Count',
    requests: 'Requests',
    ratePerSecond: 'Rate',
    errorRatio: 'Errors',
    p50Ns: 'p50',
    p95Ns: 'p95',
    p99Ns: 'p99',
    beforeRatePerSecond: 'Rate before',
    beforeErrorRatio: 'Errors before',
    beforeP95Ns: 'p95 before',
    kind: 'Kind',
    subject: 'Subject',
    times: 'Clocks',
    instance: 'Instance',
    measure: 'Measure',
    beforeText: 'Before',
    afterText: 'After',
    key: 'Attribute',
    value: 'Value',
    criticalNsA: 'Critical path, A',
    criticalNsB: 'Critical path, B',
    p95NsA: 'p95, A',
    p95NsB: 'p95, B',
    errorsA: 'Errors, A',
    errorsB: 'Errors, B',
    shareA: 'Share in A',
    shareB: 'Share in B',
    countA: 'Spans in A',
    countB: 'Spans in B',
    selectedShare: 'Share here',
    restShare: 'Share elsewhere',
    selected: 'Here',
    rest: 'Elsewhere',
    reason: 'Reason',
    objectKind: 'Object',
    name: 'Name',
    namespace: 'Namespace',
    message: 'Message',
    state: 'State',
    detail: 'Detail',
    version: 'Version',
    changed: 'Changed',
    versions: 'Versions',
    from: 'From',
    to: 'To',
    series: 'Series',
    metricValue: 'Value',
    share: 'Share',
    field: 'Field',
    type: 'Type',
    present: 'Present',
    distinct: 'Values',
    all: 'All',
    depth: 'Depth',
    orphans: 'Without their parent',
    skewed: 'Outside their parent',
    cycles: 'In cycles',
    duplicates: 'Twice the same id',
  },
  /** values that are words of the product */
  values: {
    adjusted: 'brought together',
    service: 'service',
    operation: 'operation',
    'log-level': 'log level',
    metric: 'metric',
    version: 'version',
    object: 'object',
    event: 'event',
    'k8s-event': 'Kubernetes',
    alert: 'alert',
    change: 'change',
    rate: 'rate',
    errors: 'errors',
    p95: 'p95',
    lines: 'lines',
    value: 'value',
    count: 'count',
  },
  severities: { critical: 'critical', major: 'major', minor: 'minor', notice: 'notice' },
  stageNames: {
    detected: 'detected',
    analysing: 'analysing',
    mitigated: 'mitigated',
    resolved: 'resolved',
    reviewed: 'reviewed',
  },
}

export type PinKind = keyof typeof en.kinds

type Named =
  | 'lanes'
  | 'severities'
  | 'stageNames'
  | 'roleNames'
  | 'sourceKinds'
  | 'kinds'
  | 'conditions'
  | 'columns'
  | 'values'
/** What every language says. */
export type Words = Omit<typeof en, Named> & {
  lanes: Record<keyof typeof en.lanes, string>
  roleNames: Record<keyof typeof en.roleNames, string>
  sourceKinds: Record<keyof typeof en.sourceKinds, string>
  kinds: Record<PinKind, string>
  conditions: Record<keyof typeof en.conditions, string>
  columns: Record<keyof typeof en.columns, string>
  values: Record<keyof typeof en.values, string>
  severities: Record<Incident['severity'], string>
  stageNames: Record<Stage, string>
}
