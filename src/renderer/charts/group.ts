// What the lanes of a view share: the instant under the pointer (crosshair) and the range being dragged (brush).

import { create } from 'zustand'

interface Hover {
  /** epoch ns under the pointer, by group; absent = none */
  readonly at: Readonly<Record<string, bigint | undefined>>
}

const useHover = create<Hover>()(() => ({ at: {} }))

export function setCrosshair(group: string, at: bigint | undefined): void {
  if (useHover.getState().at[group] !== at) useHover.setState((s) => ({ at: { ...s.at, [group]: at } }))
}

/** The instant under the pointer in any lane of the group. */
export const useCrosshair = (group: string): bigint | undefined => useHover((s) => s.at[group])
export const crosshairOf = (group: string): bigint | undefined => useHover.getState().at[group]

/** For canvases: told without React. */
export function onCrosshair(group: string, listener: (at: bigint | undefined) => void): () => void {
  let last = crosshairOf(group)
  return useHover.subscribe((s) => {
    if (s.at[group] === last) return
    last = s.at[group]
    listener(last)
  })
}
