// The part of a trace that is looked at, in ns from its start. Canvases follow it directly, so that dragging and wheeling
// never wait for React; the view hears of it when it has come to rest.

import { useEffect, useRef, useState } from 'react'
import { beginBusy } from '../../../lib/idle.ts'

export class Zoom {
  #from = 0
  #to: number
  readonly length: number
  readonly #listeners = new Set<() => void>()

  constructor(length: number) {
    this.length = Math.max(1, length)
    this.#to = this.length
  }

  get from(): number {
    return this.#from
  }
  get to(): number {
    return this.#to
  }
  get span(): number {
    return this.#to - this.#from
  }
  get isWhole(): boolean {
    return this.#from <= 0 && this.#to >= this.length
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Kept inside the trace and never narrower than 20 ns. */
  set(from: number, to: number): void {
    const width = Math.min(this.length, Math.max(Math.min(20, this.length), to - from))
    const start = Math.min(Math.max(0, from), this.length - width)
    if (start === this.#from && start + width === this.#to) return
    this.#from = start
    this.#to = start + width
    for (const listener of this.#listeners) listener()
  }

  reset(): void {
    this.set(0, this.length)
  }

  /** `factor` below 1 shows less; what is at `at` (ns) stays where it is. */
  scale(factor: number, at = (this.#from + this.#to) / 2): void {
    const width = Math.max(20, this.span * factor)
    const share = this.span === 0 ? 0.5 : (at - this.#from) / this.span
    this.set(at - share * width, at - share * width + width)
  }

  /** `share` of the visible width, positive = later. */
  pan(share: number): void {
    this.set(this.#from + share * this.span, this.#to + share * this.span)
  }

  /** x of an instant on a picture of that width, not clipped */
  x(ns: number, width: number): number {
    return ((ns - this.#from) / this.span) * width
  }
  at(x: number, width: number): number {
    return this.#from + (x / Math.max(1, width)) * this.span
  }
}

const REST_MS = 180

/** A zoom that starts at `committed`, follows it, and reports where it came to rest. */
export function useZoom(
  length: number,
  committed: readonly [number, number] | undefined,
  commit: (zoom: readonly [number, number] | undefined) => void,
): Zoom {
  const [zoom] = useState(() => {
    const made = new Zoom(length)
    if (committed) made.set(committed[0], committed[1])
    return made
  })
  const latest = useRef(commit)
  latest.current = commit
  const [from, to] = committed ?? [0, zoom.length]
  useEffect(() => zoom.set(from, to), [zoom, from, to])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let done: (() => void) | undefined
    const stop = zoom.onChange(() => {
      clearTimeout(timer)
      done ??= beginBusy()
      timer = setTimeout(() => {
        latest.current(zoom.isWhole ? undefined : [Math.floor(zoom.from), Math.ceil(zoom.to)])
        done?.()
        done = undefined
      }, REST_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
      done?.()
    }
  }, [zoom])
  return zoom
}

/** Round steps of time that fill the part shown: 1, 2 or 5 of a power of ten ns; the ticks in ns. */
export function ticksOf(from: number, to: number, most: number): { step: number; ticks: number[] } {
  const rough = Math.max(1, (to - from) / Math.max(1, most))
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10) * power
  const ticks: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at)
  return { step, ticks }
}
