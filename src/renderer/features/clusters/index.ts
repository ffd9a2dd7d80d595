// What the clusters feature brings to the workbench: Kubernetes objects with their history, and what happened to them.
import type { Feature } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'clusters',
  views: [
    {
      id: 'clusters',
      title: 'clusters.title',
      icon: 'clusters',
      key: 'k',
      order: 60,
      help: 'look',
      component: () => import('./ClustersView.tsx'),
    },
  ],
  panels: {
    'clusters.objects': { title: 'clusters.objects', component: () => import('./ObjectsPanel.tsx') },
    'clusters.happenings': { title: 'clusters.happenings', component: () => import('./HappeningsPanel.tsx') },
  },
}
