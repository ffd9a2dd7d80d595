// Seeded randomness of the demo: everything it makes up comes from here, so that a seed is one incident on any machine.

import { hash32 } from '../../shared/base/hash.ts'

const HEX: readonly string[] = Array.from({ length: 65_536 }, (_, i) => i.toString(16).padStart(4, '0'))

/** sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush, integer operations only. */
export class Random {
  private a: number
  private b: number
  private c: number
  private d = 1
  private spare: number | undefined

  constructor(seed: number, stream: string) {
    this.a = seed | 0
    this.b = hash32(stream) | 0
    this.c = hash32(`${stream}/${seed}`) | 0
    for (let i = 0; i < 16; i++) this.uint32()
  }

  uint32(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0
    this.d = (this.d + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (this.c << 21) | (this.c >>> 11)
    this.c = (this.c + t) | 0
    return t >>> 0
  }

  /** 0 <= x < 1 */
  float(): number {
    return this.uint32() / 4_294_967_296
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.float()
  }

  /** low <= n <= high */
  integer(low: number, high: number): number {
    return low + Math.floor(this.float() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.float() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.float() * items.length)] as T
  }

  /** Index drawn in proportion to the weights. */
  weighted(weights: readonly number[]): number {
    let rest = this.float() * weights.reduce((sum, w) => sum + w, 0)
    for (let i = 0; i < weights.length; i++) {
      rest -= weights[i] as number
      if (rest < 0) return i
    }
    return weights.length - 1
  }

  /** Standard normal (Marsaglia polar). */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare
      this.spare = undefined
      return value
    }
    for (;;) {
      const u = this.float() * 2 - 1
      const v = this.float() * 2 - 1
      const s = u * u + v * v
      if (s >= 1 || s === 0) continue
      const factor = Math.sqrt((-2 * Math.log(s)) / s)
      this.spare = v * factor
      return u * factor
    }
  }

  /** Log-normal around a median. */
  around(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal())
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.float())
  }

  poisson(mean: number): number {
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()))
    const limit = Math.exp(-mean)
    let n = 0
    for (let product = this.float(); product > limit; product *= this.float()) n++
    return n
  }

  /** Lower-case hex digits, a multiple of eight of them. */
  hex(digits: number): string {
    let text = ''
    for (let i = 0; i < digits; i += 8) {
      const n = this.uint32()
      text += (HEX[n >>> 16] as string) + (HEX[n & 0xffff] as string)
    }
    return text
  }

  uuid(): string {
    const h = this.hex(32)
    const variant = '89ab'[this.integer(0, 3)] as string
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`
  }

  /** As Kubernetes names things: no vowels, nothing that looks alike. */
  suffix(length: number): string {
    let text = ''
    for (let i = 0; i < length; i++) text += 'bcdfghjklmnpqrstvwxz2456789'[this.integer(0, 26)] as string
    return text
  }
}
