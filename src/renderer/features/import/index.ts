// What the import feature brings to the workbench: the data view with everything that is here, the preview of files and
// the report of an import. Which of them is shown is in the address.
import { type Feature, openTarget } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'import',
  views: [
    {
      id: 'import',
      title: 'imports.title',
      icon: 'import',
      key: 'd',
      order: 80,
      scoped: false,
      help: 'data',
      component: () => import('./ImportView.tsx'),
    },
  ],
  commands: [
    {
      id: 'import.manage',
      title: 'workbench.sources.manage',
      group: 'workbench.group.views',
      run: () => openTarget({ view: 'import' }),
    },
  ],
}
