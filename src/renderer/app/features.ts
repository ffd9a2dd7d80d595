// Every feature of the program, in no particular order: views sort themselves by their own `order`.
import { feature as alerts } from '../features/alerts/index.ts'
import { feature as clusters } from '../features/clusters/index.ts'
import { feature as imports } from '../features/import/index.ts'
import { feature as incidents } from '../features/incidents/index.ts'
import { feature as logs } from '../features/logs/index.ts'
import { feature as metrics } from '../features/metrics/index.ts'
import { feature as services } from '../features/services/index.ts'
import { feature as sources } from '../features/sources/index.ts'
import { feature as space } from '../features/space/index.ts'
import { feature as traces } from '../features/traces/index.ts'
import type { Feature } from '../workbench/registry.ts'
import { appFeature } from './app-feature.ts'

export const FEATURES: readonly Feature[] = [
  appFeature,
  services,
  incidents,
  alerts,
  traces,
  logs,
  metrics,
  clusters,
  sources,
  imports,
  space,
]
