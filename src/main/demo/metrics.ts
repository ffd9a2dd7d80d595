// Every 15 seconds a scrape writes down the counters and gauges of the shop under the names that its exporters use.

import { NO_ATTRIBUTES, type MetricType, type SeriesInfo } from '../../shared/domain/telemetry.ts'
import { NODE_MEMORY_MIB } from './conditions.ts'
import { exists, isReady, NODES, type Pod } from './fleet.ts'
import type { Kafka } from './kafka.ts'
import { serviceName } from './scenario.ts'
import { LATENCY_BOUNDS } from './tally.ts'
import { edges, SERVICES } from './topology.ts'
import { perRole } from './vocabulary.ts'
import type { World } from './world.ts'

export const SCRAPE = 15_000

interface Metric {
  readonly name: string
  readonly type: MetricType
  readonly unit: string
  readonly help: string
}
const metric = (name: string, type: MetricType, unit: string, help: string): Metric => ({ name, type, unit, help })

const M = {
  requests: metric('http_requests_total', 'sum', '1', 'Requests answered, by pod and status class.'),
  latency: metric('http_request_duration_seconds', 'histogram', 's', 'Time to answer a request.'),
  calls: metric('rpc_client_requests_total', 'sum', '1', 'Calls to another service, by outcome.'),
  retries: metric('rpc_client_retries_total', 'sum', '1', 'Calls that were tried again.'),
  external: metric('http_client_requests_total', 'sum', '1', 'Calls to partners outside, by outcome.'),
  busy: metric('worker_pool_busy', 'gauge', '1', 'Places of the request pool in use.'),
  places: metric('worker_pool_size', 'gauge', '1', 'Places of the request pool.'),
  cpu: metric('container_cpu_usage_seconds_total', 'sum', 's', 'CPU time used by the container.'),
  memory: metric('container_memory_working_set_bytes', 'gauge', 'By', 'Memory in use that cannot be taken back.'),
  restarts: metric('kube_pod_container_status_restarts_total', 'sum', '1', 'Restarts of the container.'),
  wanted: metric('kube_deployment_spec_replicas', 'gauge', '1', 'Pods asked for.'),
  available: metric('kube_deployment_status_replicas_available', 'gauge', '1', 'Pods that are ready.'),
  lag: metric('kafka_consumergroup_lag', 'gauge', '1', 'Records between the committed offset and the end of the log.'),
  offset: metric('kafka_topic_partition_current_offset', 'sum', '1', 'End of the log.'),
  nodeCpu: metric('node_cpu_utilisation', 'gauge', '1', 'Share of CPU time not idle.'),
  nodeMemory: metric('node_memory_MemAvailable_bytes', 'gauge', 'By', 'Memory that can be had without swapping.'),
  nodeLoad: metric('node_load1', 'gauge', '1', 'Load average over a minute.'),
  nodeFaults: metric('node_vmstat_pgmajfault', 'sum', '1', 'Page faults that had to read from disk.'),
  statements: metric('db_client_operations_total', 'sum', '1', 'Statements sent.'),
  statementSeconds: metric('db_client_operation_seconds_total', 'sum', 's', 'Time spent waiting for statements.'),
  connections: metric('pg_stat_activity_count', 'gauge', '1', 'Sessions of the database that are active.'),
  tuples: metric('pg_stat_user_tables_seq_tup_read', 'sum', '1', 'Rows read by scanning whole tables.'),
  jvmHeap: metric('jvm_memory_used_bytes', 'gauge', 'By', 'Heap in use.'),
  goroutines: metric('go_goroutines', 'gauge', '1', 'Goroutines.'),
  lagSeconds: metric('nodejs_eventloop_lag_seconds', 'gauge', 's', 'Delay of the event loop.'),
  pythonObjects: metric('python_gc_objects_collected_total', 'sum', '1', 'Objects collected.'),
  dnsAsked: metric('coredns_dns_requests_total', 'sum', '1', 'DNS queries.'),
  dnsLost: metric('coredns_forward_healthcheck_broken_total', 'sum', '1', 'Queries that found no healthy upstream.'),
  dnsSeconds: metric('coredns_dns_request_duration_seconds_sum', 'sum', 's', 'Time spent answering.'),
  orders: metric('orders_total', 'sum', '1', 'Orders by outcome.'),
  revenue: metric('orders_value_total', 'sum', '1', 'Value of confirmed orders.'),
} as const

