// What the services feature brings to the workbench: the overview that people land on, and the list of what changed.
import type { Feature } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'services',
  views: [
    {
      id: 'services',
      title: 'services.title',
      icon: 'overview',
      key: 'o',
      order: 10,
      help: 'look',
      component: () => import('./ServicesView.tsx'),
    },
  ],
  panels: { 'services.changes': { title: 'services.changes', component: () => import('./ChangesPanel.tsx') } },
}
