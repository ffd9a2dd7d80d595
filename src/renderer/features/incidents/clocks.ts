// The clocks of an incident: how long since detection, how long until each stage. Pure, from the stamps.

import { asEpochNs, type TimeRange, tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Incident, Stage } from '../../../shared/contract/incidents.ts'

export interface StageClock {
  readonly stage: Stage
  readonly at: bigint
  readonly recordedAt: bigint
  /** since detection; undefined for detection itself and where detection has no stamp */
  readonly sinceNs: bigint | undefined
}

/** Of the incident; times typed in it are looked for there. */
export const windowOf = ({ range }: Pick<Incident, 'range'>): TimeRange => ({
  from: tryParseRfc3339(range.from) ?? asEpochNs(0n),
  to: tryParseRfc3339(range.to) ?? asEpochNs(0n),
})

/** The stamps in order of their time. */
export function stageClocks(incident: Pick<Incident, 'stamps'>): StageClock[] {
  const detected = incident.stamps.find((s) => s.stage === 'detected')
  const start = detected === undefined ? undefined : tryParseRfc3339(detected.at)
  return incident.stamps
    .map((s) => {
      const at = tryParseRfc3339(s.at) ?? 0n
      return {
        stage: s.stage,
        at,
        recordedAt: tryParseRfc3339(s.recordedAt) ?? at,
        sinceNs: s.stage === 'detected' || start === undefined ? undefined : at - start,
      }
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

/** What the header counts: time to the end of the incident once it has one, else time since detection, still running. */
export function mainClock(
  incident: Pick<Incident, 'stamps' | 'stage'>,
  now: bigint,
): { readonly ns: bigint; readonly until: Stage | undefined } | undefined {
  const clocks = stageClocks(incident)
  const start = clocks.find((c) => c.stage === 'detected')
  if (!start) return undefined
  const ended = (['mitigated', 'resolved'] as const).map((stage) => clocks.find((c) => c.stage === stage))
  // an incident set back to analysing runs again
  const stopped = incident.stage === 'detected' || incident.stage === 'analysing' ? undefined : (ended[1] ?? ended[0])
  return stopped ? { ns: stopped.at - start.at, until: stopped.stage } : { ns: now - start.at, until: undefined }
}
