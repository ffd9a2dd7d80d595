// What the storage view brings to the workbench: what takes room, clean-ups with a way back, rules, backups.
import { type Feature, openTarget } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'space',
  views: [
    {
      id: 'space',
      title: 'space.title',
      icon: 'disk',
      key: 'v',
      order: 84,
      scoped: false,
      component: () => import('./SpaceView.tsx'),
    },
  ],
  commands: [
    {
      id: 'space.clean',
      title: 'space.clean.title',
      group: 'workbench.group.views',
      run: () => openTarget({ view: 'space', params: { part: 'clean' } }),
    },
    {
      id: 'space.backup',
      title: 'space.backup.title',
      group: 'workbench.group.views',
      run: () => openTarget({ view: 'space', params: { part: 'backup' } }),
    },
  ],
}
