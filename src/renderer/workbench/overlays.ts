// Which of the surfaces that float over everything is open: palette, help, range picker.

import { create } from 'zustand'

type Overlay = 'palette' | 'help' | 'range' | undefined

/** `performance`: a panel of its own at the foot, which stays while others open and close */
export const useOverlay = create<{ open: Overlay; performance: boolean }>()(() => ({
  open: undefined,
  performance: false,
}))
export const togglePerformance = (): void => useOverlay.setState((s) => ({ performance: !s.performance }))
export const openPalette = (): void => useOverlay.setState({ open: 'palette' })
export const openHelp = (): void => useOverlay.setState({ open: 'help' })
export const openRange = (): void => useOverlay.setState({ open: 'range' })
export const closeOverlay = (): void => useOverlay.setState({ open: undefined })
