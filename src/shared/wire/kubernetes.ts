// What `kubectl get -o json|yaml` writes: lists, single objects, several documents in a row, events. Objects become
// versions at the time they were last changed; events become happenings.

import type { AttributeValue, HappeningRow, ObjectRow } from '../domain/telemetry.ts'
import { Lines } from './json/lines.ts'
import { KEEP } from './json/shape.ts'
import { JsonStream } from './json/stream.ts'
import { isObject, type JsonObject, listOf, textOf } from './json/value.ts'
import { plain } from './logs/json-log.ts'
import { fieldTime } from './logs/time.ts'
import { type LateFields, NOTHING_LATE, type ReadOptions, timeProblem, type WireReader } from './reader.ts'
import { parseYaml, saysNothing } from './yaml.ts'

class KubernetesObjects {
  readonly #options: ReadOptions
  constructor(options: ReadOptions) {
    this.#options = options
  }

  take(raw: unknown, line: number): void {
    const { into } = this.#options
    if (!isObject(raw) || (raw.kind === undefined && !isObject(raw.metadata))) {
      into.skip(line, 'not a Kubernetes object', raw)
      return
    }
    const kind = textOf(raw.kind)
    // Watch output wraps the object: {"type":"MODIFIED","object":{..}}
    if (isObject(raw.object) && typeof raw.type === 'string') {
      this.take(raw.object, line)
      return
    }
    if (Array.isArray(raw.items) && (kind === 'List' || kind.endsWith('List') || kind === '')) {
      const itemKind = kind.endsWith('List') ? kind.slice(0, -4) : ''
      for (const item of raw.items as readonly unknown[])
        this.take(
          isObject(item) && item.kind === undefined && itemKind !== '' ? { kind: itemKind, ...item } : item,
          line,
        )
      return
    }
    if (kind === '') into.skip(line, 'a Kubernetes object without a kind', raw)
    else if (kind === 'Event') this.#event(raw, line)
    else this.#object(raw, kind, line)
  }

  #object(from: JsonObject, kind: string, line: number): void {
    // before anything else: what is skipped is shown as an example
    const raw = withoutSecrets(from, kind)
    const { into, fileTime } = this.#options
    const meta = isObject(raw.metadata) ? raw.metadata : {}
    const name = textOf(meta.name)
    if (name === '') {
      into.skip(line, 'a Kubernetes object without a name', raw)
      return
    }
    const deletedAt = fieldTime(meta.deletionTimestamp, 'rfc3339', 'UTC')
    const time = changedAt(raw, meta) ?? fileTime
    const problem = timeProblem(time, this.#options)
    if (problem !== undefined) {
      into.skip(line, problem, raw)
      return
    }
    const row: ObjectRow = {
      time,
      kind,
      namespace: textOf(meta.namespace),
      name,
      uid: textOf(meta.uid),
      resourceVersion: textOf(meta.resourceVersion),
      service: serviceOfObject(meta, kind),
      deleted: deletedAt !== undefined && deletedAt <= fileTime && !isObject(raw.status),
      body: plain(withoutManagedFields(raw), '', {}, into),
    }
    into.objects.push(row)
  }

