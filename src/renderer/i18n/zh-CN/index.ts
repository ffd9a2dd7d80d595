// The Chinese catalogue; typed so that a missing or a surplus key does not compile.
import { alerts } from './alerts.ts'
import { app } from './app.ts'
import { clusters } from './clusters.ts'
import { files } from './files.ts'
import { imports } from './imports.ts'
import { incidents } from './incidents.ts'
import { logs } from './logs.ts'
import { metrics } from './metrics.ts'
import { recordings } from './recordings.ts'
import { reports } from './reports.ts'
import { services } from './services.ts'
import { settings } from './settings.ts'
import { sources } from './sources.ts'
import { space } from './space.ts'
import { traces } from './traces.ts'
import { ui } from './ui.ts'
import { workbench } from './workbench.ts'

import type { Catalogue } from '../words.ts'

export const zhCN: Catalogue = {
  app,
  workbench,
  ui,
  services,
  traces,
  logs,
  metrics,
  incidents,
  alerts,
  clusters,
  imports,
  settings,
  sources,
  files,
  space,
  recordings,
  reports,
}
