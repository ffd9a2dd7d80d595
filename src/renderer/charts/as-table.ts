// Whether a picture is shown as a table. Where somebody keeps that (a view: in the address), it is asked; else the picture
// keeps it by itself.

import { createContext, useContext, useState } from 'react'

export interface AsTable {
  readonly shown: boolean
  readonly show: (shown: boolean) => void
}

/** For the one picture below. */
export const AsTableContext = createContext<AsTable | undefined>(undefined)

export function useAsTable(): AsTable {
  const kept = useContext(AsTableContext)
  const [shown, show] = useState(false)
  return kept ?? { shown, show }
}
