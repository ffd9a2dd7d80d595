// Settled chunks of range queries, the least recently used going first when the memory for them is full.

import type { LiveSeries } from '../../../shared/domain/live-source.ts'

/** about 16 bytes each: 64 MB */
const MAX_POINTS = 4_000_000

interface Chunk {
  readonly series: readonly LiveSeries[]
  readonly points: number
}

export class ChunkCache {
  readonly #chunks = new Map<string, Chunk>()
  readonly #most: number
  #points = 0

  constructor(mostPoints = MAX_POINTS) {
    this.#most = mostPoints
  }

  get(key: string): readonly LiveSeries[] | undefined {
    const chunk = this.#chunks.get(key)
    if (!chunk) return undefined
    this.#chunks.delete(key)
    this.#chunks.set(key, chunk)
    return chunk.series
  }

  set(key: string, series: readonly LiveSeries[]): void {
    const before = this.#chunks.get(key)
    if (before) this.#points -= before.points
    this.#chunks.delete(key)
    // a series without samples still has labels; histograms weigh what their buckets do
    const points = series.reduce(
      (sum, s) => sum + 8 + s.times.length + s.histograms.reduce((n, h) => n + 4 + h.buckets.length * 4, 0),
      1,
    )
    if (points > this.#most) return
    this.#chunks.set(key, { series, points })
    this.#points += points
    for (const [oldest, chunk] of this.#chunks) {
      if (this.#points <= this.#most) break
      this.#chunks.delete(oldest)
      this.#points -= chunk.points
    }
  }
}
