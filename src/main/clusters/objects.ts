// clusters.objects and clusters.object: objects as they stood, and what each version changed.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, parseRange } from '../../shared/base/time.ts'
import { clusters } from '../../shared/contract/clusters.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { behind, readCursor, writeCursor } from '../engine/cursor.ts'
import { changesBetween } from './diff.ts'
import { obj } from './json.ts'
import { stateOf } from './state.ts'

interface ObjectRecord extends Record<string, unknown> {
  source: number
  kind: string
  namespace: string
  name: string
  uid: string
  service: string
  resource_version: string
  deleted: boolean
  body: string
  time: bigint
  versions: bigint
  total: bigint
  /** from 1, in the whole order */
  place: bigint
}

/** the order of clusters.objects, total */
const ORDER = [
  ['kind', 'VARCHAR'],
  ['namespace', 'VARCHAR'],
  ['name', 'VARCHAR'],
  ['uid', 'VARCHAR'],
  ['source', 'INTEGER'],
] as const

function parseBody(json: string): unknown {
  return JSON.parse(json) as unknown
}

export function objectsHandler(engine: EngineContext): Handlers<'clusters'>['objects'] {
  return async (input, { signal }) => {
    const range = parseRange(input.range, engine.platform.clock.now())
    const scope = await engine.telemetry.scope(input.sources, range, {
      services: input.service === undefined ? undefined : [input.service],
    })
    const { cursor, limit, ...question } = input
    const key = readCursor('clusters.objects', cursor, question, ORDER.length)
    const conditions = ['o.time_ns < ?']
    const params: Array<string | bigint | number> = [range.from, range.to]
    const equal = (column: string, value: string | undefined) => {
      if (value === undefined) return
      conditions.push(`o.${column} = ?`)
      params.push(value)
    }
    equal('kind', input.kind)
    equal('namespace', input.namespace)
    equal('service', input.service)
    if (input.text !== undefined && input.text !== '') {
      conditions.push("contains(lower(concat_ws(' ', o.kind, o.namespace, o.name, o.service)), ?)")
      params.push(input.text.toLowerCase())
    }
    // the newest version at the end of the range; versions counted within it; what was gone before it began is left out
    const rows = await engine.telemetry.rows<ObjectRecord>(
      `WITH seen AS (
         SELECT o.source, o.uid, arg_max({ 'kind': o.kind, 'namespace': o.namespace, 'name': o.name, 'service': o.service, 'version': o.resource_version, 'deleted': o.deleted, 'body': o.body }, o.time_ns) AS newest,
           max(o.time_ns) AS time, count(*) FILTER (o.time_ns >= ?) AS versions
         FROM ${scope.relation('objects')} o WHERE ${conditions.join(' AND ')} GROUP BY o.source, o.uid
       ), found AS (
       SELECT source, uid, newest.kind AS kind, newest.namespace AS namespace, newest.name AS name, newest.service AS service, newest.version AS resource_version,
         newest.deleted AS deleted, newest.body AS body, time, versions, count(*) OVER () AS total, count(*) OVER (ORDER BY newest.kind, newest.namespace, newest.name, uid, source ROWS UNBOUNDED PRECEDING) AS place
       FROM seen WHERE NOT newest.deleted OR versions > 0)
       SELECT * FROM found WHERE ${behind(ORDER, key)} ORDER BY kind, namespace, name, uid, source LIMIT ?`,
      [...params, ...(key ?? []), limit],
      { signal },
    )
    const output = clusters.objects.output
    const table = frameFromRows(
      output.shape === 'table' ? output.columns : [],
      rows.map((row) => ({
        kind: row.kind,
        namespace: row.namespace,
        name: row.name,
        uid: row.uid,
        service: row.service,
        ...(row.deleted ? { state: 'Deleted', detail: '' } : stateOf(row.kind, obj(parseBody(row.body)))),
        version: row.resource_version,
        changed: row.time,
        versions: row.versions,
        deleted: row.deleted,
        source: scope.sourceId(row.source),
      })),
    )
    const last = rows.at(-1)
    return {
      table,
      completeness:
        // the last page leaves nothing out
        last && last.place < last.total
          ? { ...scope.completeness, truncated: { returned: rows.length, total: Number(last.total) } }
          : scope.completeness,
      ...(last && last.place < last.total
        ? {
            nextCursor: writeCursor(
              'clusters.objects',
              [last.kind, last.namespace, last.name, last.uid, last.source],
              question,
            ),
          }
        : {}),
    }
  }
}

/** Most versions of one object that an answer holds; the newest win. */
const MAX_VERSIONS = 1000

interface VersionRecord extends Record<string, unknown> {
  source: number
  time: bigint
  kind: string
  namespace: string
  name: string
  service: string
  resource_version: string
  deleted: boolean
  body: string
}

export function objectHandler(engine: EngineContext): Handlers<'clusters'>['object'] {
  return async (input, { signal }) => {
    const range = input.range === undefined ? undefined : parseRange(input.range, engine.platform.clock.now())
    const scope = await engine.telemetry.scope(input.sources, range)
    const until = range ? 'AND time_ns < ?' : ''
    // one more than shown, and versions before the range: the first shown is compared with the one before it
    const rows = await engine.telemetry.rows<VersionRecord>(
      `SELECT source, time_ns AS time, kind, namespace, name, service, resource_version, deleted, body FROM ${scope.relation('objects')}
       WHERE uid = ? ${until} ORDER BY time_ns DESC, resource_version DESC, source LIMIT ${MAX_VERSIONS + 1}`,
      range ? [input.uid, range.to] : [input.uid],
      { signal },
    )
    const newest = rows[0]
    if (!newest)
      throw new WatchdeckError(
        'not_found',
        `No object has the uid ${JSON.stringify(input.uid)} in this scope and range.`,
      )
    // the same object seen by two sources is two histories: the newest one's is told
    const history = rows.filter((row) => row.source === newest.source).reverse()
    const bodies = history.map((row) => parseBody(row.body))
    const from = range?.from ?? 0n
    const versions = history.flatMap((row, i) => {
      if (row.time < from && i < history.length - 1) return []
      const before = bodies[i - 1]
      return [
        {
          time: formatRfc3339(row.time),
          resourceVersion: row.resource_version,
          deleted: row.deleted,
          changes: before === undefined ? [] : changesBetween(before, bodies[i]),
        },
      ]
    })
    const shown = versions.slice(-MAX_VERSIONS)
    const cut = rows.length > MAX_VERSIONS
    return {
      kind: newest.kind,
      namespace: newest.namespace,
      name: newest.name,
      uid: input.uid,
      service: newest.service,
      versions: shown,
      latest: bodies.at(-1) ?? null,
      completeness: cut
        ? { ...scope.completeness, complete: false, truncated: { returned: shown.length } }
        : scope.completeness,
    }
  }
}
