// The step of the tour at the foot of the page: in the flow, so that it covers nothing. What it speaks of is outlined.

import { useEffect, useMemo } from 'react'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { useLanguage } from '../../lib/preferences.ts'
import { Button } from '../../ui/Button.tsx'
import { Markdown } from '../../ui/Markdown.tsx'
import { type Command, useCommands } from '../../workbench/commands.ts'
import { linkTo, openTarget, type Target } from '../../workbench/links.ts'
import { usePlace } from '../../workbench/place-store.ts'
import { guideOf } from '../help/documents.ts'
import { stepsOf } from '../help/guide.ts'
import { leaveTour, stepTo, TOUR, useTour } from './tour.ts'
import styles from './Tour.module.css'

const href = (path: readonly string[]): string => linkTo('help', {}, { path })

const HERE = 'data-tour-here'

/** Outlines what the step speaks of, as soon as it is on screen. */
function usePointing(selector: string | undefined): void {
  useEffect(() => {
    if (selector === undefined) return
    const point = (): void => {
      const found = document.querySelector(selector)
      if (found?.hasAttribute(HERE)) return
      for (const old of document.querySelectorAll(`[${HERE}]`)) old.removeAttribute(HERE)
      found?.setAttribute(HERE, '')
    }
    point()
    const content = document.getElementById('content')
    const watching = new MutationObserver(point)
    if (content) watching.observe(content, { childList: true, subtree: true })
    return () => {
      watching.disconnect()
      for (const old of document.querySelectorAll(`[${HERE}]`)) old.removeAttribute(HERE)
    }
  }, [selector])
}

/** Where a step is to be seen: the newest incident for those of the war room. */
function useTarget(view: string): Target {
  const { data } = useMethod('incidents.list', { limit: 1 })
  const incident = data?.incidents.find(({ removed }) => !removed)
  if (view !== 'incidents' || !incident) return { view, filters: [] }
  const { id, range, sources } = incident
  return { view, path: [id], params: { range, ...(sources.length > 0 ? { sources } : {}) }, filters: [] }
}

export default function TourStrip() {
  const t = useT()
  const language = useLanguage()
  const texts = useMemo(() => stepsOf(guideOf(language, href).sections), [language])
  const at = useTour((s) => s.at) ?? 0
  const step = TOUR[at]
  const place = usePlace()
  const target = useTarget(step?.view ?? 'start')
  const there = place.view === target.view && (target.path?.[0] === undefined || place.path[0] === target.path[0])
  usePointing(there ? step?.point : `nav [data-view="${step?.view}"]`)
  const commands = useMemo<readonly Command[]>(
    () => [
      { id: 'tour.next', title: 'app.tour.next', group: 'app.tour.title', keys: ['g n'], run: () => stepTo(at + 1) },
      { id: 'tour.back', title: 'app.tour.back', group: 'app.tour.title', keys: ['g b'], run: () => stepTo(at - 1) },
      { id: 'tour.leave', title: 'app.tour.leave', group: 'app.tour.title', run: leaveTour },
    ],
    [at],
  )
  useCommands(commands)
  const last = at === TOUR.length - 1
  return (
    <section className={styles['strip']} aria-label={t('app.tour.title')}>
      <span className={styles['count']}>{t('app.tour.step', { n: at + 1, of: TOUR.length })}</span>
      <div className={styles['says']} aria-live="polite">
        <Markdown text={texts[at] ?? ''} />
      </div>
      <div className={styles['buttons']}>
        {!there && (
          <Button icon="arrowRight" onClick={() => openTarget(target)}>
            {t('app.tour.show')}
          </Button>
        )}
        <Button disabled={at === 0} onClick={() => stepTo(at - 1)}>
          {t('app.tour.back')}
        </Button>
        <Button kind="primary" onClick={() => stepTo(at + 1)}>
          {t(last ? 'app.tour.end' : 'app.tour.next')}
        </Button>
        <Button kind="quiet" onClick={leaveTour}>
          {t('app.tour.leave')}
        </Button>
      </div>
    </section>
  )
}
