// What a mark of the timeline is: its time, its words, and where to go from it.

import { asEpochNs } from '../../../shared/base/time.ts'
import { useT } from '../../i18n/index.ts'
import { Button, NameTag, Popover, Time } from '../../ui/index.ts'
import { addFilter, brushRange, linkTo } from '../../workbench/index.ts'
import { hrefOf, targetOfPin } from './pin-target.ts'
import type { TimelineItem, TimelineMark } from './timeline-model.ts'
import styles from './Timeline.module.css'
import { isStage, stageKey } from './words.ts'

const SHOWN = 12
const HALF_MINUTE = 30_000_000_000n

const whatOf = (target: unknown): { method: string; input: Record<string, unknown> } | undefined =>
  typeof target === 'object' &&
  target !== null &&
  'method' in target &&
  typeof target.method === 'string' &&
  'input' in target &&
  typeof target.input === 'object' &&
  target.input !== null
    ? { method: target.method, input: { ...target.input } }
    : undefined

export function MarkPopover({
  mark,
  at,
  onClose,
}: {
  mark: TimelineMark
  at: { x: number; y: number }
  onClose: () => void
}) {
  const t = useT()
  const first = mark.items[0]
  const last = mark.items.at(-1)
  if (!first || !last) return null
  const look = (): void => {
    const until = first.until ?? last.at + HALF_MINUTE
    brushRange(first.at - HALF_MINUTE, asEpochNs(until))
    onClose()
  }
  return (
    <Popover open at={at} label={t(`incidents.lane.${mark.lane}`)} onOpenChange={(open) => !open && onClose()}>
      <div className={styles['popover']}>
        {mark.items.slice(0, SHOWN).map((item) => (
          <Item key={item.row} item={item} onClose={onClose} />
        ))}
        {mark.items.length > SHOWN && (
          <p className={styles['dim']}>{t('incidents.moreInTable', { count: mark.items.length - SHOWN })}</p>
        )}
        <div>
          <Button icon="clock" onClick={look}>
            {t(first.until === undefined ? 'incidents.lookAtMinute' : 'incidents.lookAtSpan')}
          </Button>
        </div>
      </div>
    </Popover>
  )
}

function Item({ item, onClose }: { item: TimelineItem; onClose: () => void }) {
  const t = useT()
  const what = whatOf(item.target)
  const target = what && targetOfPin(what)
  return (
    <div className={styles['item']}>
      <Time ns={item.at} day />
      {item.until !== undefined && (
        <>
          {' – '}
          <Time ns={item.until} />
        </>
      )}
      <b>{isStage(item.title) ? t(stageKey(item.title)) : item.title}</b>
      {item.detail !== '' && item.detail !== item.title && <p>{item.detail}</p>}
      <span className={styles['links']}>
        {item.service !== '' && (
          <button
            type="button"
            className={styles['service']}
            aria-label={t('workbench.value.filterIn', { field: 'service', value: item.service })}
            onClick={() => {
              addFilter({ field: 'service', value: item.service, exclude: false })
              onClose()
            }}
          >
            <NameTag name={item.service} />
          </button>
        )}
        {target && <a href={hrefOf(target)}>{t('incidents.openThere')}</a>}
        {item.entry !== undefined && item.lane !== 'stage' && (
          <a
            href={`#entry-${item.entry}`}
            onClick={(event) => {
              event.preventDefault()
              onClose()
              requestAnimationFrame(() => {
                const card = document.getElementById(`entry-${item.entry}`)
                card?.scrollIntoView({ block: 'nearest' })
                card?.focus()
              })
            }}
          >
            {t('incidents.showEntry')}
          </a>
        )}
        {item.lane === 'alert' && item.service !== '' && (
          <a href={linkTo('services', { service: item.service })}>{t('incidents.service')}</a>
        )}
      </span>
    </div>
  )
}
