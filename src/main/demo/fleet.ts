// The pods of the shop and what becomes of them: rollouts replace them one by one, crashes and evictions take them away.

import type { Resource } from '../../shared/domain/telemetry.ts'
import type { Random } from './random.ts'
import { MINUTE, type Scenario, serviceName, WARM_UP } from './scenario.ts'
import { type Language, SERVICES, type ServiceShape } from './topology.ts'
import { perRole, ROLES, type Role } from './vocabulary.ts'

export const NODES = 5

export interface Revision {
  readonly role: Role
  readonly number: number
  readonly version: string
  /** pod-template-hash */
  readonly hash: string
  readonly at: number
  /** settings of the version that the topology's defaults give way to */
  readonly changed: boolean
}

export interface Pod {
  readonly name: string
  readonly role: Role
  readonly service: string
  readonly node: number
  readonly uid: string
  readonly ip: string
  readonly revision: Revision
  readonly createdAt: number
  readyAt: number
  endAt: number
  /** the container is not running before this */
  downUntil: number
  restarts: number
  lastCrash: number
  evicted: boolean
  readonly resource: Resource
  /** when each of its places is free again */
  readonly slots: Float64Array
  /** answered so far: well, refused for the caller's own reasons, failed */
  readonly served: { ok: number; refused: number; failed: number }
  /** since the last scrape */
  cpuMs: number
  memoryMiB: number
}

const RUNTIME: Readonly<Record<Language, Record<string, string>>> = {
  go: { 'process.runtime.name': 'go', 'process.runtime.version': '1.25.3', 'telemetry.sdk.language': 'go' },
  java: {
    'process.runtime.name': 'OpenJDK Runtime Environment',
    'process.runtime.version': '21.0.8',
    'telemetry.sdk.language': 'java',
  },
  nodejs: { 'process.runtime.name': 'nodejs', 'process.runtime.version': '24.9.0', 'telemetry.sdk.language': 'nodejs' },
  python: {
    'process.runtime.name': 'cpython',
    'process.runtime.version': '3.13.7',
    'telemetry.sdk.language': 'python',
  },
}

export class Fleet {
  readonly scenario: Scenario
  /** every pod that ever was, by role */
  readonly pods: Readonly<Record<Role, Pod[]>>
  readonly revisions: Revision[] = []
  readonly nodeNames: readonly string[]
  private readonly random: Random
  private readonly turn = new Map<Role, number>()

  constructor(scenario: Scenario, random: Random) {
    this.scenario = scenario
    this.random = random
    this.nodeNames = Array.from({ length: NODES }, (_, i) => `worker-${String.fromCharCode(97 + (i % 3))}${i + 1}`)
    this.pods = perRole<Pod[]>(() => [])
    let seat = 0
    for (const shape of SERVICES) {
      const revision = this.addRevision(
        shape.role,
        scenario.versions[shape.role],
        random.integer(11, 60),
        -WARM_UP - random.between(1, 20) * 1440 * MINUTE,
        false,
      )
      for (let i = 0; i < shape.pods; i++) this.addPod(shape, revision, seat++ % NODES, revision.at, revision.at)
    }
    const herring = scenario.herringDeploy
    this.rollOut(herring.role, bump(scenario.versions[herring.role]), herring.at, false)
    if (scenario.fault === 'rollout' || scenario.fault === 'broken-consumer') {
      this.rollOut(scenario.root, bump(scenario.versions[scenario.root]), scenario.at, true)
      this.rollOut(scenario.root, scenario.versions[scenario.root], scenario.until, false)
    } else if (scenario.fault === 'node-pressure') {
      // a restart of the workload gives its memory back
      this.rollOut(scenario.root, scenario.versions[scenario.root], scenario.until, false)
    }
  }

  shape(role: Role): ServiceShape {
    return SERVICES[ROLES.indexOf(role)] as ServiceShape
  }

  private addRevision(
    role: Role,
    version: readonly [number, number, number],
    number: number,
    at: number,
    changed: boolean,
  ): Revision {
    const revision = { role, number, version: version.join('.'), hash: this.random.suffix(10), at, changed }
    this.revisions.push(revision)
    return revision
  }

