// What an answer could not see. Every answer about telemetry carries one; nothing is cut without it.

export interface Completeness {
  complete: boolean
  missing: Array<{ source: string; from: string; to: string; reason: string }>
  truncated?: { returned: number; total?: number | undefined } | undefined
}

export const COMPLETE: Completeness = { complete: true, missing: [] }

/**
 * The rule of every answer: `complete` is false where rows were cut that cannot be had by its cursor. A page that goes on
 * is whole as far as it was asked for, and `truncated` says that there is more.
 */
export function withRule<A>(answer: A): A {
  if (typeof answer !== 'object' || answer === null || !('completeness' in answer)) return answer
  const { completeness } = answer
  if (typeof completeness !== 'object' || completeness === null || !('truncated' in completeness)) return answer
  const goesOn = 'nextCursor' in answer && answer.nextCursor !== undefined
  if (completeness.truncated === undefined || goesOn) return answer
  return { ...answer, completeness: { ...completeness, complete: false } }
}

/** Several parts of one answer, told as one. Equal gaps are told once. */
export function uniteCompleteness(parts: readonly Completeness[]): Completeness {
  const seen = new Set<string>()
  const missing = parts
    .flatMap((part) => part.missing)
    .filter((gap) => {
      const key = JSON.stringify([gap.source, gap.from, gap.to, gap.reason])
      return !seen.has(key) && seen.add(key)
    })
  const cut = parts.flatMap((part) => part.truncated ?? [])
  const total = cut.every((part) => part.total !== undefined)
    ? cut.reduce((sum, part) => sum + (part.total ?? 0), 0)
    : undefined
  return {
    complete: parts.every((part) => part.complete) && missing.length === 0,
    missing,
    ...(cut.length === 0
      ? {}
      : {
          truncated: {
            returned: cut.reduce((sum, part) => sum + part.returned, 0),
            ...(total === undefined ? {} : { total }),
          },
        }),
  }
}
