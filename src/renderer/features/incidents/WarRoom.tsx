// The place of one incident: header with its clocks, the timeline and lanes over its whole window, logs, traces and
// objects of the brushed part beneath, notes and pins at the right. The range of the address is the brush: it drives
// every panel, and goes along to any other view.

import { useEffect, useMemo, useRef, useState } from 'react'
import type { TimeRange } from '../../../shared/base/time.ts'
import type { Incident } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { onEscape } from '../../lib/escape.ts'
import { Drawer, EmptyState, ErrorState, Skeleton, SplitPane } from '../../ui/index.ts'
import {
  currentPlace,
  currentRange,
  linkTo,
  movePlace,
  setCurrentIncident,
  setParam,
  setRange,
  useCommands,
  useParam,
  useRange,
} from '../../workbench/index.ts'
import { BottomTabs } from './BottomTabs.tsx'
import { ChatDialog } from './ChatDialog.tsx'
import { windowOf } from './clocks.ts'
import { EditDialog } from './CreateDialog.tsx'
import { LaneStack } from './LaneStack.tsx'
import { ReadOnlyBanner } from './ReadOnlyBanner.tsx'
import { RecordDialog } from './RecordDialog.tsx'
import { ReportDialog } from './ReportDialog.tsx'
import { type RoomAction, roomCommands } from './room-commands.ts'
import { SaveDialog } from './SaveDialog.tsx'
import { SideColumn } from './SideColumn.tsx'
import { Timeline } from './Timeline.tsx'
import { useNarrow } from './use-narrow.ts'
import styles from './WarRoom.module.css'
import { type RoomDialog, WarHeader } from './WarHeader.tsx'

export function WarRoom({ id }: { id: string }) {
  const t = useT()
  const answer = useMethod('incidents.get', { id }, { keepPrevious: false })
  const incident = answer.data
  if (answer.error && !incident)
    return answer.error.code === 'not_found' ? (
      <EmptyState title={t('incidents.gone')} actions={<a href={linkTo('incidents')}>{t('incidents.toList')}</a>}>
        {t('incidents.goneText')}
      </EmptyState>
    ) : (
      <ErrorState error={answer.error} onRetry={answer.refetch} what={t('incidents.openFailed')} />
    )
  if (!incident)
    return (
      <div className={styles['waiting']}>
        <Skeleton height={36} />
        <Skeleton height={140} />
        <Skeleton lines={14} />
      </div>
    )
  return <Room incident={incident} />
}

/** A range and sources that speak of this incident, where the address has none or those of something else. */
function useOwnScope(incident: Incident): void {
  const { from, to } = incident.range
  const sources = incident.sources.join(',')
  const before = useRef<TimeRange>(undefined)
  useEffect(() => {
    const place = currentPlace()
    const range = currentRange()
    const own = windowOf({ range: { from, to } })
    const ids = sources === '' ? [] : sources.split(',')
    // who looks at the whole window goes on doing so when a recording widens it
    const whole = before.current !== undefined && range.from === before.current.from && range.to === before.current.to
    const grew = whole && (own.from !== range.from || own.to !== range.to)
    before.current = own
    const foreign = grew || place.range === undefined || range.from < own.from || range.to > own.to
    const known = place.sources?.every((s) => ids.includes(s)) ?? false
    if (!foreign && known) return
    movePlace(
      {
        ...(foreign ? { range: { from, to } } : {}),
        ...(known ? {} : { sources: ids.length === 0 ? undefined : ids }),
      },
      { replace: true },
    )
  }, [from, to, sources])
}

