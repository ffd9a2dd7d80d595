// What people and schedules do to the cluster besides rollouts: the batch job, migrations, a change of the name service.

import type { ClusterRecord } from './cluster-record.ts'
import type { Manifests } from './manifests.ts'
import { serviceName } from './scenario.ts'
import { ROLES } from './vocabulary.ts'
import type { World } from './world.ts'

export interface Due {
  readonly at: number
  readonly run: (t: number) => void
}

/** In the order of their time. */
export function planAgenda(world: World, make: Manifests, record: ClusterRecord): Due[] {
  const { scenario } = world
  const random = world.random('agenda')
  const agenda: Due[] = []
  const add = (at: number, run: (t: number) => void): void => {
    if (Number.isFinite(at)) agenda.push({ at, run })
  }
  const { batch } = scenario.vocabulary
  const node = world.fleet.nodeNames[scenario.rootNode] as string
  const job = `${batch}-29351040`
  const resource = make.batchResource(`${job}-x7k2p`, node)
  add(scenario.herringBatch.from, (t) => {
    record.object(t, 'Job', job, batch, make.job(job, batch, false))
    record.object(t + 800, 'Pod', `${job}-x7k2p`, batch, make.batchPod(job, batch, node, 'Running'))
    record.event(t, 'normal', 'SuccessfulCreate', `Created pod: ${job}-x7k2p`, 'Job', job, batch)
    world.logs.write(
      t + 2_000,
      9,
      batch,
      `starting, reading ${random.integer(18, 32)} partitions`,
      resource,
      { values: {} },
      '',
      '',
    )
  })
  for (let t = scenario.herringBatch.from + 20_000; t < scenario.herringBatch.to; t += 9_000)
    add(t, (at) => world.logs.batchLine(at, batch, resource))
  add(scenario.herringBatch.to, (t) => {
    record.object(t, 'Job', job, batch, make.job(job, batch, true))
    record.object(t, 'Pod', `${job}-x7k2p`, batch, make.batchPod(job, batch, node, 'Succeeded'))
    record.event(t, 'normal', 'Completed', 'Job completed', 'Job', job, batch)
  })
  if (scenario.fault === 'dns') {
    const upstream = (t: number, address: string): void => {
      record.object(t, 'ConfigMap', 'coredns', 'coredns', make.coreDns(address), 'kube-system')
      record.change(t, 'ConfigChanged', 'configmap/coredns updated', 'ConfigMap', 'coredns', 'coredns', 'kube-system')
    }
    add(scenario.at - 5_000, (t) => upstream(t, '10.0.9.12'))
    add(scenario.until - 5_000, (t) => upstream(t, '10.0.0.2'))
    const dns = make.dnsResource()
    for (let t = scenario.at + 20_000; t < scenario.until; t += 2_600)
      add(t, (at) =>
        world.logs.write(
          at,
          17,
          'coredns',
          `[ERROR] plugin/errors: 2 ${serviceName(scenario, random.pick(ROLES))}.${scenario.vocabulary.namespace}.svc.cluster.local. A: read udp 10.42.1.7:${random.integer(30_000, 60_000)}->10.0.9.12:53: i/o timeout`,
          dns,
          { values: {} },
          '',
          '',
        ),
      )
  }
  if (scenario.fault === 'slow-database') {
    const service = serviceName(scenario, scenario.root)
    const table = scenario.root === 'orders' ? 'orders' : 'stock_levels'
    const migrate = (at: number, number: number, statement: string): void => {
      const name = `${service}-migrate-${number}`
      add(at - 4_000, (t) => record.object(t, 'Job', name, service, make.job(name, service, false)))
      add(at, (t) => {
        record.object(t, 'Job', name, service, make.job(name, service, true))
        record.event(t, 'normal', 'Completed', 'Job completed', 'Job', name, service)
        record.change(t, 'Migration', `job/${name} completed`, 'Job', name, service)
        const pod = world.fleet.pods[scenario.root][0]
        if (pod !== undefined) world.logs.line(t - 800, 9, pod, `migration ${number}: ${statement}`)
      })
    }
    const index = `${table}_${table === 'orders' ? 'id' : 'sku'}_idx`
    migrate(scenario.at, 214, `DROP INDEX CONCURRENTLY ${index}`)
    migrate(
      scenario.until,
      215,
      `CREATE INDEX CONCURRENTLY ${index} ON ${table} (${table === 'orders' ? 'id' : 'sku'})`,
    )
  }
  return agenda.sort((a, b) => a.at - b.at)
}
