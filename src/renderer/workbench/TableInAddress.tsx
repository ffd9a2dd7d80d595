// Keeps in the address which pictures of a view are shown as a table, so that a link reopens them so.

import { type ReactNode, useMemo } from 'react'
import { AsTableContext } from '../charts/as-table.ts'
import { setParam, useParam } from './place-store.ts'

const NONE: string[] = []

/** `name` tells the picture from the others of its view, in any language. */
export function TableInAddress({ name, children }: { name: string; children: ReactNode }) {
  const [names] = useParam<string[]>('tables', NONE)
  const asTable = useMemo(
    () => ({
      shown: names.includes(name),
      show: (shown: boolean) => {
        const others = names.filter((each) => each !== name)
        const next = shown ? [...others, name] : others
        setParam('tables', next.length > 0 ? next : undefined)
      },
    }),
    [names, name],
  )
  return <AsTableContext value={asTable}>{children}</AsTableContext>
}
