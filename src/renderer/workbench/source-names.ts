// Sources by the name that a person gave them: answers speak of them by id.

import { useMemo } from 'react'
import { useMethod } from '../lib/engine/index.ts'

/** The name of a source; its id while the list is on its way, and of one that is gone. */
export function useSourceName(): (id: string) => string {
  const { data } = useMethod('sources.list', {})
  return useMemo(() => {
    const names = new Map((data?.sources ?? []).map(({ id, name }) => [id, name]))
    return (id) => names.get(id) ?? id
  }, [data])
}
