// Keeps what is on screen true: when the engine says that something changed, the answers that depend on it are asked again.

import type { QueryClient } from '@tanstack/react-query'
import { disposable } from '../../../shared/base/disposable.ts'
import type { CHANGE_TOPICS } from '../../../shared/contract/system.ts'
import type { Client } from '../../../shared/rpc/api.ts'

type Topic = (typeof CHANGE_TOPICS)[number]

/** Whether an answer of `method` depends on `topic`. */
export function dependsOn(method: string, topic: Topic): boolean {
  const capability = method.slice(0, method.indexOf('.'))
  switch (topic) {
    case 'sources':
      return !['settings', 'jobs'].includes(capability)
    case 'incidents':
      return ['incidents', 'report', 'file'].includes(capability)
    case 'jobs':
      return capability === 'jobs'
    case 'alerts':
      return capability === 'alerts' || method === 'incidents.timeline' || method === 'clusters.happenings'
    case 'recordings':
      return capability === 'recording'
    case 'settings':
      return capability === 'settings' || method === 'file.estimate'
  }
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
