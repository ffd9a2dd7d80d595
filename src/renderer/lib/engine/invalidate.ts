// Keeps what is on screen true: when the engine says that something changed, the answers that depend on it are asked again.

import type { Query, QueryClient } from '@tanstack/react-query'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import { disposable } from '../../../shared/base/disposable.ts'
import type { CHANGE_TOPICS } from '../../../shared/contract/system.ts'
import type { Client } from '../../../shared/rpc/api.ts'
import { isOutage } from './hooks.ts'

type Topic = (typeof CHANGE_TOPICS)[number]

/** Whether an answer of `method` depends on `topic`. */
export function dependsOn(method: string, topic: Topic): boolean {
  const capability = method.slice(0, method.indexOf('.'))
  switch (topic) {
    case 'sources':
      // whether there is room is told by the engine when it changes; to look costs a walk over the folder
      return !['settings', 'jobs'].includes(capability) && method !== 'space.status'
    case 'incidents':
      return ['incidents', 'report', 'file'].includes(capability)
    case 'jobs':
      return capability === 'jobs'
    case 'alerts':
      return capability === 'alerts' || method === 'incidents.timeline' || method === 'clusters.happenings'
    case 'space':
      return capability === 'space' || method === 'system.backups'
    case 'recordings':
      return capability === 'recording'
    case 'settings':
      return capability === 'settings' || method === 'file.estimate'
  }
}

/** How often what could not be asked is asked again. */
export const AGAIN_MS = 15_000

/** Whether an answer failed by an outage, or misses what a source did not tell. */
export function isLacking(query: Query): boolean {
  const { error, data } = query.state
  if (error instanceof WatchdeckError) return isOutage(error)
  if (typeof data !== 'object' || data === null || !('completeness' in data)) return false
  const { completeness } = data
  return (
    typeof completeness === 'object' &&
    completeness !== null &&
    'missing' in completeness &&
    Array.isArray(completeness.missing) &&
    completeness.missing.length > 0
  )
}

/** Asks again what is on screen and was lacking. */
export const askLackingAgain = (queries: QueryClient): void =>
  void queries.refetchQueries({ type: 'active', predicate: isLacking })

/**
 * Asks again what is on screen, once the page has taken over what else changed (`after`): what asks for another time by
 * then, or was answered meanwhile, is not asked twice.
 */
export function askAllAgain(queries: QueryClient, after: (run: () => void) => void): void {
  const since = Date.now()
  const predicate = ({ state }: Query): boolean =>
    state.fetchStatus === 'idle' && state.dataUpdatedAt < since && state.errorUpdatedAt < since
  setTimeout(
    () =>
      after(() => {
        for (const query of queries.getQueryCache().findAll({ type: 'active', predicate })) askFirstPage(query)
        void queries.refetchQueries({ type: 'active', predicate })
      }),
    0,
  )
}

/**
 * A list that was scrolled far begins again at its first page; asked as it is, every page would be asked for in turn.
 * What is seen of it stays until that page has come.
 */
function askFirstPage(query: Query): void {
  const { data } = query.state
  if (typeof data !== 'object' || data === null || !('pages' in data) || !('pageParams' in data)) return
  const { pages, pageParams } = data
  if (!Array.isArray(pages) || !Array.isArray(pageParams) || pages.length < 2) return
  const { options } = query
  // how it fails is kept with the query, for those who look at it
  query.fetch({ ...options, pages: 1 } as typeof options).catch(() => {})
  query.setOptions(options)
}

/** After a break everything on screen is asked again: what changed meanwhile was told to nobody. */
export function recoverAfterBreaks(client: Client, queries: QueryClient): Disposable {
  let broken = false
  const listening = client.onState((state) => {
    if (state === 'open' && broken) void queries.invalidateQueries()
    broken = state !== 'open'
  })
  return listening
}

/** Follows `system.changes` until disposed, again after every break. */
export function followChanges(client: Client, queries: QueryClient): Disposable {
  const controller = new AbortController()
  const refetch = (topics: ReadonlySet<Topic>): void =>
    void queries.invalidateQueries({
      predicate: (q) => [...topics].some((topic) => dependsOn(String(q.queryKey[0]), topic)),
    })
  let waiting: Set<Topic> | undefined
  const run = async (): Promise<void> => {
    while (!controller.signal.aborted) {
      try {
        for await (const change of client.stream('system.changes', {}, { signal: controller.signal })) {
          // one import tells of hundreds of changes: gather those of a moment
          if (waiting) waiting.add(change.topic)
          else {
            waiting = new Set([change.topic])
            setTimeout(() => {
              const topics = waiting ?? new Set<Topic>()
              waiting = undefined
              refetch(topics)
            }, 50)
          }
        }
      } catch {
        // the connection line on screen speaks of the break; here we only try again
      }
      if (!controller.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }
  void run()
  return disposable(() => controller.abort())
}
