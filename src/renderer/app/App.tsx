// The shell: rail, header line, the view, job tray, messages, and what floats above (palette, help, pins, explanations).

import { Suspense, useEffect, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { useMethod } from '../lib/engine/index.ts'
import { part, usePart } from '../lib/part.ts'
import { adoptPreferences, usePreferences } from '../lib/preferences.ts'
import { TooltipProvider } from '../ui/Tooltip.tsx'
import { EmptyState, PendingView } from '../ui/State.tsx'
import { BringingFiles } from '../workbench/BringingFiles.tsx'
import { ConnectionLine } from '../workbench/ConnectionLine.tsx'
import { dataRange } from '../workbench/data-range.ts'
import { ErrorBoundary } from '../workbench/ErrorBoundary.tsx'
import { HelpOverlay } from '../workbench/HelpOverlay.tsx'
import { startKeymap } from '../workbench/keymap.ts'
import { adoptKeys } from '../workbench/own-keys.ts'
import { allCommands } from '../workbench/own-commands.ts'
import { OpenFileDialog } from '../workbench/OpenFileDialog.tsx'
import { togglePerformance, useOverlay } from '../workbench/overlays.ts'
import { Palette } from '../workbench/Palette.tsx'
import { PinDialog } from '../workbench/PinDialog.tsx'
import { setFallbackRange, usePlace, useRangeKnown } from '../workbench/place-store.ts'
import { useRegistry, type View } from '../workbench/registry.ts'
import { DEFAULT_RANGE } from '../workbench/time-range.ts'
import { Toasts } from '../workbench/Toasts.tsx'
import { TableFileDialog } from '../workbench/TableFileDialog.tsx'
import { WhatIsThis } from '../workbench/WhatIsThis.tsx'
import styles from './App.module.css'
import { FileDrop } from './FileDrop.tsx'
import { Header } from './Header.tsx'
import { NeedsData } from './NoData.tsx'
import { Rail } from './Rail.tsx'
import { RoomLine } from './RoomLine.tsx'
import { useTour } from './tour/tour.ts'
import { useServiceColours } from './use-service-colours.ts'

export function App() {
  const t = useT()
  const place = usePlace()
  // units are part of every number on screen: the view is drawn anew when they change
  const units = usePreferences((p) => `${p.bytes} ${p.durations}`)
  const view = useRegistry((r) => r.views.find((v) => v.id === place.view))
  useSettings()
  useDataRange()
  useServiceColours()
  useEffect(() => {
    const keys = startKeymap(allCommands)
    return () => keys[Symbol.dispose]()
  }, [])
  useEffect(() => {
    document.title = view ? `${t(view.title)} · Watchdeck` : 'Watchdeck'
  }, [view, t])
  return (
    <TooltipProvider delay={400}>
      <FileDrop>
        <div className={styles['shell']}>
          <button type="button" className={styles['skip']} onClick={() => document.getElementById('content')?.focus()}>
            {t('app.skip')}
          </button>
          <Rail />
          <div className={styles['column']}>
            <Header view={view} />
            <RoomLine />
            <main id="content" className={styles['content']} tabIndex={-1}>
              {view ? (
                <ErrorBoundary key={view.id === 'settings' ? view.id : `${view.id} ${units}`}>
                  <ViewHost view={view} />
                </ErrorBoundary>
              ) : (
                <EmptyState title={t('app.view.unknown', { view: place.view })}>{t('app.view.unknownHint')}</EmptyState>
              )}
            </main>
            <Performance />
            <Tour />
            <ConnectionLine />
          </div>
        </div>
        <Palette />
        <HelpOverlay />
        <PinDialog />
        <WhatIsThis />
        <TableFileDialog />
        <OpenFileDialog />
        <BringingFiles />
        <Toasts />
      </FileDrop>
    </TooltipProvider>
  )
}

const PerformancePanel = part(() => import('./performance/PerformancePanel.tsx'))

function Performance() {
  const open = useOverlay((s) => s.performance)
  const { view } = usePlace()
  return (
    open && (
      <ErrorBoundary>
        <Suspense fallback={<PendingView>{null}</PendingView>}>
          <PerformancePanel key={view} onClose={togglePerformance} />
        </Suspense>
      </ErrorBoundary>
    )
  )
}

const TourStrip = part(() => import('./tour/TourStrip.tsx'))

function Tour() {
  const running = useTour((s) => s.at !== undefined)
  return (
    running && (
      <ErrorBoundary>
        <Suspense fallback={<PendingView>{null}</PendingView>}>
          <TourStrip />
        </Suspense>
      </ErrorBoundary>
    )
  )
}

function ViewHost({ view }: { view: View }) {
  // its code comes while the range is being asked for
  const Component = usePart(view.component)
  const known = useRangeKnown()
  const anyway = view.scoped === false || view.withoutData === true
  // asked before the range is known, every question of the view would be asked twice
  if (!Component || !(anyway || known)) return <PendingView />
  if (anyway) return <Component />
  return (
    <NeedsData>
      <Component />
    </NeedsData>
  )
}

function useSettings(): void {
  const { data } = useMethod('settings.get', {})
  // an incident may be looked at in a zone of its own
  const place = usePlace()
  const incident = place.view === 'incidents' ? place.path[0] : undefined
  useEffect(() => {
    if (!data) return
    const { theme, contrast, language, density, bytes, durations, keymap } = data
    const zone = (incident !== undefined && data.incidentZones[incident]) || data.zone
    adoptPreferences({ theme, contrast, language, zone, density, bytes, durations })
    adoptKeys(keymap)
  }, [data, incident])
}

/** Where the address names no range, show the newest data there is rather than an hour without any. */
function useDataRange(): void {
  const { data, error } = useMethod('sources.list', {})
  const [known, setKnown] = useState('')
  useEffect(() => {
    if (error && !data) setFallbackRange(DEFAULT_RANGE)
    if (!data) return
    const newest = data.sources.find((s) => s.state === 'ready' && dataRange(s) !== undefined)
    const range = (newest && dataRange(newest)) ?? DEFAULT_RANGE
    const key = `${range.from}/${range.to}`
    if (key === known) return
    setKnown(key)
    setFallbackRange(range)
  }, [data, error, known])
}