  private addPod(shape: ServiceShape, revision: Revision, node: number, createdAt: number, readyAt: number): Pod {
    const { scenario, random } = this
    const service = serviceName(scenario, shape.role)
    const name = `${service}-${revision.hash}-${random.suffix(5)}`
    const uid = random.uuid()
    const pod: Pod = {
      name,
      role: shape.role,
      service,
      node,
      uid,
      ip: `10.42.${node + 1}.${random.integer(10, 250)}`,
      revision,
      createdAt,
      readyAt,
      endAt: Number.POSITIVE_INFINITY,
      downUntil: Number.NEGATIVE_INFINITY,
      restarts: 0,
      lastCrash: Number.NEGATIVE_INFINITY,
      evicted: false,
      resource: {
        attributes: {
          values: {
            'service.name': service,
            'service.namespace': scenario.vocabulary.namespace,
            'service.version': revision.version,
            'service.instance.id': uid,
            'deployment.environment.name': 'production',
            'k8s.cluster.name': 'prod-eu-1',
            'k8s.namespace.name': scenario.vocabulary.namespace,
            'k8s.deployment.name': service,
            'k8s.pod.name': name,
            'k8s.pod.uid': uid,
            'k8s.node.name': this.nodeNames[node] as string,
            'k8s.container.name': service,
            'cloud.availability_zone': `eu-central-1${'abc'[node % 3] as string}`,
            ...RUNTIME[shape.language],
            'telemetry.sdk.name': 'opentelemetry',
          },
        },
      },
      slots: new Float64Array(Math.max(1, Math.round(shape.slots * scenario.scale))).fill(Number.NEGATIVE_INFINITY),
      served: { ok: 0, refused: 0, failed: 0 },
      cpuMs: 0,
      memoryMiB: shape.memoryMiB * random.between(0.92, 1.08),
    }
    this.pods[shape.role].push(pod)
    return pod
  }

  /** One new pod at a time, the old one goes once the new one is ready: maxSurge 1, maxUnavailable 0. */
  private rollOut(role: Role, version: readonly [number, number, number], at: number, changed: boolean): void {
    if (!Number.isFinite(at)) return
    const shape = this.shape(role)
    const before = this.pods[role].filter((pod) => pod.endAt === Number.POSITIVE_INFINITY)
    const revision = this.addRevision(
      role,
      version,
      Math.max(...this.revisions.filter((r) => r.role === role).map((r) => r.number)) + 1,
      at,
      changed,
    )
    let clock = at + 1200
    for (const old of before) {
      const ready = clock + this.random.between(9_000, 15_000)
      this.addPod(shape, revision, old.node, clock, ready)
      old.endAt = ready + this.random.between(1_000, 3_000)
      clock = ready + 1_500
    }
  }

  /** A ready pod, in turn; undefined when the service has none. */
  pick(role: Role, t: number): Pod | undefined {
    const pods = this.pods[role]
    const start = (this.turn.get(role) ?? 0) + 1
    this.turn.set(role, start)
    for (let i = 0; i < pods.length; i++) {
      const pod = pods[(start + i) % pods.length] as Pod
      if (isReady(pod, t)) return pod
    }
    return undefined
  }

  all(): Pod[] {
    return ROLES.flatMap((role) => this.pods[role])
  }

  /** The container ends with an error and waits longer each time before it may start again (10 s doubling to 5 min). */
  crash(pod: Pod, t: number): number {
    const again = t - pod.lastCrash < 10 * MINUTE
    const backOff = again ? Math.min(300_000, 10_000 * 2 ** Math.min(5, pod.restarts)) : 2_000
    pod.restarts++
    pod.lastCrash = t
    pod.downUntil = t + backOff + this.random.between(3_000, 6_000)
    return pod.downUntil
  }

  /** Takes a pod from its node; its successor starts on the least filled other node. */
  evict(pod: Pod, t: number): Pod {
    pod.endAt = t
    pod.evicted = true
    const load = new Array<number>(NODES).fill(0)
    for (const other of this.all()) if (isReady(other, t)) load[other.node] = (load[other.node] as number) + 1
    load[pod.node] = Number.POSITIVE_INFINITY
    const ready = t + this.random.between(28_000, 45_000)
    const next = this.addPod(this.shape(pod.role), pod.revision, load.indexOf(Math.min(...load)), t + 1_000, ready)
    for (const later of this.pods[pod.role])
      if (later !== next && later.createdAt > t && later.node === pod.node)
        next.endAt = Math.min(next.endAt, later.readyAt)
    return next
  }
}

export const exists = (pod: Pod, t: number): boolean => pod.createdAt <= t && t < pod.endAt
export const isReady = (pod: Pod, t: number): boolean => pod.readyAt <= t && t < pod.endAt && t >= pod.downUntil

const bump = ([major, minor]: readonly [number, number, number]): readonly [number, number, number] => [
  major,
  minor + 1,
  0,
]
