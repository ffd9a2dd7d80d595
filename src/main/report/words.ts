// The words of the report, in both languages: the CLI writes it without a page, so they live with the engine.

import type { Incident, Stage } from '../../shared/contract/incidents.ts'
import { en } from './words-en.ts'
import { zh } from './words-zh.ts'

export type Language = 'en' | 'zh-CN'
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

export const wordsOf = (language: Language): Words => (language === 'en' ? en : zh)
export type { Words }
