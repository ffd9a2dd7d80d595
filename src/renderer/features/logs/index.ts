// What the logs feature brings to the workbench; the views load when they are opened.
import { type Feature, openTarget } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'logs',
  views: [
    {
      id: 'logs',
      title: 'logs.title',
      icon: 'logs',
      key: 'l',
      order: 30,
      help: 'query-languages',
      component: () => import('./LogsView.tsx'),
    },
  ],
  panels: { 'logs.list': { title: 'logs.title', component: () => import('./ListPanel.tsx') } },
  commands: [
    {
      id: 'logs.errors',
      title: 'logs.command.errors',
      group: 'workbench.group.views',
      run: () => openTarget({ view: 'logs', params: { query: 'level>=error' } }),
    },
  ],
}
