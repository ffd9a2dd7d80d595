// What the traces feature brings to the workbench; the views load when they are opened.
import { type Feature, openTarget } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'traces',
  views: [
    {
      id: 'traces',
      title: 'traces.title',
      icon: 'traces',
      key: 't',
      order: 20,
      help: 'look',
      component: () => import('./TracesView.tsx'),
    },
  ],
  panels: {
    'traces.list': { title: 'traces.title', component: () => import('./ListPanel.tsx') },
    'traces.detail': { title: 'traces.trace', component: () => import('./DetailPanel.tsx') },
  },
  commands: [
    {
      id: 'traces.longest',
      title: 'traces.command.longest',
      group: 'workbench.group.views',
      run: () => openTarget({ view: 'traces', params: { orderBy: 'duration' } }),
    },
    {
      id: 'traces.failed',
      title: 'traces.command.failed',
      group: 'workbench.group.views',
      run: () => openTarget({ view: 'traces', params: { status: 'error' } }),
    },
  ],
}
