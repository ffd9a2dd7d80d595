// What the incidents feature brings to the workbench: the list of incidents, and the war room of one.
import { type Feature, openTarget } from '../../workbench/index.ts'

export const feature: Feature = {
  id: 'incidents',
  views: [
    {
      id: 'incidents',
      title: 'incidents.title',
      withoutData: true,
      icon: 'incidents',
      key: 'i',
      order: 15,
      help: 'keep',
      component: () => import('./IncidentsView.tsx'),
    },
  ],
  commands: [
    {
      id: 'incidents.new',
      title: 'incidents.new',
      run: () => openTarget({ view: 'incidents', params: { new: true } }),
    },
  ],
}
