// Pictures are drawn one after the other, as many in a frame as there is time for: twelve lanes that get a new range at once
// would else hold the page for a quarter of a second.

import { beginBusy } from '../lib/idle.ts'

/** ms of a frame after which the next picture waits for the next frame */
const SHARE_MS = 4

const waiting = new Map<object, () => void>()
let afterwards: Array<() => void> = []
let frame = 0
let done: (() => void) | undefined

/** Draws soon, once for each `owner` however often it is asked; the last `draw` counts. */
export function drawInTurn(owner: object, draw: () => void): void {
  waiting.set(owner, draw)
  done ??= beginBusy()
  if (frame === 0) frame = requestAnimationFrame(work)
}

/** The owner is gone. */
export function drawNoMore(owner: object): void {
  waiting.delete(owner)
}

/** Runs once nothing waits for its turn: at once where nothing does. */
export function afterTurns(run: () => void): void {
  if (waiting.size === 0 && frame === 0) run()
  else afterwards.push(run)
}

function work(): void {
  frame = 0
  const until = performance.now() + SHARE_MS
  try {
    for (const [owner, draw] of waiting) {
      waiting.delete(owner)
      draw()
      if (performance.now() > until) break
    }
  } finally {
    // a picture that cannot be drawn does not hold up the others
    if (waiting.size > 0) frame = requestAnimationFrame(work)
    else {
      done?.()
      done = undefined
      const ready = afterwards
      afterwards = []
      for (const run of ready) run()
    }
  }
}
