// #/traces searches; #/traces/<traceId> is one trace on the whole page.

import { usePlace, useSources } from '../../workbench/index.ts'
import { SearchView } from './search/SearchView.tsx'
import { TraceDetail } from './trace/TraceDetail.tsx'

export default function TracesView() {
  const { path, params } = usePlace()
  const sources = useSources()
  const traceId = path[0]
  if (traceId === undefined) return <SearchView />
  return (
    <TraceDetail
      key={`${traceId} ${params['source']}`}
      traceId={traceId.toLowerCase()}
      sources={sources}
      keeps="address"
    />
  )
}