  #event(raw: JsonObject, line: number): void {
    const { into } = this.#options
    const meta = isObject(raw.metadata) ? raw.metadata : {}
    const about = isObject(raw.involvedObject) ? raw.involvedObject : isObject(raw.regarding) ? raw.regarding : {}
    const series = isObject(raw.series) ? raw.series : {}
    const times = [
      raw.firstTimestamp,
      raw.deprecatedFirstTimestamp,
      raw.eventTime,
      raw.lastTimestamp,
      meta.creationTimestamp,
    ]
    const time = times
      .map((value) => fieldTime(value ?? undefined, 'rfc3339', 'UTC'))
      .find((value) => value !== undefined)
    if (time === undefined) {
      into.skip(line, 'an event without a time', raw)
      return
    }
    const problem = timeProblem(time, this.#options)
    if (problem !== undefined) {
      into.skip(line, problem, raw)
      return
    }
    const lastSeen = [series.lastObservedTime, raw.lastTimestamp, raw.deprecatedLastTimestamp]
      .map((value) => fieldTime(value ?? undefined, 'rfc3339', 'UTC'))
      .find((value) => value !== undefined)
    const isKnown = lastSeen === undefined || timeProblem(lastSeen, this.#options) === undefined
    if (!isKnown) into.note('an event that was last seen at a time that cannot be ends when it was first seen')
    const last = isKnown ? lastSeen : undefined
    const count = [series.count, raw.count, raw.deprecatedCount].find(
      (value): value is number => typeof value === 'number' && value > 0,
    )
    const source = isObject(raw.source) ? raw.source : isObject(raw.deprecatedSource) ? raw.deprecatedSource : {}
    const values: Record<string, AttributeValue> = {}
    const component = textOf(raw.reportingComponent) || textOf(raw.reportingController) || textOf(source.component)
    if (component !== '') values.component = component
    const host = textOf(source.host)
    if (host !== '') values['host.name'] = host
    const field = textOf(about.fieldPath)
    if (field !== '') values.fieldPath = field
    const objectKind = textOf(about.kind)
    const name = textOf(about.name)
    const row: HappeningRow = {
      time,
      endTime: last !== undefined && last > time ? last : time,
      kind: 'k8s-event',
      severity: raw.type === 'Warning' ? 'warning' : 'normal',
      reason: textOf(raw.reason),
      message: textOf(raw.message) || textOf(raw.note),
      objectKind,
      namespace: textOf(about.namespace) || textOf(meta.namespace),
      name,
      service: workloadOfName(name, objectKind),
      count: Math.min(count ?? 1, 2_147_483_647),
      uid: textOf(meta.uid) || textOf(about.uid),
      attributes: { values },
    }
    into.happenings.push(row)
  }
}

/** The newest instant that the object itself tells: conditions, container states, field managers, creation. */
function changedAt(raw: JsonObject, meta: JsonObject): bigint | undefined {
  let newest: bigint | undefined
  const see = (value: unknown): void => {
    const time = typeof value === 'string' ? fieldTime(value, 'rfc3339', 'UTC') : undefined
    if (time !== undefined && (newest === undefined || time > newest)) newest = time
  }
  see(meta.creationTimestamp)
  see(meta.deletionTimestamp)
  for (const manager of listOf(meta.managedFields)) if (isObject(manager)) see(manager.time)
  const status = isObject(raw.status) ? raw.status : {}
  for (const condition of listOf(status.conditions)) if (isObject(condition)) see(condition.lastTransitionTime)
  for (const container of listOf(status.containerStatuses)) {
    if (!isObject(container)) continue
    for (const state of [container.state, container.lastState]) {
      for (const inner of isObject(state) ? Object.values(state) : []) {
        if (!isObject(inner)) continue
        see(inner.startedAt)
        see(inner.finishedAt)
      }
    }
  }
  return newest
}

function withoutManagedFields(raw: JsonObject): JsonObject {
  if (!isObject(raw.metadata) || raw.metadata.managedFields === undefined) return raw
  const { managedFields: _, ...metadata } = raw.metadata
  return { ...raw, metadata }
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
/** Keys of a ConfigMap whose values should have been in a Secret. */
const SECRET_KEY = /pass(?:word|wd|phrase)|secret|token|api[_.-]?key|private[_.-]?key|credential/i

/**
 * Values of Secrets are never kept: their place says how long they are and, so that a rotation is seen as a change, in
 * which version of the object. Not even a hash: a password of a few characters can be found by its hash.
 */
function withoutSecrets(raw: JsonObject, kind: string): JsonObject {
  if (kind !== 'Secret' && kind !== 'ConfigMap') return raw
  const meta = isObject(raw.metadata) ? raw.metadata : {}
  const hide = (fields: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [
        key,
        kind === 'Secret' || SECRET_KEY.test(key) ? hidden(value, textOf(meta.resourceVersion)) : value,
      ]),
    )
  const out: Record<string, unknown> = { ...raw }
  for (const field of ['data', 'stringData', 'binaryData']) {
    const value = raw[field]
    if (isObject(value)) out[field] = hide(value)
    else if (kind === 'Secret' && value !== undefined && value !== null) out[field] = hidden(value, '')
  }
  if (isObject(meta.annotations) && Object.hasOwn(meta.annotations, LAST_APPLIED)) {
    // the whole object once more, as text
    const { [LAST_APPLIED]: applied, ...annotations } = meta.annotations
    out.metadata = { ...meta, annotations: { ...annotations, [LAST_APPLIED]: hidden(applied, '') } }
  }
  return out as JsonObject
}

const hidden = (value: unknown, version: string): string => {
  const length = typeof value === 'string' ? value.length : JSON.stringify(value ?? '').length
  return `<hidden: ${length} characters${version === '' ? '' : `, version ${version}`}>`
}

const WORKLOADS = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'Rollout',
  'CronJob',
  'HorizontalPodAutoscaler',
])

