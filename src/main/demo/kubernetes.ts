// The cluster's own account: objects with every version they had, and the events that controllers and kubelets write.
// It watches the fleet and writes down what changed since it last looked.

import { type Due, planAgenda } from './agenda.ts'
import { ClusterRecord } from './cluster-record.ts'
import { exists, isReady, NODES, type Pod, type Revision } from './fleet.ts'
import { changedSettings, type Manifests, manifests } from './manifests.ts'
import { MINUTE, serviceName } from './scenario.ts'
import { ROLES, type Role } from './vocabulary.ts'
import type { World } from './world.ts'

export class Kubernetes {
  private readonly world: World
  private readonly make: Manifests
  private readonly record: ClusterRecord
  private readonly agenda: Due[]
  private readonly podStates = new Map<Pod, string>()
  private readonly deploymentStates = new Map<Role, string>()
  private readonly seenRevisions = new Set<Revision>()
  private readonly pressed = new Set<number>()
  private opened = false
  private lastEviction = Number.NEGATIVE_INFINITY

  constructor(world: World) {
    this.world = world
    this.make = manifests(world.scenario, world.naming)
    this.record = new ClusterRecord(world)
    this.agenda = planAgenda(world, this.make, this.record)
  }

  /** Looks at the fleet as it is at `t`. */
  observe(t: number): void {
    if (t < 0) return
    const { fleet } = this.world
    if (!this.opened) this.open(t)
    while (this.agenda.length > 0 && (this.agenda[0]?.at as number) <= t) {
      const due = this.agenda.shift()
      if (due !== undefined) due.run(due.at)
    }
    for (const revision of fleet.revisions)
      if (revision.at <= t && !this.seenRevisions.has(revision)) this.rolledOut(revision, t)
    for (const role of ROLES) for (const pod of fleet.pods[role]) this.observePod(pod, t)
    for (const role of ROLES) this.observeDeployment(role, t)
    if (t % 15_000 === 0) this.observeNodes(t)
  }

  crashed(pod: Pod, t: number): void {
    if (t < 0) return
    this.record.event(
      t,
      'warning',
      'BackOff',
      `Back-off restarting failed container ${pod.service} in pod ${pod.name}`,
      'Pod',
      pod.name,
      pod.service,
      pod.restarts,
      pod.uid,
    )
    if (pod.restarts > 1)
      this.record.event(
        t + 500,
        'warning',
        'Unhealthy',
        `Readiness probe failed: Get "http://${pod.ip}:8080/readyz": dial tcp ${pod.ip}:8080: connect: connection refused`,
        'Pod',
        pod.name,
        pod.service,
        1,
        pod.uid,
      )
  }

  private open(t: number): void {
    this.opened = true
    const { fleet } = this.world
    for (let node = 0; node < NODES; node++) this.nodeObject(0, node, false)
    for (const revision of fleet.revisions) {
      if (revision.at > t) continue
      this.seenRevisions.add(revision)
      const service = serviceName(this.world.scenario, revision.role)
      this.record.object(0, 'ConfigMap', `${service}-config`, service, this.make.configMap(revision.role, undefined))
      this.record.object(
        0,
        'ReplicaSet',
        `${service}-${revision.hash}`,
        service,
        this.make.replicaSet(revision, fleet.shape(revision.role).pods),
      )
    }
    for (const role of ['frontend', 'catalog', 'checkout'] as const)
      this.record.object(
        0,
        'HorizontalPodAutoscaler',
        serviceName(this.world.scenario, role),
        serviceName(this.world.scenario, role),
        this.make.autoscaler(role, fleet.shape(role).pods),
      )
    this.record.object(
      0,
      'CronJob',
      this.world.scenario.vocabulary.batch,
      this.world.scenario.vocabulary.batch,
      this.make.cronJob(),
    )
    this.record.object(0, 'ConfigMap', 'coredns', 'coredns', this.make.coreDns('10.0.0.2'), 'kube-system')
  }

  private observePod(pod: Pod, t: number): void {
    if (pod.createdAt > t) return
    const state =
      t >= pod.endAt
        ? pod.evicted
          ? 'Evicted'
          : 'Gone'
        : t < pod.downUntil
          ? `CrashLoopBackOff/${pod.restarts}`
          : t < pod.readyAt
            ? 'Pending'
            : `Running/${pod.restarts}`
    const before = this.podStates.get(pod)
    if (state === before) return
    this.podStates.set(pod, state)
    if (before === undefined && state === 'Gone') return
    const first = before === undefined
    const at = first
      ? Math.max(0, pod.createdAt)
      : state === 'Gone' || state === 'Evicted'
        ? pod.endAt
        : before === 'Pending'
          ? pod.readyAt
          : Math.max(0, t - 3_000)
    this.record.object(
      at,
      'Pod',
      pod.name,
      pod.service,
      this.make.pod(pod, state, this.world.fleet.nodeNames[pod.node] as string),
      undefined,
      pod.uid,
      state === 'Gone',
    )
    if (first && pod.createdAt > 0) {
      this.record.event(
        at,
        'normal',
        'Scheduled',
        `Successfully assigned ${this.world.scenario.vocabulary.namespace}/${pod.name} to ${this.world.fleet.nodeNames[pod.node] as string}`,
        'Pod',
        pod.name,
        pod.service,
        1,
        pod.uid,
      )
      this.record.event(
        at + 900,
        'normal',
        'Pulled',
        `Container image "registry.example/${pod.service}:${pod.revision.version}" already present on machine`,
        'Pod',
        pod.name,
        pod.service,
        1,
        pod.uid,
      )
      this.record.event(
        at + 1_400,
        'normal',
        'Started',
        `Started container ${pod.service}`,
        'Pod',
        pod.name,
        pod.service,
        1,
        pod.uid,
      )
    }
    if (state === 'Gone')
      this.record.event(
        at - 900,
        'normal',
        'Killing',
        `Stopping container ${pod.service}`,
        'Pod',
        pod.name,
        pod.service,
        1,
        pod.uid,
      )
    if (before?.startsWith('CrashLoop') && state.startsWith('Running'))
      this.record.event(
        at,
        'normal',
        'Started',
        `Started container ${pod.service}`,
        'Pod',
        pod.name,
        pod.service,
        pod.restarts + 1,
        pod.uid,
      )
  }

