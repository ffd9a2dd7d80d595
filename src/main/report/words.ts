// The words of the report, in both languages: the CLI writes it without a page, so they live with the engine.

import { sayIn } from '../../shared/i18n/index.ts'
import type { Incident, Stage } from '../../shared/contract/incidents.ts'

export type Language = 'en' | 'zh-CN'
export type PinKind = keyof typeof en.kinds

const en = {
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
  repeated: (times: number, last: string) => `(${times} times, last ${last})`,
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
  yes: 'yes',
  no: 'no',
  keptAt: (at: string) => `pinned ${at}`,
  against: (from: string, to: string) => `against ${from} – ${to}`,
  everyStep: (step: string) => `every ${step}`,
  made: (version: string, at: string) => `Written by Watchdeck ${version} on ${at}.`,
  lanes: { stage: 'stage', note: 'note', pin: 'pin', alert: 'alert', change: 'change', 'k8s-event': 'Kubernetes' },
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
    measure: 'Measure',
    beforeText: 'Before',
    afterText: 'After',
    key: 'Attribute',
    value: 'Value',
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
type Words = Omit<typeof en, Named> & {
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

const zh: Words = {
  severity: '级别',
  stage: '阶段',
  window: '时间范围',
  zone: '时区',
  services: '涉及服务',
  roles: '分工',
  tags: '标签',
  summary: '摘要',
  stages: '阶段',
  reached: '到达时间',
  since: '距发现',
  timeline: '时间线',
  time: '时间',
  kind: '类型',
  what: '内容',
  evidence: '证据',
  notes: '笔记',
  sources: '数据来源',
  source: '来源',
  from: '开始',
  to: '结束',
  rows: '行数',
  noPins: '没有钉住任何证据。',
  noNotes: '没有笔记。',
  noEvents: '该时间范围内没有事件。',
  missing: (sources, from, to, reason, stretches) =>
    stretches === 1
      ? `缺失：${sources}，${from} 至 ${to}（${sayIn('zh-CN')(reason)}）。`
      : `缺失：${sources}，${from} 至 ${to} 之间的 ${stretches} 段时间（${sayIn('zh-CN')(reason)}）。`,
  moreGaps: (n) => `另有 ${n} 处缺失。`,
  shownOf: (shown, kept, total) => {
    const more =
      total === 'more'
        ? '；符合条件的不止这些'
        : total !== undefined && total > kept
          ? `；符合条件的共 ${total} 行`
          : ''
    if (shown < kept) return `列出 ${kept} 行中的 ${shown} 行，其余见事故文件${more}。`
    return more === '' ? '' : `保留了 ${kept} 行${more}。`
  },
  moreEvents: (n) => `另有 ${n} 个事件未列出。`,
  routine: (n) => `集群的 ${n} 个例行事件未列出。`,
  repeated: (times, last) => `（共 ${times} 次，最后一次 ${last}）`,
  moreSeries: (shown, total) => `共 ${total} 条序列，图中为峰值最高的 ${shown} 条。`,
  pointsDrawn: (shown, total) => `共 ${total} 个 trace，图中为 ${shown} 个，优先保留出错的和最快最慢的。`,
  tracesTold: (traces, failed, median, p95, longest) =>
    `${traces} 个 trace，其中 ${failed} 个有错误。一半在 ${median} 以内，95 % 在 ${p95} 以内，最长 ${longest}。`,
  withErrors: '有错误',
  withoutErrors: '无错误',
  axisLines: '行数',
  nothingFound: '没有结果。',
  titled: (kind, question) => `${kind}：${question}`,
  comma: '、',
  yes: '是',
  no: '否',
  keptAt: (at) => `钉于 ${at}`,
  against: (from, to) => `对比 ${from} – ${to}`,
  everyStep: (step) => `步长 ${step}`,
  made: (version, at) => `由 Watchdeck ${version} 生成于 ${at}。`,
  lanes: { stage: '阶段', note: '笔记', pin: '图钉', alert: '告警', change: '变更', 'k8s-event': 'Kubernetes' },
  roleNames: { lead: '负责人', comms: '对外沟通', scribe: '记录' },
  sourceKinds: { import: '导入的文件', demo: '演示', file: '事故文件' },
  kinds: {
    trace: 'Trace',
    traces: 'Trace 列表',
    statistics: 'Span 分组统计',
    differences: '这些 span 的不同之处',
    lines: '日志',
    volume: '日志量',
    fields: '日志字段',
    metric: '指标',
    changes: '变化',
    map: '服务间调用',
    services: '服务',
    objects: 'Kubernetes 对象',
    happenings: '事件与告警',
    other: '结果',
  },
  conditions: {
    service: '服务',
    operation: '操作',
    status: '状态',
    kind: '类型',
    kinds: '类型',
    minDuration: '耗时',
    maxDuration: '耗时',
    minTraceDuration: '整个 trace',
    maxTraceDuration: '整个 trace',
    text: '文本',
    traceId: 'trace',
    spanId: 'span',
    rootOnly: '仅根 span',
    groupBy: '按',
    namespace: '命名空间',
  },
  columns: {
    time: '时间',
    at: '起始',
    level: '级别',
    service: '服务',
    body: '内容',
    start: '开始',
    rootService: '服务',
    rootOperation: '操作',
    operation: '操作',
    durationNs: '耗时',
    selfNs: '自身耗时',
    status: '状态',
    statusMessage: '消息',
    spans: 'Span 数',
    errors: '错误',
    traceId: 'Trace',
    count: '数量',
    requests: '请求数',
    ratePerSecond: '速率',
    errorRatio: '错误率',
    p50Ns: 'p50',
    p95Ns: 'p95',
    p99Ns: 'p99',
    beforeRatePerSecond: '之前速率',
    beforeErrorRatio: '之前错误率',
    beforeP95Ns: '之前 p95',
    kind: '类型',
    subject: '对象',
    measure: '度量',
    beforeText: '之前',
    afterText: '之后',
    key: '属性',
    value: '值',
    selectedShare: '此处占比',
    restShare: '其余占比',
    selected: '此处',
    rest: '其余',
    reason: '原因',
    objectKind: '对象',
    name: '名称',
    namespace: '命名空间',
    message: '消息',
    state: '状态',
    detail: '详情',
    version: '版本',
    changed: '变更于',
    versions: '版本数',
    from: '来自',
    to: '去往',
    series: '序列',
    metricValue: '值',
    share: '占比',
    field: '字段',
    type: '类型',
    present: '出现次数',
    distinct: '不同值',
    all: '全部',
    depth: '层数',
    orphans: '缺父 span',
    skewed: '超出父 span',
    cycles: '成环',
    duplicates: 'id 重复',
  },
  values: {
    service: '服务',
    operation: '操作',
    'log-level': '日志级别',
    metric: '指标',
    version: '版本',
    object: '对象',
    event: '事件',
    'k8s-event': 'Kubernetes',
    alert: '告警',
    change: '变更',
    rate: '速率',
    errors: '错误率',
    p95: 'p95',
    lines: '行数',
    value: '值',
    count: '数量',
  },
  severities: { critical: '严重', major: '重要', minor: '次要', notice: '提示' },
  stageNames: { detected: '已发现', analysing: '分析中', mitigated: '已缓解', resolved: '已解决', reviewed: '已复盘' },
}

export const wordsOf = (language: Language): Words => (language === 'en' ? en : zh)
export type { Words }
