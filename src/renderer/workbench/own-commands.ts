// The commands that hold everywhere, and the list of all that are on offer now.

import { t } from '../i18n/index.ts'
import { engine } from '../lib/engine/index.ts'
import { escapeTop } from '../lib/escape.ts'
import { adoptPreferences } from '../lib/preferences.ts'
import { currentTheme } from '../theme/theme.ts'
import { asWatchdeckError } from '../lib/engine/hooks.ts'
import { activeCommands, type Command } from './commands.ts'
import { copyText } from './copy.ts'
import { helpTopic } from './HelpLink.tsx'
import { openTarget } from './links.ts'
import { openHelp, openPalette, openRange, togglePerformance } from './overlays.ts'
import { withOwnKeys } from './own-keys.ts'
import { clearFilters, currentPlace, currentRange, refreshNow, setRange } from './place-store.ts'
import { useRegistry } from './registry.ts'
import { shifted, zoomed } from './time-range.ts'
import { toastError } from './toasts.ts'

function switchTheme(): void {
  const theme = currentTheme() === 'dark' ? 'light' : 'dark'
  adoptPreferences({ theme })
  engine()
    .call('settings.set', { theme })
    .catch((error: unknown) => toastError(asWatchdeckError(error), t('app.settings.failed')))
}

const OWN: readonly Command[] = [
  { id: 'palette', title: 'workbench.command.palette', keys: ['Mod+k'], inPalette: false, run: openPalette },
  { id: 'help', title: 'workbench.command.help', keys: ['?'], run: openHelp },
  {
    id: 'help.page',
    title: 'workbench.command.helpPage',
    keys: ['F1'],
    run: () => openTarget({ view: 'help', path: helpTopic() }),
  },
  { id: 'escape', title: 'workbench.command.escape', keys: ['Escape'], inPalette: false, run: () => void escapeTop() },
  { id: 'performance', title: 'workbench.command.performance', run: togglePerformance },
  { id: 'theme', title: 'workbench.command.theme', run: switchTheme },
  { id: 'link', title: 'workbench.command.copyLink', keys: ['y'], run: () => void copyText(location.href) },
  {
    id: 'range.earlier',
    title: 'workbench.command.earlier',
    keys: ['['],
    group: 'workbench.group.time',
    run: () => setRange(shifted(currentRange(), -1)),
  },
  {
    id: 'range.later',
    title: 'workbench.command.later',
    keys: [']'],
    group: 'workbench.group.time',
    run: () => setRange(shifted(currentRange(), 1)),
  },
  {
    id: 'range.in',
    title: 'workbench.command.zoomIn',
    keys: ['=', '+'],
    group: 'workbench.group.time',
    run: () => setRange(zoomed(currentRange(), 'in')),
  },
  {
    id: 'range.out',
    title: 'workbench.command.zoomOut',
    keys: ['-'],
    group: 'workbench.group.time',
    run: () => setRange(zoomed(currentRange(), 'out')),
  },
  { id: 'range.set', title: 'workbench.command.range', keys: ['t'], group: 'workbench.group.time', run: openRange },
  { id: 'refresh', title: 'workbench.command.refresh', keys: ['r'], group: 'workbench.group.time', run: refreshNow },
  {
    id: 'filters.clear',
    title: 'workbench.command.clearFilters',
    run: clearFilters,
    when: () => currentPlace().filters.length > 0,
  },
]

/** Own, views, features, and those of what is on screen, under the keys that a person gave them; later ones win. */
export function allCommands(): readonly Command[] {
  return [...lastingCommands(), ...activeCommands()].map((command) => withOwnKeys(command))
}

/** Those that are there whatever is on screen, under their own keys. */
export function lastingCommands(): readonly Command[] {
  const { views, commands } = useRegistry.getState()
  const goes = views.map(
    (view): Command => ({
      id: `go.${view.id}`,
      title: view.title,
      group: 'workbench.group.views',
      ...(view.key === undefined ? {} : { keys: [`g ${view.key}`] }),
      run: () => openTarget({ view: view.id }),
    }),
  )
  return [...OWN, ...goes, ...commands]
}
