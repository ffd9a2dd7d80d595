// What a scrape would find: counters that requests add to. Every request adds here; only sampled ones leave spans.

import type { Random } from './random.ts'

export const LATENCY_BOUNDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface Exemplar {
  readonly at: number
  readonly value: number
  readonly traceId: string
  readonly spanId: string
}

export class Latencies {
  readonly counts = new Float64Array(LATENCY_BOUNDS.length + 1)
  sum = 0
  count = 0
  exemplar: Exemplar | undefined

  observe(seconds: number): void {
    let i = 0
    while (i < LATENCY_BOUNDS.length && seconds > (LATENCY_BOUNDS[i] as number)) i++
    this.counts[i] = (this.counts[i] as number) + 1
    this.sum += seconds
    this.count++
  }

  /** Keeps one sampled request per scrape, the slower the more likely. */
  offer(random: Random, exemplar: Exemplar): void {
    if (this.exemplar === undefined || exemplar.value > this.exemplar.value || random.chance(0.2))
      this.exemplar = exemplar
  }
}

/** Counters by key, as totals since the beginning. */
export class Tally {
  private readonly counters = new Map<string, number>()
  private readonly latencies = new Map<string, Latencies>()

  add(key: string, amount = 1): void {
    this.counters.set(key, (this.counters.get(key) ?? 0) + amount)
  }

  get(key: string): number {
    return this.counters.get(key) ?? 0
  }

  latency(key: string): Latencies {
    let found = this.latencies.get(key)
    if (found === undefined) {
      found = new Latencies()
      this.latencies.set(key, found)
    }
    return found
  }
}
