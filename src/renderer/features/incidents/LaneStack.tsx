// The swim-lanes of an incident: every pinned question that has a shape over time, all over the same window with one
// crosshair and one brush. Where there are none yet, the ones that are worth beginning with are offered.

import { type RefObject, useEffect, useRef, useState } from 'react'
import type { TimeRange } from '../../../shared/base/time.ts'
import { formatRfc3339, tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { Entry, Incident } from '../../../shared/contract/incidents.ts'
import { say, sentences, useT } from '../../i18n/index.ts'
import { asWatchdeckError, engine, type MethodState } from '../../lib/engine/index.ts'
import { onEscape } from '../../lib/escape.ts'
import { shareOf, useRoom } from '../../lib/use-room.ts'
import { Button, CodeEditor, ErrorState, IconButton, Menu, Skeleton, Toggle } from '../../ui/index.ts'
import {
  askAbout,
  logQueryOf,
  openTarget,
  Panel,
  TableInAddress,
  toast,
  toastError,
  undoBy,
  useFilters,
  useParam,
} from '../../workbench/index.ts'
import { LaneSuggestions } from './LaneSuggestions.tsx'
import { laneOf, laneTime, queryLine, targetOfPin } from './pin-target.ts'
import { PLOT_LEFT, PLOT_RIGHT } from './timeline-paint.ts'
import { VolumeLane } from './VolumeLane.tsx'
import styles from './WarRoom.module.css'
import { STAGES } from './words.ts'

export interface LaneStackProps {
  readonly incident: Incident
  readonly entries: MethodState<MethodOutput<'incidents.entries'>>
  readonly range: TimeRange
  readonly brush: TimeRange | undefined
  readonly group: string
  /** the pane that the lanes may fill */
  readonly pane: RefObject<HTMLElement | null>
}

/** px: the least of a lane's picture, what stands over it, the buttons under all lanes, in two rows */
const [LANE_HEIGHT, HEAD_HEIGHT, ADD_HEIGHT] = [92, 25, 76]

export function LaneStack({ incident, entries, range, brush, group, pane }: LaneStackProps) {
  const t = useT()
  const [adding, setAdding] = useParam<boolean>('add', false)
  const [marks, setMarks] = useParam<boolean>('marks', true)
  const stack = useRef<HTMLElement>(null)
  const room = useRoom(pane, stack)
  const lanes = (entries.data?.entries ?? [])
    .filter((e) => e.kind === 'pin' && e.lane && e.what !== null && laneOf(e.what) !== undefined)
    .sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1))
  const height = shareOf(room - ADD_HEIGHT, lanes.length, HEAD_HEIGHT, LANE_HEIGHT, 220)
  return (
    <section ref={stack} className={styles['lanes']} aria-label={t('incidents.lanes')}>
      {entries.error && (
        <ErrorState error={entries.error} onRetry={entries.refetch} what={t('incidents.entriesFailed')} />
      )}
      {entries.loading && <Skeleton height={LANE_HEIGHT * 2} />}
      <div className={styles['laneGroup']}>
        {lanes.map((entry) => (
          <Lane key={entry.id} entry={entry} incident={incident} range={range} group={group} height={height} />
        ))}
        {lanes.length > 0 && <Overlay incident={incident} range={range} brush={brush} />}
      </div>
      {entries.data &&
        lanes.length === 0 &&
        (incident.readOnly ? (
          <p className={styles['noLanes']}>{t('incidents.noLanesInFile')}</p>
        ) : (
          <LaneSuggestions incident={incident} />
        ))}
      {!incident.readOnly && (
        <div className={styles['addLane']}>
          {adding ? (
            <AddLane incident={incident} onClose={() => setAdding(undefined, { replace: true })} />
          ) : (
            <>
              <Button kind="quiet" icon="plus" onClick={() => setAdding(true, { replace: true })}>
                {t('incidents.addLane')}
              </Button>
              {lanes.length > 0 && (
                <Toggle label={t('alerts.marks')} checked={marks} onChange={(on) => setMarks(on ? undefined : false)} />
              )}
              {lanes.length > 0 && lanes.length < 6 && <LaneSuggestions incident={incident} compact have={lanes} />}
            </>
          )}
        </div>
      )}
    </section>
  )
}

