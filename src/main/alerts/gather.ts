// The live sources of alerts in sight, asked beside each other.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { AlertRouting, AlertSource, Told } from '../../shared/domain/live-source.ts'
import type { EngineContext } from '../engine/api.ts'

export interface LiveAlerts<S> {
  readonly id: string
  readonly source: S
}

export const routings = (engine: EngineContext, ids: readonly string[] | undefined): Array<LiveAlerts<AlertRouting>> =>
  engine.live.among(ids).flatMap(({ id, alerts }) => (alerts?.routing ? [{ id, source: alerts.routing }] : []))

export const liveAlerts = (engine: EngineContext, ids: readonly string[] | undefined): Array<LiveAlerts<AlertSource>> =>
  engine.live.among(ids).flatMap(({ id, alerts }) => (alerts ? [{ id, source: alerts }] : []))

/** Asks each; one that does not answer is named, and the others' answers stand. */
export async function gather<S, T extends Told>(
  live: ReadonlyArray<LiveAlerts<S>>,
  from: string,
  to: string,
  ask: (each: LiveAlerts<S>) => Promise<T>,
): Promise<{ found: Array<{ id: string; told: T }>; completeness: Completeness }> {
  const found: Array<{ id: string; told: T }> = []
  const parts = await Promise.all(
    live.map(async (each) => {
      try {
        const told = await ask(each)
        found.push({ id: each.id, told })
        const unread = told.warnings.map((reason) => ({ source: each.id, from, to, reason }))
        return uniteCompleteness([told.completeness, { complete: unread.length === 0, missing: unread }])
      } catch (error) {
        if (!(error instanceof WatchdeckError) || ['cancelled', 'internal'].includes(error.code)) throw error
        return { complete: false, missing: [{ source: each.id, from, to, reason: error.message }] }
      }
    }),
  )
  return { found, completeness: uniteCompleteness(parts) }
}

/** What comes in time. @throws WatchdeckError `timeout` otherwise; the work goes on */
export async function within<T>(work: Promise<T>, patienceMs: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      late.reject(
        new WatchdeckError('timeout', 'It has not answered within ten seconds: its alerts are as they were last seen.'),
      ),
    patienceMs,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
