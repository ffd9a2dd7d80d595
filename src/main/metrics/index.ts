// Metrics: PromQL over stored series, and the pictures, exemplars and names that go with it.

import type { CapabilityModule } from '../engine/api.ts'
import { rankedPage } from '../engine/ranked.ts'
import { heatmapHandler } from './heatmap.ts'
import { laneHandler } from './lane.ts'
import { exemplarsHandler, labelsHandler, searchHandler, seriesHandler } from './lookup.ts'
import { queryHandler } from './query.ts'
import { serverHandlers } from './server.ts'

export const metricsModule: CapabilityModule<'metrics'> = {
  name: 'metrics',
  start(engine) {
    const exemplars = exemplarsHandler(engine)
    const search = searchHandler(engine)
    const labels = labelsHandler(engine)
    const series = seriesHandler(engine)
    const server = serverHandlers(engine)
    return {
      query: queryHandler(engine),
      lane: laneHandler(engine),
      heatmap: heatmapHandler(engine),
      exemplars: (input, context) => rankedPage('metrics.exemplars', input, (page) => exemplars(page, context)),
      search: (input, context) => rankedPage('metrics.search', input, (page) => search(page, context)),
      labels: (input, context) => rankedPage('metrics.labels', input, (page) => labels(page, context)),
      series: (input, context) => rankedPage('metrics.series', input, (page) => series(page, context)),
      rules: (input, context) => rankedPage('metrics.rules', input, (page) => server.rules(page, context)),
      targets: (input, context) => rankedPage('metrics.targets', input, (page) => server.targets(page, context)),
      server: (input, context) => rankedPage('metrics.server', input, (page) => server.server(page, context)),
      cardinality: (input, context) =>
        rankedPage('metrics.cardinality', input, (page) => server.cardinality(page, context)),
      costly: server.costly,
    }
  },
}
