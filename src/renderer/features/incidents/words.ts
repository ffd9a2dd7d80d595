// How severities, stages and pinned methods are shown: their tone and the key of their word.

import type { Incident, Stage } from '../../../shared/contract/incidents.ts'
import type { MessageKey, Translate } from '../../i18n/index.ts'
import type { Tone } from '../../theme/palette.ts'

export const SEVERITIES = ['critical', 'major', 'minor', 'notice'] as const satisfies readonly Incident['severity'][]
export const STAGES = ['detected', 'analysing', 'mitigated', 'resolved', 'reviewed'] as const satisfies readonly Stage[]

export const SEVERITY_TONE: Record<Incident['severity'], Tone> = {
  critical: 'critical',
  major: 'warning',
  minor: 'note',
  notice: 'neutral',
}

export const STAGE_TONE: Record<Stage, Tone> = {
  detected: 'critical',
  analysing: 'warning',
  mitigated: 'note',
  resolved: 'ok',
  reviewed: 'neutral',
}

export const severityKey = (severity: Incident['severity']): MessageKey => `incidents.severity.${severity}`
export const stageKey = (stage: Stage): MessageKey => `incidents.stage.${stage}`
export const isStage = (text: string): text is Stage => (STAGES as readonly string[]).includes(text)

/** Roles that have a word in each language; others are as they were typed. */
const ROLES = ['lead', 'comms', 'scribe'] as const
export const roleWord = (role: string, t: Translate): string => {
  const known = ROLES.find((each) => each === role)
  return known === undefined ? role : t(`incidents.role.${known}`)
}

/** The number that people say: INC-12. */
export const numberOfIncident = (incident: Pick<Incident, 'number'>): string => `INC-${incident.number}`

/** What a pinned method asks, in a word: "Traces", "Log lines". */
export function kindKey(method: string): MessageKey {
  switch (method.slice(0, method.indexOf('.'))) {
    case 'traces':
      return ['traces.get', 'traces.header', 'traces.waterfall'].includes(method)
        ? 'incidents.kind.trace'
        : 'incidents.kind.traces'
    case 'logs':
      return method === 'logs.histogram' ? 'incidents.kind.volume' : 'incidents.kind.logs'
    case 'metrics':
      return 'incidents.kind.metrics'
    case 'services':
      return method === 'services.changes' ? 'incidents.kind.changes' : 'incidents.kind.services'
    case 'clusters':
      return method === 'clusters.happenings' ? 'incidents.kind.happenings' : 'incidents.kind.objects'
    default:
      return 'incidents.kind.other'
  }
}