function Lane({
  entry,
  incident,
  range,
  group,
  height,
}: {
  entry: Entry
  incident: Incident
  range: TimeRange
  group: string
  height: number
}) {
  const t = useT()
  const filters = useFilters()
  const what = entry.what
  const lane = what && laneOf(what)
  if (!what || !lane) return null
  const input = { from: formatRfc3339(range.from), to: formatRfc3339(range.to) }
  const sources = lane.sources ?? (incident.sources.length > 0 ? incident.sources : undefined)
  const own = sources ? { sources } : {}
  const line = queryLine(what)
  const title = entry.title === '' ? line : entry.title
  const target = targetOfPin(what)
  const open = (): void => {
    if (target) openTarget({ ...target, params: { ...target.params, range: input } })
  }
  const hide = async (): Promise<void> => {
    try {
      await engine().call('incidents.editEntry', { id: entry.id, lane: false })
      toast(t('incidents.laneHidden', { title }), {
        action: undoBy('incidents.editEntry', { id: entry.id, lane: true }, t('ui.undoFailed')),
      })
    } catch (error) {
      toastError(asWatchdeckError(error), t('incidents.changeFailed'))
    }
  }
  return (
    <div className={styles['lane']} data-lane={entry.id}>
      <div className={styles['laneHead']}>
        <button type="button" className={styles['laneTitle']} title={line} onClick={open}>
          {title}
        </button>
        {title !== line && <code className={styles['laneQuery']}>{line}</code>}
        <Menu
          align="end"
          trigger={<IconButton icon="more" label={t('incidents.laneMenu', { title })} />}
          groups={[
            {
              items: [
                { id: 'open', icon: 'arrowRight', label: t('incidents.openThere'), run: open },
                {
                  id: 'why',
                  icon: 'question',
                  label: t('workbench.value.why'),
                  run: () =>
                    askAbout({
                      method: lane.kind === 'metric' ? 'metrics.lane' : 'logs.histogram',
                      input: { query: lane.query, range: input, ...own },
                      value: title,
                      at: { x: innerWidth / 2, y: 200 },
                    }),
                },
                {
                  id: 'hide',
                  icon: 'eye',
                  label: t('incidents.hideLane'),
                  disabled: incident.readOnly,
                  run: () => void hide(),
                },
              ],
            },
          ]}
        />
      </div>
      <TableInAddress name={entry.id}>
        {lane.kind === 'metric' ? (
          <Panel
            name="metrics.lane"
            query={lane.query}
            range={input}
            {...own}
            group={group}
            height={height}
            onOpen={open}
          />
        ) : (
          <VolumeLane
            label={title}
            query={logQueryOf(filters, lane.query)}
            range={range}
            {...own}
            group={group}
            height={height - 20}
          />
        )}
      </TableInAddress>
    </div>
  )
}

/** The brushed part and the stages, over all lanes; the pictures themselves know nothing of them. */
function Overlay({ incident, range, brush }: { incident: Incident; range: TimeRange; brush: TimeRange | undefined }) {
  const share = (at: bigint): number =>
    Math.min(1, Math.max(0, Number(at - range.from) / Number(range.to - range.from)))
  const stamps = STAGES.flatMap((stage) => {
    const at = tryParseRfc3339(incident.stamps.find((s) => s.stage === stage)?.at ?? '')
    return at !== undefined && at >= range.from && at < range.to ? [{ stage, at }] : []
  })
  const left = (at: bigint): string => `calc(${PLOT_LEFT}px + (100% - ${PLOT_LEFT + PLOT_RIGHT}px) * ${share(at)})`
  return (
    <div className={styles['overlay']} aria-hidden="true">
      {stamps.map(({ stage, at }) => (
        <i key={stage} className={styles['stamp']} style={{ left: left(at) }} />
      ))}
      {brush && (
        <i
          className={styles['band']}
          style={{
            left: left(brush.from),
            width: `max(1px, calc((100% - ${PLOT_LEFT + PLOT_RIGHT}px) * ${share(brush.to) - share(brush.from)}))`,
          }}
        />
      )}
    </div>
  )
}

function AddLane({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const t = useT()
  const [query, setQuery] = useState('')
  const [running, setRunning] = useState(false)
  const [wrong, setWrong] = useState<string>()
  const close = useRef(onClose)
  close.current = onClose
  useEffect(() => onEscape(() => close.current()), [])
  const add = async (text: string): Promise<void> => {
    if (text.trim() === '' || running) return
    setRunning(true)
    try {
      await engine().call('incidents.pin', {
        incident: incident.id,
        what: { method: 'metrics.lane', input: { query: text.trim(), range: incident.range, width: 1000 } },
        title: text.trim().slice(0, 300),
        at: laneTime(incident),
        lane: true,
      })
      onClose()
    } catch (error) {
      const { message, hint } = asWatchdeckError(error)
      setWrong(sentences([message, hint].map((each) => each && say(each))))
      setRunning(false)
    }
  }
  return (
    <div className={styles['laneEditor']}>
      <CodeEditor
        label={t('incidents.laneQuery')}
        language="promql"
        autoFocus
        value={query}
        placeholder={t('incidents.laneExample')}
        onChange={(text) => {
          setQuery(text)
          setWrong(undefined)
        }}
        onRun={(text) => void add(text)}
      />
      <Button kind="primary" disabled={query.trim() === '' || running} onClick={() => void add(query)}>
        {t('incidents.addLane')}
      </Button>
      <Button onClick={onClose}>{t('ui.cancel')}</Button>
      {wrong !== undefined && (
        <p className={styles['wrong']} role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}