  private observeDeployment(role: Role, t: number): void {
    const { fleet, scenario } = this.world
    const pods = fleet.pods[role].filter((pod) => exists(pod, t))
    const ready = pods.filter((pod) => isReady(pod, t)).length
    const revision = fleet.revisions.filter((r) => r.role === role && r.at <= t).at(-1) as Revision
    const updated = pods.filter((pod) => pod.revision === revision).length
    const state = `${revision.number}/${ready}/${updated}`
    if (this.deploymentStates.get(role) === state) return
    const first = !this.deploymentStates.has(role)
    this.deploymentStates.set(role, state)
    const service = serviceName(scenario, role)
    this.record.object(
      first ? 0 : t,
      'Deployment',
      service,
      service,
      this.make.deployment(revision, fleet.shape(role).pods, ready, updated),
    )
  }

  private rolledOut(revision: Revision, t: number): void {
    this.seenRevisions.add(revision)
    const { scenario, fleet } = this.world
    const service = serviceName(scenario, revision.role)
    const at = revision.at
    const earlier = fleet.revisions
      .filter((r) => r.role === revision.role && r.number < revision.number)
      .at(-1) as Revision
    const replicas = fleet.shape(revision.role).pods
    const settings = revision.changed ? changedSettings(scenario) : undefined
    if (settings !== undefined || earlier.changed) {
      this.record.object(
        at - 2_000,
        'ConfigMap',
        `${service}-config`,
        service,
        this.make.configMap(revision.role, settings),
      )
      this.record.change(
        at - 2_000,
        'ConfigChanged',
        `configmap/${service}-config updated`,
        'ConfigMap',
        `${service}-config`,
        service,
      )
    }
    this.record.object(
      at,
      'ReplicaSet',
      `${service}-${revision.hash}`,
      service,
      this.make.replicaSet(revision, replicas),
    )
    this.record.object(t, 'ReplicaSet', `${service}-${earlier.hash}`, service, this.make.replicaSet(earlier, 0))
    const what =
      earlier.version === revision.version
        ? 'restarted'
        : `image registry.example/${service}:${earlier.version} -> ${revision.version}`
    this.record.change(
      at,
      'Rollout',
      `deployment/${service} ${what} (revision ${revision.number})`,
      'Deployment',
      service,
      service,
    )
    this.record.event(
      at,
      'normal',
      'ScalingReplicaSet',
      `Scaled up replica set ${service}-${revision.hash} to ${replicas}`,
      'Deployment',
      service,
      service,
    )
    this.record.event(
      at + replicas * 13_000,
      'normal',
      'ScalingReplicaSet',
      `Scaled down replica set ${service}-${earlier.hash} to 0`,
      'Deployment',
      service,
      service,
    )
  }

  private observeNodes(t: number): void {
    const { conditions, fleet } = this.world
    for (let node = 0; node < NODES; node++) {
      const used = conditions.nodeUsed[node] as number
      const name = fleet.nodeNames[node] as string
      if (used > 0.93 && !this.pressed.has(node)) {
        this.pressed.add(node)
        this.nodeObject(t, node, true)
        this.record.event(
          t,
          'warning',
          'NodeHasMemoryPressure',
          `Node ${name} status is now: NodeHasMemoryPressure`,
          'Node',
          name,
          '',
          1,
          undefined,
          '',
        )
      } else if (used < 0.85 && this.pressed.has(node)) {
        this.pressed.delete(node)
        this.nodeObject(t, node, false)
        this.record.event(
          t,
          'normal',
          'NodeHasSufficientMemory',
          `Node ${name} status is now: NodeHasSufficientMemory`,
          'Node',
          name,
          '',
          1,
          undefined,
          '',
        )
      }
      if (this.pressed.has(node) && t - this.lastEviction > 5 * MINUTE) this.evictFrom(node, t)
    }
  }

  /** The kubelet takes the small ones first: pods without memory requests are the first to go. */
  private evictFrom(node: number, t: number): void {
    const { fleet } = this.world
    const candidates = fleet
      .all()
      .filter(
        (pod) =>
          pod.node === node &&
          isReady(pod, t) &&
          !['frontend', 'checkout', 'payment'].includes(pod.role) &&
          pod.role !== this.world.scenario.root &&
          pod.endAt === Number.POSITIVE_INFINITY,
      )
    const victim = candidates.sort((a, b) => a.memoryMiB - b.memoryMiB)[0]
    if (victim === undefined) return
    this.lastEviction = t
    this.record.event(
      t,
      'warning',
      'Evicted',
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 61Mi.',
      'Pod',
      victim.name,
      victim.service,
      1,
      victim.uid,
    )
    fleet.evict(victim, t)
  }

  private nodeObject(t: number, node: number, pressure: boolean): void {
    const name = this.world.fleet.nodeNames[node] as string
    this.record.object(t, 'Node', name, '', this.make.node(name, node, pressure), '')
  }
}
