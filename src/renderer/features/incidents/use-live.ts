// Whether an incident looks at live sources: only what is recorded of them is there later.

import type { Incident } from '../../../shared/contract/incidents.ts'
import { useMethod } from '../../lib/engine/index.ts'

export function useIsLive(incident: Incident): boolean {
  const sources = useMethod('sources.list', {})
  return (
    sources.data?.sources.some(
      (each) => each.live && (incident.sources.length === 0 || incident.sources.includes(each.id)),
    ) ?? false
  )
}
