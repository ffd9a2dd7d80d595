// Start-up of the page: theme first, then the engine, then everything else.

import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { showAllOnCanvas } from '../lib/shown/canvas.ts'
import '../theme/tokens.css'
import '../theme/global.css'
import { assertDefined } from '../../shared/base/assert.ts'
import { afterTurns } from '../charts/draw-queue.ts'
import { connectEngine } from '../lib/engine/connect.ts'
import { EngineProvider, setEngine } from '../lib/engine/context.ts'
import { asWatchdeckError, createQueryClient } from '../lib/engine/hooks.ts'
import { askAllAgain, followChanges, recoverAfterBreaks } from '../lib/engine/invalidate.ts'
import { measured } from '../lib/engine/measured.ts'
import { installIdle, isTest } from '../lib/idle.ts'
import { startTheme } from '../theme/theme.ts'
import { watchTyping } from '../lib/program.ts'
import { activeCommands } from '../workbench/commands.ts'
import { ErrorBoundary } from '../workbench/ErrorBoundary.tsx'
import { startPlace, usePlaceStore } from '../workbench/place-store.ts'
import { registerFeatures } from '../workbench/registry.ts'
import { App } from './App.tsx'
import { FEATURES } from './features.ts'
import { followLaunches } from './launch.ts'
import { StartFailure } from './StartFailure.tsx'

showAllOnCanvas(CanvasRenderingContext2D.prototype)
const root = createRoot(assertDefined(document.getElementById('root'), 'index.html has a #root'))

async function start(): Promise<void> {
  startTheme()
  watchTyping()
  const client = measured(await connectEngine())
  setEngine(client)
  const queries = createQueryClient()
  startPlace()
  registerFeatures(FEATURES)
  followChanges(client, queries)
  recoverAfterBreaks(client, queries)
  usePlaceStore.subscribe((now, before) => now.refreshes !== before.refreshes && askAllAgain(queries, afterTurns))
  installIdle(client, queries)
  if (isTest()) window.__commands = activeCommands
  followLaunches(window.watchdeck, client)
  root.render(
    <StrictMode>
      <EngineProvider value={client}>
        <QueryClientProvider client={queries}>
          <ErrorBoundary whole>
            <App />
          </ErrorBoundary>
        </QueryClientProvider>
      </EngineProvider>
    </StrictMode>,
  )
}

start().catch((error: unknown) => root.render(<StartFailure error={asWatchdeckError(error)} />))