export class Metrics {
  readonly series = new Map<string, SeriesInfo>()
  private readonly world: World
  private readonly kafka: Kafka
  private readonly random
  private readonly cpuTotals = new Map<string, number>()
  private readonly bases = new Map<string, number>()

  constructor(world: World, kafka: Kafka) {
    this.world = world
    this.kafka = kafka
    this.random = world.random('metrics')
  }

  /** @param t of the scrape; before the window's start it only settles what the next one builds on */
  scrape(t: number): void {
    this.pods(t)
    this.nodes(t)
    if (t < 0) return
    this.services(t)
    this.dependencies(t)
    this.streams(t)
  }

  private pods(t: number): void {
    for (const role of SERVICES.map((shape) => shape.role))
      for (const pod of this.world.fleet.pods[role]) {
        if (!exists(pod, t)) continue
        const running = t >= pod.downUntil
        const cpu = running ? pod.cpuMs / 1000 / this.world.scenario.scale + this.random.around(0.12, 0.12) : 0
        pod.cpuMs = 0
        this.cpuTotals.set(pod.uid, (this.cpuTotals.get(pod.uid) ?? 0) + cpu)
        const need = this.world.fleet.shape(role).memoryMiB
        pod.memoryMiB = running ? pod.memoryMiB * 0.97 + need * 0.03 * this.random.between(0.8, 1.25) : 0.35 * need
        if (t < 0) continue
        const labels = this.podLabels(pod)
        const at = { pod: pod.name, service: pod.service }
        if (running) {
          this.write(
            t,
            M.requests,
            { ...labels, code: '2xx' },
            at.service,
            this.base(`${pod.uid}ok`, 40_000) + pod.served.ok,
          )
          this.write(
            t,
            M.requests,
            { ...labels, code: '5xx' },
            at.service,
            this.base(`${pod.uid}ko`, 20) + pod.served.failed,
          )
          if (pod.served.refused > 0)
            this.write(t, M.requests, { ...labels, code: '4xx' }, at.service, pod.served.refused)
        }
        this.write(t, M.cpu, { ...labels, container: pod.service }, at.service, this.cpuTotals.get(pod.uid) as number)
        this.write(
          t,
          M.memory,
          { ...labels, container: pod.service },
          at.service,
          (pod.memoryMiB + this.world.conditions.leakMiB(pod, t)) * 1_048_576,
        )
        this.write(
          t,
          M.restarts,
          { namespace: labels.namespace as string, pod: pod.name, container: pod.service },
          at.service,
          pod.restarts,
        )
      }
  }

  private nodes(t: number): void {
    const { fleet, conditions, scenario } = this.world
    const batch = scenario.herringBatch
    const batchRuns = t >= batch.from && t < batch.to
    for (let node = 0; node < NODES; node++) {
      const here = fleet.all().filter((pod) => pod.node === node && exists(pod, t))
      const used = here.reduce(
        (sum, pod) => sum + pod.memoryMiB + conditions.leakMiB(pod, t),
        3_050 + this.random.between(0, 60),
      )
      const share = Math.min(0.985, used / NODE_MEMORY_MIB)
      conditions.nodeUsed[node] = share
      if (t < 0) continue
      const stall = conditions.stallChance(node)
      const busy = Math.min(
        0.99,
        0.16 +
          0.02 * here.length * this.random.between(0.8, 1.2) +
          (batchRuns && node === scenario.rootNode ? 0.48 : 0) +
          stall * 0.5,
      )
      const labels = { instance: fleet.nodeNames[node] as string, job: 'node-exporter' }
      this.write(t, M.nodeCpu, labels, '', busy)
      this.write(t, M.nodeMemory, labels, '', (1 - share) * NODE_MEMORY_MIB * 1_048_576)
      this.write(t, M.nodeLoad, labels, '', busy * 8 * this.random.between(0.9, 1.15) + stall * 30)
      this.count(t, M.nodeFaults, labels, '', this.random.poisson(2 + stall * 9_000))
    }
    if (!batchRuns || t < 0) return
    const labels = {
      namespace: scenario.vocabulary.namespace,
      pod: `${scenario.vocabulary.batch}-29351040-x7k2p`,
      container: scenario.vocabulary.batch,
    }
    this.count(t, M.cpu, labels, scenario.vocabulary.batch, 15 * this.random.between(3.4, 3.9))
    this.write(t, M.memory, labels, scenario.vocabulary.batch, this.random.between(900, 1100) * 1_048_576)
  }

