// What of the map is seen first: the whole where that can be read; else what fails, as near to the middle as there is map
// around it.

import { NODE_HEIGHT, NODE_WIDTH } from './layout.ts'

export interface Look {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

interface Size {
  readonly width: number
  readonly height: number
}

interface Placed {
  readonly position: { readonly x: number; readonly y: number }
  readonly failing: boolean
}

const PADDING = 0.03
const MOST = 1.1
const READABLE = 0.72
/** px of ground around the map */
const EDGE = 16

const boundsOf = (nodes: readonly Placed[]) => {
  const xs = nodes.map((n) => n.position.x)
  const ys = nodes.map((n) => n.position.y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return { left, top, width: Math.max(...xs) + NODE_WIDTH - left, height: Math.max(...ys) + NODE_HEIGHT - top }
}

/** undefined: the whole fits and can be read. Else where the ground of the map is moved to, in px of the pane. */
export function firstLook(nodes: readonly Placed[], pane: Size): Look | undefined {
  const all = boundsOf(nodes)
  const room = 1 + 2 * PADDING
  const zoom = Math.min(pane.width / (all.width * room), pane.height / (all.height * room))
  if (zoom >= READABLE) return undefined
  const failing = nodes.filter((n) => n.failing)
  const middle = boundsOf(failing.length > 0 ? failing : nodes)
  return {
    x: moved(middle.left + middle.width / 2, all.left, all.width, pane.width),
    y: moved(middle.top + middle.height / 2, all.top, all.height, pane.height),
    zoom: READABLE,
  }
}

/** Along one axis: the wanted middle in the middle of the pane, but no more ground beside the map than there must be. */
function moved(middle: number, first: number, length: number, room: number): number {
  const [low, high] = [room - EDGE - (first + length) * READABLE, EDGE - first * READABLE]
  if (low >= high) return (low + high) / 2
  return Math.min(high, Math.max(low, room / 2 - middle * READABLE))
}

export const WHOLE = { padding: PADDING, maxZoom: MOST }