function Room({ incident }: { incident: Incident }) {
  const t = useT()
  const range = useRange()
  useOwnScope(incident)
  const { id } = incident
  const { from, to } = incident.range
  const own = useMemo(() => windowOf({ range: { from, to } }), [from, to])
  const brushed = range.from > own.from || range.to < own.to
  const brush = useMemo(
    () => (brushed ? { from: range.from, to: range.to } : undefined),
    [brushed, range.from, range.to],
  )
  const [marks] = useParam<boolean>('marks', true)
  const timeline = useMethod('incidents.timeline', { incident: id, marks }, { keepPrevious: false })
  const entries = useMethod('incidents.entries', { incident: id }, { keepPrevious: false })
  const [dialog, setDialog] = useState<RoomDialog>()
  const [side, setSide] = useParam<boolean>('side', true)
  const narrow = useNarrow()
  const [drawer, setDrawer] = useState(false)
  const group = `incident-${id}`
  const pane = useRef<HTMLDivElement>(null)

  useEffect(() => {
    setCurrentIncident(incident.readOnly ? undefined : id)
  }, [id, incident.readOnly])
  useEffect(() => (brushed ? onEscape(() => setRange(incident.range)) : undefined), [brushed, incident.range])

  const toggleSide = (): void => (narrow ? setDrawer(!drawer) : setSide(side ? false : undefined))
  const focusNote = (): void => {
    if (narrow) setDrawer(true)
    else setSide(undefined)
    const field = document.getElementById('incident-note')
    if (field) field.focus()
    else requestAnimationFrame(() => document.getElementById('incident-note')?.focus())
  }
  const actions: Record<RoomAction, () => void> = {
    summary: () => setDialog('summary'),
    save: () => setDialog('save'),
    report: () => setDialog('report'),
    edit: () => setDialog('edit'),
    record: () => setDialog('record'),
    note: focusNote,
    side: toggleSide,
    lane: () => setParam('add', true),
    whole: () => setRange(incident.range),
    timeline: () => document.querySelector<HTMLElement>('[data-testid="incident-timeline"]')?.focus(),
    stage: () => document.getElementById('incident-stage')?.click(),
  }
  const latest = useRef(actions)
  latest.current = actions
  const commands = useMemo(
    () => roomCommands(incident.readOnly, (action) => latest.current[action]()),
    [incident.readOnly],
  )
  useCommands(commands)

  const column = <SideColumn incident={incident} entries={entries} brush={brush} onEdit={() => setDialog('edit')} />
  const picture = (
    <div className={styles['picture']} ref={pane}>
      <div className={styles['aligned']}>
        <Timeline incident={id} answer={timeline} range={own} brush={brush} group={group} />
        <LaneStack incident={incident} entries={entries} range={own} brush={brush} group={group} pane={pane} />
      </div>
    </div>
  )
  const main = (
    <SplitPane
      id="incident.bottom"
      label={t('incidents.bottom')}
      direction="column"
      sized="second"
      initial={280}
      min={96}
    >
      {picture}
      <BottomTabs incident={incident} brush={brush} />
    </SplitPane>
  )
  return (
    <div className={styles['room']}>
      {incident.readOnly && <ReadOnlyBanner incident={incident} />}
      <WarHeader
        incident={incident}
        onDialog={setDialog}
        sideOpen={narrow ? drawer : side}
        onSide={toggleSide}
        brushed={brushed}
      />
      <div className={styles['body']}>
        <SplitPane
          id="incident.side"
          label={t('incidents.side')}
          direction="row"
          sized="second"
          initial={330}
          min={240}
          open={!narrow && side}
        >
          {main}
          {column}
        </SplitPane>
        {narrow && drawer && (
          <div className={styles['floating']}>
            <Drawer title={t('incidents.side')} label={t('incidents.side')} onClose={() => setDrawer(false)}>
              {column}
            </Drawer>
          </div>
        )}
      </div>
      {dialog === 'summary' && <ChatDialog incident={incident} onClose={() => setDialog(undefined)} />}
      {dialog === 'report' && <ReportDialog incident={incident} onClose={() => setDialog(undefined)} />}
      {dialog === 'save' && (
        <SaveDialog incident={incident} onClose={() => setDialog(undefined)} onRecord={() => setDialog('record')} />
      )}
      {dialog === 'record' && <RecordDialog incident={incident} onClose={() => setDialog(undefined)} />}
      {dialog === 'edit' && <EditDialog incident={incident} onClose={() => setDialog(undefined)} />}
    </div>
  )
}
