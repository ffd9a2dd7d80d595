// Is a share in one group another share in the rest? The G-test (log-likelihood ratio) on a two-by-two table.

/**
 * @returns G >= 0 and its p-value for one degree of freedom; counts are exact integers, 0 <= hits <= total
 */
export function gTest(hitsA: number, totalA: number, hitsB: number, totalB: number): { g: number; p: number } {
  const total = totalA + totalB
  const hits = hitsA + hitsB
  if (totalA === 0 || totalB === 0 || hits === 0 || hits === total) return { g: 0, p: 1 }
  const part = (observed: number, row: number, column: number) =>
    observed === 0 ? 0 : observed * Math.log((observed * total) / (row * column))
  const g = Math.max(
    0,
    2 *
      (part(hitsA, totalA, hits) +
        part(totalA - hitsA, totalA, total - hits) +
        part(hitsB, totalB, hits) +
        part(totalB - hitsB, totalB, total - hits)),
  )
  return { g, p: chiSquareTail(g) }
}

/** P(X > x) for chi-square with one degree of freedom. */
export const chiSquareTail = (x: number): number => erfc(Math.sqrt(x / 2))

/** Numerical Recipes' Chebyshev fit: relative error below 1.2e-7 everywhere. */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2)
  const c = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ]
  return t * Math.exp(-x * x + c.reduceRight((sum, k) => sum * t + k, 0))
}
