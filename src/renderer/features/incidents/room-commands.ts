// What can be done in the war room by name and by key.

import type { MessageKey } from '../../i18n/index.ts'
import type { Command } from '../../workbench/index.ts'

export type RoomAction =
  | 'summary'
  | 'note'
  | 'lane'
  | 'save'
  | 'report'
  | 'edit'
  | 'side'
  | 'whole'
  | 'timeline'
  | 'stage'
  | 'record'

const ACTIONS: ReadonlyArray<{ action: RoomAction; title: MessageKey; key: string; writes?: boolean }> = [
  { action: 'summary', title: 'incidents.summary', key: 'c' },
  { action: 'note', title: 'incidents.note', key: 'n', writes: true },
  { action: 'stage', title: 'incidents.setStage', key: 'a', writes: true },
  { action: 'lane', title: 'incidents.addLane', key: 'l', writes: true },
  { action: 'timeline', title: 'incidents.toTimeline', key: 'w' },
  { action: 'whole', title: 'incidents.wholeWindow', key: '0' },
  { action: 'side', title: 'incidents.side', key: '\\' },
  { action: 'edit', title: 'incidents.edit', key: 'e', writes: true },
  { action: 'record', title: 'recordings.title', key: 'Shift+v', writes: true },
  { action: 'save', title: 'files.save', key: 's' },
  { action: 'report', title: 'reports.title', key: 'Shift+r' },
]

/** Without those that write where the incident cannot be changed. */
export const roomCommands = (readOnly: boolean, run: (action: RoomAction) => void): Command[] =>
  ACTIONS.filter((a) => !readOnly || a.writes !== true).map((a) => ({
    id: `incident.${a.action}`,
    title: a.title,
    keys: [a.key],
    group: 'incidents.room',
    run: () => run(a.action),
  }))
