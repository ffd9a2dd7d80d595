// Compensated summation (Neumaier), as Prometheus sums.

export class Sum {
  total = 0
  compensation = 0

  add(value: number): void {
    const next = this.total + value
    if (!Number.isFinite(next)) this.compensation = 0
    else if (Math.abs(this.total) >= Math.abs(value)) this.compensation += this.total - next + value
    else this.compensation += value - next + this.total
    this.total = next
  }

  get value(): number {
    return Number.isFinite(this.total) ? this.total + this.compensation : this.total
  }
}

/** Mean of values; when their sum would overflow, a running mean takes over. */
export function mean(values: ArrayLike<number>, from: number, to: number): number {
  const sum = new Sum()
  for (let i = from; i < to; i++) sum.add(values[i] as number)
  const n = to - from
  if (Number.isFinite(sum.total)) return sum.total / n + sum.compensation / n
  let anyInfinite = false
  for (let i = from; i < to; i++) if (!Number.isFinite(values[i] as number)) anyInfinite = true
  if (anyInfinite) return sum.total
  const scaled = new Sum()
  for (let i = from; i < to; i++) scaled.add((values[i] as number) / n)
  return scaled.value
}
