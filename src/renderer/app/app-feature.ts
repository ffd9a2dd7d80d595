// The views that belong to no capability: start, settings, help.
import type { Feature } from '../workbench/registry.ts'

export const appFeature: Feature = {
  id: 'app',
  views: [
    {
      id: 'start',
      title: 'app.view.start',
      icon: 'start',
      key: 'h',
      order: 0,
      help: 'first-steps',
      scoped: false,
      component: () => import('./StartPage.tsx'),
    },
    {
      id: 'settings',
      title: 'app.view.settings',
      icon: 'settings',
      key: ',',
      help: 'settings-and-keys',
      scoped: false,
      component: () => import('./SettingsPage.tsx'),
    },
    {
      id: 'help',
      title: 'app.view.help',
      icon: 'help',
      scoped: false,
      component: () => import('./help/HelpPage.tsx'),
    },
  ],
}