  private services(t: number): void {
    const { fleet, tally, scenario } = this.world
    for (const shape of SERVICES) {
      const service = serviceName(scenario, shape.role)
      const labels = { namespace: scenario.vocabulary.namespace, job: service, service }
      const latency = tally.latency(shape.role)
      const info = this.info(M.latency, labels, service)
      this.world.sink.histogram({
        series: info,
        time: this.world.naming.ns(t),
        startTime: 0n,
        count: latency.count,
        sum: latency.sum,
        min: null,
        max: null,
        explicit: { bounds: LATENCY_BOUNDS, counts: [...latency.counts] },
      })
      if (latency.exemplar !== undefined && latency.exemplar.at <= t) {
        const { at, value, traceId, spanId } = latency.exemplar
        this.world.sink.exemplar({
          series: info,
          pointTime: this.world.naming.ns(t),
          time: this.world.naming.ns(at),
          value,
          traceId,
          spanId,
          attributes: NO_ATTRIBUTES,
        })
        latency.exemplar = undefined
      }
      const pods = fleet.pods[shape.role].filter((pod) => isReady(pod, t))
      const slots = pods.flatMap((pod) => [...pod.slots])
      this.write(t, M.busy, labels, service, slots.filter((freeAt) => freeAt > t).length)
      this.write(t, M.places, labels, service, slots.length)
      const deployment = { namespace: scenario.vocabulary.namespace, deployment: service }
      this.write(t, M.wanted, deployment, service, shape.pods)
      this.write(t, M.available, deployment, service, pods.length)
      if (shape.language === 'java')
        this.write(
          t,
          M.jvmHeap,
          { ...labels, area: 'heap' },
          service,
          shape.memoryMiB * 1_048_576 * this.random.between(0.35, 0.62),
        )
      else if (shape.language === 'go')
        this.write(
          t,
          M.goroutines,
          labels,
          service,
          Math.round(48 + 6 * slots.filter((freeAt) => freeAt > t).length + this.random.between(0, 9)),
        )
      else if (shape.language === 'nodejs')
        this.write(t, M.lagSeconds, labels, service, this.random.around(0.0016, 0.4))
      else this.count(t, M.pythonObjects, labels, service, this.random.poisson(220))
    }
    const shop = serviceName(scenario, 'checkout')
    for (const status of ['confirmed', 'failed'])
      this.write(
        t,
        M.orders,
        { namespace: scenario.vocabulary.namespace, job: shop, status },
        shop,
        this.base(`orders${status}`, 9_000) + tally.get(`orders|${status}`),
      )
    this.write(
      t,
      M.revenue,
      { namespace: scenario.vocabulary.namespace, job: shop, currency: scenario.vocabulary.currency },
      shop,
      this.base('value', 900_000) + tally.get('orders|value'),
    )
  }

