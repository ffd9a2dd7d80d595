// Metrics: PromQL over stored series, and the pictures, exemplars and names that go with it.

import type { CapabilityModule } from '../engine/api.ts'
import { heatmapHandler } from './heatmap.ts'
import { laneHandler } from './lane.ts'
import { exemplarsHandler, labelsHandler, searchHandler } from './lookup.ts'
import { queryHandler } from './query.ts'
import { serverHandlers } from './server.ts'

export const metricsModule: CapabilityModule<'metrics'> = {
  name: 'metrics',
  start: (engine) => ({
    query: queryHandler(engine),
    lane: laneHandler(engine),
    heatmap: heatmapHandler(engine),
    exemplars: exemplarsHandler(engine),
    search: searchHandler(engine),
    labels: labelsHandler(engine),
    ...serverHandlers(engine),
  }),
}
