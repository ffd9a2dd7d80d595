// The state of an incident in a few lines for a chat. The words are here, not in the page: the CLI prints the same text.

import { formatDuration, toMillis, tryParseRfc3339 } from '../../shared/base/time.ts'
import { plainLine } from '../../shared/base/plain-line.ts'
import { visible } from '../../shared/base/visible.ts'
import { zoned } from '../../shared/base/zoned.ts'
import type { Incident, Stage } from '../../shared/contract/incidents.ts'
import { rowAt } from '../../shared/frame/frame.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'

type Language = 'en' | 'zh-CN'

const STAGE_WORDS: Record<Language, Record<Stage, string>> = {
  en: {
    detected: 'detected',
    analysing: 'analysing',
    mitigated: 'mitigated',
    resolved: 'resolved',
    reviewed: 'reviewed',
  },
  'zh-CN': { detected: '已发现', analysing: '分析中', mitigated: '已缓解', resolved: '已解决', reviewed: '已复盘' },
}
const SEVERITY_WORDS: Record<Language, Record<Incident['severity'], string>> = {
  en: { critical: 'critical', major: 'major', minor: 'minor', notice: 'notice' },
  'zh-CN': { critical: '严重', major: '重要', minor: '次要', notice: '提示' },
}
/** The same words as in the list of changes; English has them as the engine says them. */
const MEASURE_WORDS: Readonly<Record<string, string>> = {
  errors: '错误率',
  rate: '速率',
  lines: '行数',
  value: '数值',
  count: '次数',
  version: '版本',
  object: '定义',
}
const STATE_WORDS: Readonly<Record<string, string>> = { changed: '已更改', created: '已创建', deleted: '已删除' }

const WORDS = {
  en: {
    window: 'Window',
    stages: 'Stages',
    services: 'Services',
    changed: 'Changed most',
    last: 'Last notes',
    pins: 'Pinned',
    roles: 'Roles',
    roleNames: { lead: 'lead', comms: 'communication', scribe: 'scribe' },
    separator: ', ',
    colon: ': ',
  },
  'zh-CN': {
    window: '时间范围',
    stages: '阶段',
    services: '涉及服务',
    changed: '变化最大',
    last: '最近笔记',
    pins: '已钉住',
    roles: '分工',
    roleNames: { lead: '负责人', comms: '对外沟通', scribe: '记录' },
    separator: '、',
    colon: '：',
  },
} as const satisfies Record<Language, { roleNames: Record<string, string> } & Record<string, unknown>>

export async function chatSummary(
  engine: EngineContext,
  incident: Incident,
  { language, zone }: { language: Language; zone: string },
  context: CallContext,
): Promise<string> {
  const words = WORDS[language]
  const clock = clockIn(zone)
  const line = (name: string, value: string) => (value === '' ? [] : [`${name}${words.colon}${value}`])
  const entries = engine.catalog.entries.list(incident.id)
  const notes = entries.filter((e) => e.kind === 'note').sort((a, b) => (a.at < b.at ? 1 : -1))
  const pins = entries.filter((e) => e.kind === 'pin')
  return [
    `[${SEVERITY_WORDS[language][incident.severity]}] INC-${incident.number} ${incident.title}${inBrackets(STAGE_WORDS[language][incident.stage], language)}`,
    ...line(words.window, `${clock.minute(incident.range.from)} – ${clock.minute(incident.range.to)} ${zone}`),
    ...line(words.stages, stageLine(incident, language, clock.short)),
    ...line(words.services, incident.services.join(words.separator)),
    ...line(words.changed, (await changes(engine, incident, language, context)).join(language === 'en' ? '; ' : '；')),
    ...line(
      words.pins,
      pins
        .map((p) => p.title || p.what?.method || '')
        .slice(0, 5)
        .join(words.separator),
    ),
    ...line(
      words.last,
      notes
        .slice(0, 3)
        .map((n) => `${clock.short(n.at)} ${oneLine(n.markdown)}`)
        .join(' | '),
    ),
    ...line(
      words.roles,
      Object.entries(incident.roles)
        .map(([role, who]) => `${nameOfRole(role, language)} ${who}`)
        .join(words.separator),
    ),
    ...(incident.summary === '' ? [] : [oneLine(incident.summary)]),
  ]
    .map((each) => visible(each.replace(/\s+/g, ' ')))
    .join('\n')
}

function stageLine(incident: Incident, language: Language, clock: (at: string) => string): string {
  const first = incident.stamps[0]
  return incident.stamps
    .map((stamp) => {
      const since =
        first && stamp !== first ? (tryParseRfc3339(stamp.at) ?? 0n) - (tryParseRfc3339(first.at) ?? 0n) : undefined
      const after =
        since === undefined || since < 0n ? '' : ` (+${formatDuration((since / 1_000_000_000n) * 1_000_000_000n)})`
      return `${STAGE_WORDS[language][stamp.stage]} ${clock(stamp.at)}${after}`
    })
    .join(' → ')
}

/** The three largest changes from detection on (or of the whole window) against the hour before. */
async function changes(
  engine: EngineContext,
  incident: Incident,
  language: Language,
  context: CallContext,
): Promise<string[]> {
  if (incident.sources.length === 0) return []
  const detected = incident.stamps.find((stamp) => stamp.stage === 'detected')?.at
  const inside = detected !== undefined && detected > incident.range.from && detected < incident.range.to
  const { table } = await engine.call(
    'services.changes',
    { range: inside ? { from: detected, to: incident.range.to } : incident.range, sources: incident.sources, limit: 3 },
    context,
  )
  return Array.from({ length: table.rowCount }, (_, i) => {
    const row = rowAt(table, i)
    const measure = String(row['measure'])
    const before = String(row['beforeText'] ?? '')
    const told = String(row['afterText'] ?? '')
    // of an object the engine says what became of it, or its new image
    const [name, after] =
      language === 'en'
        ? [measure, told]
        : [
            MEASURE_WORDS[measure] ?? measure,
            measure === 'object' ? (Object.hasOwn(STATE_WORDS, told) ? STATE_WORDS[told] : told) : told,
          ]
    const instance = String(row['instance'] ?? '')
    return `${row['subject']}${instance === '' ? '' : ` ${instance}`} ${name} ${before === '' ? after : `${before} → ${after}`}`
  })
}

function nameOfRole(role: string, language: Language): string {
  const names: Readonly<Record<string, string>> = WORDS[language].roleNames
  return Object.hasOwn(names, role) ? (names[role] ?? role) : role
}
const inBrackets = (text: string, language: Language): string => (language === 'en' ? ` (${text})` : `（${text}）`)

/** Times of the incident in the zone of whoever reads the chat. */
function clockIn(zone: string): { minute: (at: string) => string; short: (at: string) => string } {
  const { full, clock } = zoned(zone)
  const ms = (at: string): number => toMillis(tryParseRfc3339(at) ?? 0n)
  return { minute: (at) => full(ms(at)).slice(0, 16), short: (at) => clock(ms(at)) }
}
const oneLine = (text: string): string => {
  const flat = plainLine(text.replace(/\s+/g, ' ').trim())
  return flat.length > 160 ? `${flat.slice(0, 159)}…` : flat
}
