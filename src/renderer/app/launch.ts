// What the desktop says should be on screen: the file of a double click, files named at the start, the demo. The engine
// reads them as it reads anything that is dropped here.

import type { Client } from '../../shared/rpc/api.ts'
import { t } from '../i18n/index.ts'
import type { DesktopBridge } from '../lib/engine/connect.ts'
import { asWatchdeckError } from '../lib/engine/hooks.ts'
import { runJob } from '../lib/engine/jobs.ts'
import { resolveLanguage, usePreferences } from '../lib/preferences.ts'
import { openIncidentFile } from '../workbench/incident-file.ts'
import { openTarget } from '../workbench/links.ts'
import { toastError } from '../workbench/toasts.ts'

/** From now on intents are followed; those that came before the page was ready come at once. */
export function followLaunches(bridge: DesktopBridge | undefined, client: Client): void {
  if (!bridge) return
  bridge.onOpen((intent) => void follow(intent, client))
  const speak = () => bridge.speak(resolveLanguage(usePreferences.getState().language, navigator.languages))
  speak()
  usePreferences.subscribe(speak)
}

async function follow(intent: unknown, client: Client): Promise<void> {
  if (typeof intent !== 'object' || intent === null || !('kind' in intent)) return
  if (intent.kind === 'open' && 'path' in intent && typeof intent.path === 'string') await openIncidentFile(intent.path)
  else if (intent.kind === 'import' && 'paths' in intent && Array.isArray(intent.paths))
    openTarget({ view: 'import', params: { paths: intent.paths.filter((path) => typeof path === 'string') } })
  else if (intent.kind === 'demo') await openDemo(client)
}

async function openDemo(client: Client): Promise<void> {
  try {
    const { incident, source, from, to } = await runJob(client, 'demo.create', {}, () => undefined)
    openTarget({
      view: incident === undefined ? 'services' : 'incidents',
      path: incident === undefined ? [] : [incident],
      params: { range: { from, to }, sources: [source] },
      filters: [],
    })
  } catch (error) {
    toastError(asWatchdeckError(error), t('app.start.demoFailed'))
  }
}
