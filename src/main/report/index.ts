// report.render: the incident as a document that needs nothing else to be read.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { CapabilityModule } from '../engine/api.ts'
import { compose } from './compose.ts'
import { renderHtml, renderMarkdown } from './render.ts'
import { wordsOf } from './words.ts'

export const reportModule: CapabilityModule<'report'> = {
  name: 'report',
  start: (engine) => ({
    async render(input, context) {
      const incident = engine.catalog.incidents.get(input.incident)
      if (!incident)
        throw new WatchdeckError('not_found', `There is no incident ${JSON.stringify(input.incident)}.`, {
          hint: 'incidents.list names them all.',
        })
      const composed = await compose(engine, incident, wordsOf(input.language), input.zone, context)
      const text = input.format === 'md' ? renderMarkdown(composed) : renderHtml(composed, input.language)
      return { text, completeness: composed.completeness }
    },
  }),
}
