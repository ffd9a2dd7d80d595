// What the sources feature brings to the workbench: live backends, how they are, how they are reached, what load they bear.
import { type Feature, openTarget } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'sources',
  views: [
    {
      id: 'sources',
      title: 'sources.title',
      icon: 'sources',
      key: 'u',
      order: 78,
      scoped: false,
      help: 'connect',
      component: () => import('./SourcesView.tsx'),
    },
  ],
  commands: [
    {
      id: 'sources.add',
      title: 'sources.addTitle',
      group: 'workbench.group.views',
      run: () => openTarget({ view: 'sources', path: ['new'] }),
    },
  ],
}
