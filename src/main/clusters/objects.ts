// clusters.objects and clusters.object: objects as they stood, and what each version changed.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, parseRange } from '../../shared/base/time.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { changesBetween } from './diff.ts'
import { HeldObjects } from './held.ts'

export function objectsHandler(engine: EngineContext): Handlers<'clusters'>['objects'] {
  return async ({ range, sources, cursor, ...question }, { signal }) => {
    const asked = { ...question, range: parseRange(range, engine.platform.clock.now()), after: cursor }
    const held = new HeldObjects(engine.telemetry, sources)
    const { objects: table, completeness, next } = await held.objects(asked, { signal, view: 'clusters.objects' })
    return { table, completeness, ...(next === undefined ? {} : { nextCursor: next }) }
  }
}

/** Most versions of one object that an answer holds; the newest win. */
const MAX_VERSIONS = 1000

export function objectHandler(engine: EngineContext): Handlers<'clusters'>['object'] {
  return async ({ uid, range: given, sources }, { signal }) => {
    const range = given === undefined ? undefined : parseRange(given, engine.platform.clock.now())
    // one more than shown, and versions before the range: the first shown is compared with the one before it
    const asking = { signal, view: 'clusters.object' }
    const found = await new HeldObjects(engine.telemetry, sources).versions({ uid, range, limit: MAX_VERSIONS }, asking)
    const { versions: history, more, completeness } = found
    const newest = history.at(-1)
    if (!newest)
      throw new WatchdeckError('not_found', `No object has the uid ${JSON.stringify(uid)} in this scope and range.`)
    const bodies = history.map((row): unknown => JSON.parse(row.body))
    const from = range?.from ?? 0n
    const versions = history.flatMap((row, i) => {
      if (row.time < from && i < history.length - 1) return []
      const before = bodies[i - 1]
      return [
        {
          time: formatRfc3339(row.time),
          resourceVersion: row.resourceVersion,
          deleted: row.deleted,
          changes: before === undefined ? [] : changesBetween(before, bodies[i]),
        },
      ]
    })
    const shown = versions.slice(-MAX_VERSIONS)
    return {
      kind: newest.kind,
      namespace: newest.namespace,
      name: newest.name,
      uid,
      service: newest.service,
      versions: shown,
      latest: bodies.at(-1) ?? null,
      completeness: more ? { ...completeness, complete: false, truncated: { returned: shown.length } } : completeness,
    }
  }
}
