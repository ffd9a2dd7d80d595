// Which of the surfaces that float over everything is open: palette, help, range picker.

import { create } from 'zustand'

type Overlay = 'palette' | 'help' | 'range' | undefined

export const useOverlay = create<{ open: Overlay }>()(() => ({ open: undefined }))
export const openPalette = (): void => useOverlay.setState({ open: 'palette' })
export const openHelp = (): void => useOverlay.setState({ open: 'help' })
export const openRange = (): void => useOverlay.setState({ open: 'range' })
export const closeOverlay = (): void => useOverlay.setState({ open: undefined })
