// What the metrics feature brings to the workbench; the views load when they are opened.
import type { Feature } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'metrics',
  views: [
    {
      id: 'metrics',
      title: 'metrics.title',
      icon: 'metrics',
      key: 'm',
      order: 40,
      help: 'look',
      component: () => import('./MetricsView.tsx'),
    },
    {
      id: 'rules',
      title: 'metrics.server.title',
      icon: 'list',
      key: 'p',
      order: 45,
      help: 'look',
      component: () => import('./ServerView.tsx'),
    },
  ],
  panels: { 'metrics.lane': { title: 'metrics.lane', component: () => import('./LanePanel.tsx') } },
}
