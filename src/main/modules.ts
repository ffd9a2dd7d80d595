// Every capability of the engine. Adding one is one line here (CONTRIBUTING.md has the whole recipe).

import type { CapabilityModule } from './engine/api.ts'
import { alertsModule } from './alerts/index.ts'
import { clustersModule } from './clusters/index.ts'
import { demoModule } from './demo/index.ts'
import { exportModule } from './export/index.ts'
import { fileModule } from './file/index.ts'
import { importModule } from './import/index.ts'
import { incidentsModule } from './incidents/index.ts'
import { jobsModule } from './jobs/index.ts'
import { logsModule } from './logs/index.ts'
import { metricsModule } from './metrics/index.ts'
import { receiverModule } from './receiver/index.ts'
import { recordingModule } from './recording/index.ts'
import { reportModule } from './report/index.ts'
import { servicesModule } from './services/index.ts'
import { settingsModule } from './settings/index.ts'
import { alertmanagerConnector } from './connectors/alertmanager/index.ts'
import { jaegerConnector } from './connectors/jaeger/index.ts'
import { sshHosts } from './connectors/common/ssh/config.ts'
import { prometheusConnector } from './connectors/prometheus/index.ts'
import { zipkinConnector } from './connectors/zipkin/index.ts'
import { sourcesModuleWith } from './sources/index.ts'
import { spaceModule } from './space/index.ts'
import { systemModule } from './system/index.ts'
import { tracesModule } from './traces/index.ts'

export const ALL_MODULES: readonly CapabilityModule[] = [
  systemModule,
  settingsModule,
  jobsModule,
  sourcesModuleWith([prometheusConnector, jaegerConnector, zipkinConnector, alertmanagerConnector], sshHosts),
  receiverModule,
  incidentsModule,
  recordingModule,
  demoModule,
  fileModule,
  importModule,
  exportModule,
  reportModule,
  metricsModule,
  clustersModule,
  alertsModule,
  servicesModule,
  tracesModule,
  logsModule,
  spaceModule,
]
