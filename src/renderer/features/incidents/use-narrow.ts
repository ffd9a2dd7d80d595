// Whether the window is too narrow for three columns.

import { useSyncExternalStore } from 'react'

const query = (): MediaQueryList => window.matchMedia('(max-width: 1279px)')

export const useNarrow = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      const media = query()
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => query().matches,
  )
