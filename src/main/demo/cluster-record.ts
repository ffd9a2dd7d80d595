// Writes down objects and events as the API server would keep them: one uid for each object, versions that only grow.

import type { AttributeValue } from '../../shared/domain/telemetry.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

export class ClusterRecord {
  private readonly world: World
  private readonly random: Random
  private version = 48_120_000
  private readonly uids = new Map<string, string>()

  constructor(world: World) {
    this.world = world
    this.random = world.random('kubernetes')
  }

  private uidOf(kind: string, name: string): string {
    const key = `${kind}/${name}`
    let uid = this.uids.get(key)
    if (uid === undefined) {
      uid = this.random.uuid()
      this.uids.set(key, uid)
    }
    return uid
  }

  object(
    t: number,
    kind: string,
    name: string,
    service: string,
    body: Record<string, AttributeValue>,
    namespace = this.world.scenario.vocabulary.namespace,
    knownUid?: string,
    deleted = false,
  ): void {
    this.version += this.random.integer(3, 90)
    const uid = knownUid ?? this.uidOf(kind, name)
    const resourceVersion = String(this.version)
    const metadata = {
      ...(body.metadata as Record<string, AttributeValue>),
      name,
      ...(namespace === '' ? {} : { namespace }),
      uid,
      resourceVersion,
    }
    this.world.sink.object({
      time: this.world.naming.ns(Math.max(0, t)),
      kind,
      namespace,
      name,
      uid,
      resourceVersion,
      service,
      deleted,
      body: { ...body, kind, metadata },
    })
  }

  event(
    t: number,
    severity: 'normal' | 'warning',
    reason: string,
    message: string,
    kind: string,
    name: string,
    service: string,
    count = 1,
    uid = this.uidOf(kind, name),
    namespace = this.world.scenario.vocabulary.namespace,
  ): void {
    if (t < 0) return
    this.happening('k8s-event', t, severity, reason, message, kind, namespace, name, service, count, uid)
  }

  change(
    t: number,
    reason: string,
    message: string,
    kind: string,
    name: string,
    service: string,
    namespace = this.world.scenario.vocabulary.namespace,
  ): void {
    this.happening('change', t, 'normal', reason, message, kind, namespace, name, service, 1, this.uidOf(kind, name))
  }

  private happening(
    kind: 'k8s-event' | 'change',
    t: number,
    severity: 'normal' | 'warning',
    reason: string,
    message: string,
    objectKind: string,
    namespace: string,
    name: string,
    service: string,
    count: number,
    uid: string,
  ): void {
    const time = this.world.naming.ns(t)
    this.world.sink.happening({
      time,
      endTime: time,
      kind,
      severity,
      reason,
      message,
      objectKind,
      namespace,
      name,
      service,
      count,
      uid,
      attributes: { values: {} },
    })
  }
}
