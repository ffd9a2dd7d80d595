// The words of the report, in both languages: the CLI writes it without a page, so they live with the engine.

import { sayIn } from '../../shared/i18n/index.ts'
import type { Incident, Stage } from '../../shared/contract/incidents.ts'

export type Language = 'en' | 'zh-CN'

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
  query: 'Query',
  notes: 'Notes',
  sources: 'Sources',
  source: 'Source',
  from: 'From',
  to: 'To',
  rows: 'Rows',
  noPins: 'Nothing was pinned.',
  noNotes: 'No notes were written.',
  noEvents: 'Nothing is recorded in this window.',
  complete: 'The answer was complete.',
  missing: (source: string, from: string, to: string, reason: string) =>
    `Not seen: ${source}, ${from} to ${to} (${reason}).`,
  truncated: (returned: number, total: number | undefined) =>
    total === undefined ? `Only the first ${returned} rows were kept.` : `${returned} of ${total} rows were kept.`,
  more: (n: number) => `${n} more rows are in the incident file.`,
  moreEvents: (n: number) => `${n} further events of the window are left out here.`,
  moreSeries: (shown: number, total: number) => `${shown} of ${total} series are drawn.`,
  keptAt: (at: string) => `Pinned for ${at}`,
  made: (version: string, at: string) => `Written by Watchdeck ${version} on ${at}.`,
  lanes: { stage: 'stage', note: 'note', pin: 'pin', alert: 'alert', change: 'change', 'k8s-event': 'Kubernetes' },
  severities: { critical: 'critical', major: 'major', minor: 'minor', notice: 'notice' },
  stageNames: {
    detected: 'detected',
    analysing: 'analysing',
    mitigated: 'mitigated',
    resolved: 'resolved',
    reviewed: 'reviewed',
  },
}

type Words = Omit<typeof en, 'lanes' | 'severities' | 'stageNames'> & {
  lanes: Record<keyof typeof en.lanes, string>
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
  query: '查询',
  notes: '记录',
  sources: '数据来源',
  source: '来源',
  from: '开始',
  to: '结束',
  rows: '行数',
  noPins: '没有固定任何证据。',
  noNotes: '没有记录。',
  noEvents: '该时间范围内没有事件。',
  complete: '结果完整。',
  missing: (source, from, to, reason) => `缺失：${source}，${from} 至 ${to}（${sayIn('zh-CN')(reason)}）。`,
  truncated: (returned, total) =>
    total === undefined ? `只保留了前 ${returned} 行。` : `共 ${total} 行，保留了 ${returned} 行。`,
  more: (n) => `其余 ${n} 行见事件文件。`,
  moreEvents: (n) => `另有 ${n} 个事件未列出。`,
  moreSeries: (shown, total) => `共 ${total} 条序列，图中为 ${shown} 条。`,
  keptAt: (at) => `固定于 ${at}`,
  made: (version, at) => `由 Watchdeck ${version} 生成于 ${at}。`,
  lanes: { stage: '阶段', note: '记录', pin: '固定', alert: '告警', change: '变更', 'k8s-event': 'Kubernetes' },
  severities: { critical: '严重', major: '重要', minor: '次要', notice: '提示' },
  stageNames: { detected: '已发现', analysing: '分析中', mitigated: '已缓解', resolved: '已解决', reviewed: '已复盘' },
}

export const wordsOf = (language: Language): Words => (language === 'en' ? en : zh)
export type { Words }
