// Objects that are held here, whoever they came from: stored, in an opened incident file, of a demo.

import { clusters } from '../../shared/contract/clusters.ts'
import type { Asking } from '../../shared/domain/live-source.ts'
import type { ObjectQuestion, ObjectSource } from '../../shared/domain/record-sources.ts'
import type { TimeRange } from '../../shared/base/time.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import type { TelemetryStore } from '../storage/telemetry/api.ts'
import { behind, readCursor, writeCursor } from '../engine/cursor.ts'
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

const QUIET = { warnings: [], infos: [] }

export class HeldObjects implements ObjectSource {
  readonly #store: TelemetryStore
  readonly #sources: readonly string[] | undefined

  constructor(store: TelemetryStore, sources: readonly string[] | undefined) {
    this.#store = store
    this.#sources = sources
  }

  async objects(asked: ObjectQuestion & { limit: number; after?: string | undefined }, { signal }: Asking) {
    const { range } = asked
    const scope = await this.#store.scope(this.#sources, range, {
      services: asked.service === undefined ? undefined : [asked.service],
    })
    const { after, limit, range: _range, ...question } = asked
    // a range that ends now is another at every page
    const told = { ...question, sources: this.#sources }
    const key = readCursor('clusters.objects', after, told, ORDER.length)
    const conditions = ['o.time_ns < ?']
    const params: Array<string | bigint | number> = [range.from, range.to]
    const equal = (column: string, value: string | undefined) => {
      if (value === undefined) return
      conditions.push(`o.${column} = ?`)
      params.push(value)
    }
    equal('kind', asked.kind)
    equal('namespace', asked.namespace)
    equal('service', asked.service)
    if (asked.text !== undefined && asked.text !== '') {
      conditions.push("contains(lower(concat_ws(' ', o.kind, o.namespace, o.name, o.service)), ?)")
      params.push(asked.text.toLowerCase())
    }
    // the newest version at the end of the range; versions counted within it; what was gone before it began is left out
    const rows = await this.#store.rows<ObjectRecord>(
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
    const objects = frameFromRows(
      output.shape === 'table' ? output.columns : [],
      rows.map((row) => ({
        kind: row.kind,
        namespace: row.namespace,
        name: row.name,
        uid: row.uid,
        service: row.service,
        ...(row.deleted ? { state: 'Deleted', detail: '' } : stateOf(row.kind, obj(JSON.parse(row.body)))),
        version: row.resource_version,
        changed: row.time,
        versions: row.versions,
        deleted: row.deleted,
        source: scope.sourceId(row.source),
      })),
    )
    const last = rows.at(-1)
    return {
      ...QUIET,
      objects,
      completeness:
        // the last page leaves nothing out
        last && last.place < last.total
          ? { ...scope.completeness, truncated: { returned: rows.length, total: Number(last.total) } }
          : scope.completeness,
      ...(last && last.place < last.total
        ? {
            next: writeCursor('clusters.objects', [last.kind, last.namespace, last.name, last.uid, last.source], told),
          }
        : {}),
    }
  }

  async versions(
    { uid, range, limit }: { uid: string; range: TimeRange | undefined; limit: number },
    { signal }: Asking,
  ) {
    const scope = await this.#store.scope(this.#sources, range)
    const until = range ? 'AND time_ns < ?' : ''
    const rows = await this.#store.rows<VersionRecord>(
      `SELECT source, time_ns AS time, kind, namespace, name, service, resource_version, deleted, body FROM ${scope.relation('objects')}
       WHERE uid = ? ${until} ORDER BY time_ns DESC, resource_version DESC, source LIMIT ${limit + 1}`,
      range ? [uid, range.to] : [uid],
      { signal },
    )
    const newest = rows[0]
    // the same object seen by two sources is two histories: the newest one's is told
    const own = rows.filter((row) => row.source === newest?.source)
    return {
      ...QUIET,
      versions: own
        .reverse()
        .map(({ resource_version: resourceVersion, source: _source, ...row }) => ({ ...row, resourceVersion })),
      more: rows.length > limit,
      completeness: scope.completeness,
    }
  }
}
