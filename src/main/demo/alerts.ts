// The alerts that a Prometheus with everyday rules would have fired over the scraped series: an expression over the last
// minutes, a `for`, and an end. A rule knows no more than what was scraped.

import { exists, isReady } from './fleet.ts'
import type { Kafka } from './kafka.ts'
import { MINUTE, serviceName } from './scenario.ts'
import { SERVICES } from './topology.ts'
import type { World } from './world.ts'

interface Reading {
  readonly name: string
  readonly service: string
  readonly objectKind: string
  readonly object: string
  readonly labels: Record<string, string>
  readonly severity: 'warning' | 'critical'
  /** for how long it has to hold */
  readonly holds: number
  readonly active: boolean
  readonly summary: string
}

interface State {
  since: number
  firing: Reading | undefined
  firedAt: number
}

interface Past {
  readonly t: number
  readonly ok: number
  readonly failed: number
  readonly sum: number
  readonly count: number
}

export interface Alert {
  readonly name: string
  readonly service: string
  readonly firedAt: number
  readonly resolvedAt: number | undefined
}

export class Alerts {
  readonly fired: Alert[] = []
  private readonly world: World
  private readonly kafka: Kafka
  private readonly states = new Map<string, State>()
  private readonly past = new Map<string, Past[]>()

  constructor(world: World, kafka: Kafka) {
    this.world = world
    this.kafka = kafka
  }

  evaluate(t: number): void {
    for (const reading of this.readings(t)) {
      const key = `${reading.name}|${reading.object}`
      let state = this.states.get(key)
      if (state === undefined) {
        state = { since: Number.NaN, firing: undefined, firedAt: 0 }
        this.states.set(key, state)
      }
      if (!reading.active) {
        this.resolve(state, t)
        continue
      }
      if (Number.isNaN(state.since)) state.since = t
      if (state.firing === undefined && t - state.since >= reading.holds) {
        state.firing = reading
        state.firedAt = t
      }
    }
  }

  /** Alerts that still fire when the window closes are written with its end. */
  close(t: number): void {
    for (const state of this.states.values()) this.resolve(state, t, true)
  }

  private resolve(state: State, t: number, open = false): void {
    const alert = state.firing
    state.since = Number.NaN
    if (alert === undefined) return
    state.firing = undefined
    this.fired.push({
      name: alert.name,
      service: alert.service,
      firedAt: state.firedAt,
      resolvedAt: open ? undefined : t,
    })
    const { naming } = this.world
    this.world.sink.happening({
      time: naming.ns(state.firedAt),
      endTime: naming.ns(t),
      kind: 'alert',
      severity: 'warning',
      reason: alert.name,
      message: alert.summary,
      objectKind: alert.objectKind,
      namespace: this.world.scenario.vocabulary.namespace,
      name: alert.object,
      service: alert.service,
      count: 1,
      uid: '',
      attributes: {
        values: {
          alertname: alert.name,
          severity: alert.severity,
          state: open ? 'firing' : 'resolved',
          ...alert.labels,
        },
      },
    })
  }

