// Between the store's nanoseconds (bigint) and the evaluator's milliseconds (number with a fraction).

export function msToNs(ms: number): bigint {
  const whole = Math.floor(ms)
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6))
}

export function nsToMs(ns: bigint): number {
  return Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6
}

/** SQL text: a BIGINT of nanoseconds as exact milliseconds. */
export const msSql = (column: string): string => `((${column} // 1000000)::DOUBLE + (${column} % 1000000) / 1e6)`

/** Series of one answer mostly share their grid: it is converted once. */
export class GridTimes {
  #ms: Float64Array = new Float64Array(0)
  #ns: BigInt64Array<ArrayBuffer> = new BigInt64Array(0)

  toNs(times: Float64Array): BigInt64Array<ArrayBuffer> {
    if (times.length === this.#ms.length && times.every((ms, i) => ms === this.#ms[i])) return this.#ns
    this.#ms = times
    this.#ns = BigInt64Array.from(times, msToNs)
    return this.#ns
  }
}