function serviceOfObject(meta: JsonObject, kind: string): string {
  const labels = isObject(meta.labels) ? meta.labels : {}
  for (const key of ['app.kubernetes.io/name', 'app', 'k8s-app', 'app.kubernetes.io/instance']) {
    const value = Object.hasOwn(labels, key) ? textOf(labels[key]) : ''
    if (value !== '') return value
  }
  for (const owner of listOf(meta.ownerReferences)) {
    if (isObject(owner) && textOf(owner.name) !== '') return workloadOfName(textOf(owner.name), textOf(owner.kind))
  }
  return WORKLOADS.has(kind) || kind === 'Pod' ? workloadOfName(textOf(meta.name), kind) : ''
}

/** `payment-7d9f8b6c5d-x2x7k` and `payment-28391040-x2x7k` of a Pod and `payment-7d9f8b6c5d` of a ReplicaSet are all `payment`. */
export function workloadOfName(name: string, kind: string): string {
  if (kind === 'ReplicaSet') return name.replace(/-[a-f0-9bcdfghjklmnpqrstvwxz]{5,10}$/, '')
  if (kind === 'Pod')
    return name
      .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/, '')
      .replace(/-(?:\d{1,4}|(?:\d{6,}-)?[bcdfghjklmnpqrstvwxz2456789]{5})$/, '')
  if (kind === 'Job') return name.replace(/-\d{6,}$/, '')
  return WORKLOADS.has(kind) ? name : ''
}

export function kubernetesJsonReader(options: ReadOptions): WireReader {
  const objects = new KubernetesObjects(options)
  const stream = new JsonStream(
    { take: 'object', keys: { kind: { take: KEEP }, items: { items: { take: 'item' } } }, items: { take: 'object' } },
    {
      values: (_, values, around, lines) =>
        values.forEach((value, i) => {
          const list = textOf(around[0]?.fields.kind)
          const kind = list.endsWith('List') && list !== 'List' ? list.slice(0, -4) : ''
          objects.take(
            kind !== '' && isObject(value) && value.kind === undefined ? { kind, ...value } : value,
            lines[i] as number,
          )
        }),
      bad: (line, reason, example) => options.into.skip(line, reason, example),
    },
    { known: options.known, maxValueBytes: options.openAt },
  )
  return { push: (bytes) => stream.push(bytes), end: () => stream.end(), late: stream.late }
}

/** One YAML document (or one item of a list) may have this many characters. */
const MAX_YAML = 16_000_000

export function kubernetesYamlReader(options: ReadOptions): WireReader {
  const objects = new KubernetesObjects(options)
  const late: LateFields = NOTHING_LATE
  let held: string[] = []
  let heldLength = 0
  let from = 1
  let inItems = false
  let sawItems = false
  let listKind = ''

  const flush = (): void => {
    const text = held.join('\n')
    const line = from
    const wasItem = inItems
    held = []
    const length = heldLength
    heldLength = 0
    if (saysNothing(text)) return
    if (length > MAX_YAML) {
      options.into.skip(line, 'a YAML document larger than 16 MB', text.slice(0, 300))
      return
    }
    let value: unknown
    try {
      value = parseYaml(text)
    } catch {
      options.into.skip(line, 'not valid YAML', text.slice(0, 300))
      return
    }
    if (wasItem) {
      for (const item of listOf(value))
        objects.take(
          listKind !== '' && isObject(item) && item.kind === undefined ? { kind: listKind, ...item } : item,
          line,
        )
      return
    }
    if (value === null || (sawItems && isObject(value) && value.items === undefined)) return
    // The head and tail of a list whose items were read one by one
    if (isObject(value) && value.items === null) {
      const kind = textOf(value.kind)
      listKind = kind.endsWith('List') && kind !== 'List' ? kind.slice(0, -4) : ''
      return
    }
    objects.take(value, line)
  }

  const lines = new Lines({
    line(text, number) {
      const isMark = text === '---' || text.startsWith('--- ') || text === '...'
      const isItem = inItems && text.startsWith('- ')
      const leaves = inItems && /^[A-Za-z]/.test(text)
      if (isMark || isItem || leaves) {
        flush()
        from = number
        if (isMark || leaves) inItems = false
        if (isMark) {
          sawItems = false
          return
        }
      }
      if (held.length === 0) from = number
      heldLength += text.length + 1
      if (heldLength <= MAX_YAML) held.push(text)
      if (/^items:\s*$/.test(text)) {
        flush()
        inItems = true
        sawItems = true
      }
    },
    tooLong: (start, number) => options.into.skip(number, 'line longer than 64 MB', start),
  })
  return {
    push: (bytes) => lines.push(bytes),
    end() {
      lines.end()
      flush()
    },
    late,
  }
}
