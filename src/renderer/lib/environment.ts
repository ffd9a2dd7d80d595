// The tone of an environment, by what its name commonly means: production is the one to be careful in.

/** of those that marks have */
type Tone = 'ok' | 'note' | 'warning' | 'critical'

const TONES: ReadonlyArray<readonly [RegExp, Tone]> = [
  // first: preprod is not production
  [/^(staging|stage|stg|preprod|pre-prod|uat|qa|canary)([-_. ]|$)/i, 'warning'],
  [/^(prod|production|prd|live)([-_. ]|$)/i, 'critical'],
  [/^(dev|development|test|testing|local|lab|sandbox|demo)([-_. ]|$)/i, 'ok'],
]

export const environmentTone = (name: string): Tone =>
  TONES.find(([pattern]) => pattern.test(name.trim()))?.[1] ?? 'note'

interface Placed {
  readonly id: string
  readonly state: string
  readonly live?: { readonly environment?: string | undefined } | undefined
}

/** The environments of the sources that are looked at, the one to be most careful in first. */
export function environmentsOf(sources: readonly Placed[], chosen: readonly string[] | undefined): string[] {
  const inSight = sources.filter(({ id, state }) => (chosen ? chosen.includes(id) : state === 'ready'))
  const names = new Set(inSight.flatMap(({ live }) => live?.environment ?? []).filter((name) => name !== ''))
  const order: readonly Tone[] = ['critical', 'warning', 'note', 'ok']
  return [...names].sort(
    (a, b) => order.indexOf(environmentTone(a)) - order.indexOf(environmentTone(b)) || (a < b ? -1 : 1),
  )
}