  private dependencies(t: number): void {
    const { tally, scenario } = this.world
    const namespace = scenario.vocabulary.namespace
    const names = perRole((role) => serviceName(scenario, role))
    for (const [from, to] of edges()) {
      const labels = { namespace, job: names[from], target: names[to] }
      for (const outcome of ['ok', 'failed'])
        this.write(
          t,
          M.calls,
          { ...labels, outcome },
          names[from],
          this.base(`${from}${to}${outcome}`, 30_000) + tally.get(`edge|${from}>${to}|${outcome}`),
        )
      const retried = tally.get(`retry|${from}>${to}`)
      if (retried > 0 || to === 'payment') this.write(t, M.retries, labels, names[from], retried)
    }
    for (const role of ['payment', 'inventory', 'shipping'] as const)
      for (const outcome of ['ok', 'failed'])
        this.write(
          t,
          M.external,
          { namespace, job: names[role], outcome },
          names[role],
          tally.get(`external|${role}|${outcome}`),
        )
    for (const { role, database } of SERVICES) {
      if (database === undefined) continue
      const labels = { namespace, job: names[role], db_system: database }
      this.write(t, M.statements, labels, names[role], tally.get(`db|${role}|count`))
      this.write(t, M.statementSeconds, labels, names[role], tally.get(`db|${role}|seconds`))
      if (database !== 'postgresql') continue
      const factor = this.world.conditions.statementFactor(role, 'SELECT', t)
      const server = { instance: `${names[role]}-pg`, datname: names[role] }
      this.write(
        t,
        M.connections,
        server,
        names[role],
        Math.round(this.random.between(1, 3) + Math.min(40, (factor - 1) / 7)),
      )
      this.count(
        t,
        M.tuples,
        server,
        names[role],
        this.random.poisson(400) + Math.round((factor - 1) * 5_200 * this.random.between(0.8, 1.2)),
      )
    }
    const dns = { namespace: 'kube-system', job: 'coredns' }
    this.write(t, M.dnsAsked, dns, 'coredns', tally.get('dns|asked'))
    this.write(t, M.dnsLost, dns, 'coredns', tally.get('dns|lost'))
    this.write(t, M.dnsSeconds, dns, 'coredns', tally.get('dns|seconds'))
  }

  private streams(t: number): void {
    const { sink, naming } = this.world
    const ends = new Set<string>()
    for (const group of this.kafka.groups)
      for (const { partition, committed } of group.positions) {
        const logEnd = this.kafka.logEndOf(group.shape.topic, partition)
        sink.offset({ time: naming.ns(t), topic: group.topic, partition, group: group.name, committed, logEnd })
        const labels = { topic: group.topic, partition: String(partition), job: 'kafka-exporter' }
        this.write(
          t,
          M.lag,
          { ...labels, consumergroup: group.name },
          serviceName(this.world.scenario, group.shape.role),
          logEnd - committed,
        )
        if (!ends.has(`${group.topic}${partition}`)) this.write(t, M.offset, labels, '', logEnd)
        ends.add(`${group.topic}${partition}`)
      }
  }

  private podLabels(pod: Pod): Record<string, string> {
    return {
      namespace: this.world.scenario.vocabulary.namespace,
      job: pod.service,
      pod: pod.name,
      node: this.world.fleet.nodeNames[pod.node] as string,
      version: pod.revision.version,
    }
  }

  /** What a counter had reached before the window opened. */
  private base(key: string, about: number): number {
    let found = this.bases.get(key)
    if (found === undefined) {
      found = Math.round(this.random.between(0.6, 1.4) * about)
      this.bases.set(key, found)
    }
    return found
  }

  private readonly counted = new Map<SeriesInfo, number>()
  private count(t: number, of: Metric, labels: Record<string, string>, service: string, by: number): void {
    const info = this.info(of, labels, service)
    const total = (this.counted.get(info) ?? 0) + by
    this.counted.set(info, total)
    this.write(t, of, labels, service, total)
  }

  private write(t: number, of: Metric, labels: Record<string, string>, service: string, value: number): void {
    this.world.sink.sample({
      series: this.info(of, labels, service),
      time: this.world.naming.ns(t),
      startTime: 0n,
      value,
    })
  }

  private info(of: Metric, labels: Record<string, string>, service: string): SeriesInfo {
    let key = of.name
    for (const name in labels) key += `|${labels[name] as string}`
    let info = this.series.get(key)
    if (info === undefined) {
      const monotonic = of.type === 'sum' || of.type === 'histogram'
      info = {
        name: of.name,
        promName: of.name,
        labels,
        type: of.type,
        unit: of.unit,
        help: of.help,
        service,
        temporality: monotonic ? 'cumulative' : 'unspecified',
        monotonic: of.type === 'sum',
        attributes: { values: labels },
      }
      this.series.set(key, info)
    }
    return info
  }
}