  private *readings(t: number): Generator<Reading> {
    const { fleet, tally, scenario, conditions } = this.world
    for (const shape of SERVICES) {
      const service = serviceName(scenario, shape.role)
      const pods = fleet.pods[shape.role]
      const latency = tally.latency(shape.role)
      const now: Past = {
        t,
        ok: pods.reduce((sum, pod) => sum + pod.served.ok, 0),
        failed: pods.reduce((sum, pod) => sum + pod.served.failed, 0),
        sum: latency.sum,
        count: latency.count,
      }
      const list = this.past.get(service) ?? []
      this.past.set(service, list)
      list.push(now)
      while (list.length > 1 && (list[1] as Past).t <= t - 5 * MINUTE) list.shift()
      const then = list[0] as Past
      const ok = now.ok - then.ok
      const failed = now.failed - then.failed
      const ratio = failed / Math.max(1, ok + failed)
      const mean = (now.sum - then.sum) / Math.max(1, now.count - then.count)
      const labels = { service }
      const about = { service, objectKind: 'Service', object: service, labels }
      if (
        shape.role === 'checkout' ||
        shape.role === 'frontend' ||
        shape.role === 'payment' ||
        shape.role === 'orders' ||
        shape.role === 'inventory'
      ) {
        const edge = shape.role === 'frontend'
        yield {
          ...about,
          name: 'HighErrorRate',
          severity: 'critical',
          holds: 2 * MINUTE,
          active: failed >= 5 && ratio > (edge ? 0.02 : 0.05),
          summary: `${service}: ${(ratio * 100).toFixed(1)} % of requests failed over 5 minutes`,
        }
        yield {
          ...about,
          name: 'HighLatency',
          severity: 'warning',
          holds: 2 * MINUTE,
          active: now.count - then.count > 20 && mean > (shape.role === 'checkout' ? 1.6 : 0.9),
          summary: `${service}: mean response time ${mean.toFixed(2)} s over 5 minutes`,
        }
      }
      const ready = pods.filter((pod) => isReady(pod, t)).length
      yield {
        ...about,
        objectKind: 'Deployment',
        name: 'KubeDeploymentReplicasMismatch',
        severity: 'warning',
        holds: 3 * MINUTE,
        active: ready < shape.pods,
        summary: `${service}: ${ready} of ${shape.pods} pods ready`,
      }
      for (const pod of pods)
        if (pod.restarts > 0)
          yield {
            service,
            objectKind: 'Pod',
            object: pod.name,
            labels: { pod: pod.name, service },
            name: 'KubePodCrashLooping',
            severity: 'warning',
            holds: MINUTE,
            active: exists(pod, t) && pod.restarts >= 2 && t - pod.lastCrash < 5 * MINUTE,
            summary: `${pod.name} has restarted ${pod.restarts} times`,
          }
    }
    for (const group of this.kafka.groups) {
      const lag = group.positions.reduce(
        (sum, position) => sum + this.kafka.logEndOf(group.shape.topic, position.partition) - position.committed,
        0,
      )
      yield {
        service: serviceName(scenario, group.shape.role),
        objectKind: 'ConsumerGroup',
        object: group.name,
        labels: { consumergroup: group.name, topic: group.topic },
        name: 'KafkaConsumerLag',
        severity: 'warning',
        holds: 2 * MINUTE,
        active: lag > 40 * scenario.scale,
        summary: `${group.name} is ${lag} records behind on ${group.topic}`,
      }
    }
    for (const [node, name] of fleet.nodeNames.entries()) {
      const share = conditions.nodeUsed[node] as number
      yield {
        service: '',
        objectKind: 'Node',
        object: name,
        labels: { node: name },
        name: 'NodeMemoryHigh',
        severity: 'warning',
        holds: 2 * MINUTE,
        active: share > 0.9,
        summary: `${name}: ${(share * 100).toFixed(0)} % of memory in use`,
      }
    }
    const lost = tally.get('dns|lost')
    const before = this.lostBefore
    before.push([t, lost])
    while (before.length > 1 && (before[1] as readonly [number, number])[0] <= t - 5 * MINUTE) before.shift()
    const rate = (lost - (before[0] as readonly [number, number])[1]) / 300
    yield {
      service: 'coredns',
      objectKind: 'Deployment',
      object: 'coredns',
      labels: { job: 'coredns' },
      name: 'CoreDNSForwardFailures',
      severity: 'warning',
      holds: 2 * MINUTE,
      active: rate > 0.05 * scenario.scale,
      summary: `coredns: ${rate.toFixed(2)} questions a second without an answer from upstream`,
    }
  }

  private readonly lostBefore: Array<readonly [number, number]> = []
}

export const firedInOrder = (alerts: readonly Alert[]): Alert[] => [...alerts].sort((a, b) => a.firedAt - b.firedAt)
