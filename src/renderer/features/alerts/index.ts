// What the alerts feature brings to the workbench: what fires and fired, silences, what was done to them.
import type { Feature } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'alerts',
  views: [
    {
      id: 'alerts',
      title: 'alerts.title',
      icon: 'alerts',
      key: 'a',
      order: 17,
      help: 'look',
      component: () => import('./AlertsView.tsx'),
    },
  ],
}
