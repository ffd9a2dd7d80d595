// Clusters: Kubernetes objects with their history, and what happened to them.

import type { CapabilityModule } from '../engine/api.ts'
import { happeningsHandler } from './happenings.ts'
import { objectHandler, objectsHandler } from './objects.ts'

export const clustersModule: CapabilityModule<'clusters'> = {
  name: 'clusters',
  start: (engine) => ({
    objects: objectsHandler(engine),
    object: objectHandler(engine),
    happenings: happeningsHandler(engine),
  }),
}
