// Assembles the demo: runs the shop tick by tick and hands out telemetry as it comes, in batches. Pure: the same seed,
// scale and fault give the same rows, byte for byte, on any machine and day.

import type { TelemetryBatch } from '../../shared/domain/telemetry.ts'
import { type Alert, Alerts } from './alerts.ts'
import { Kafka } from './kafka.ts'
import { Kubernetes } from './kubernetes.ts'
import { Metrics, SCRAPE } from './metrics.ts'
import { Requests } from './requests.ts'
import { type Fault, MINUTE, planScenario, type Scenario, serviceName, WARM_UP, WINDOW } from './scenario.ts'
import { type Action, newVisitor, nextAction, PAGES, sessionRate } from './traffic.ts'
import { UserEvents } from './user-events.ts'
import { createWorld, type World } from './world.ts'

/** A visitor never acts twice within a tick, so that a tick's requests are known when it begins. */
const TICK = 3_750
/** Traces are kept for three requests in ten, decided at the edge. */
const TRACE_SHARE = 0.31
const BACKGROUND_LINES_PER_POD = 4.9

export interface Truth {
  readonly fault: Fault
  readonly rootService: string
  readonly rootEntity: string
  /** epoch milliseconds */
  readonly at: number
  readonly until: number
  readonly redHerrings: readonly string[]
}

export interface DemoOptions {
  readonly seed: number
  readonly scale: number
  readonly fault?: Fault | undefined
}

export interface Demo {
  readonly scenario: Scenario
  /** epoch milliseconds of the window */
  readonly from: number
  readonly to: number
  readonly truth: Truth
  /** alerts so far; whole once the batches are through */
  readonly alerts: readonly Alert[]
  /** what was written, in short steps: a large demo works for a while before it has a batch */
  steps(): Generator<Step>
  /** the same without the steps that wrote nothing */
  batches(): Generator<TelemetryBatch>
}

export interface Step {
  readonly batches: readonly TelemetryBatch[]
  /** 0..1 of the time of warm-up and window */
  readonly progress: number
}

export function planDemo({ seed, scale, fault }: DemoOptions): Demo {
  const scenario = planScenario(seed, scale, fault)
  const world = createWorld(scenario)
  const kafka = new Kafka(world)
  const alerts = new Alerts(world, kafka)
  return {
    scenario,
    from: scenario.base,
    to: scenario.base + WINDOW,
    truth: truthOf(world),
    alerts: alerts.fired,
    steps: () => run(world, kafka, alerts),
    *batches() {
      for (const { batches } of run(world, kafka, alerts)) yield* batches
    },
  }
}

function* run(world: World, kafka: Kafka, alerts: Alerts): Generator<Step> {
  const { scenario, sink, tally, logs, fleet } = world
  const requests = new Requests(world, kafka)
  const metrics = new Metrics(world, kafka)
  const kubernetes = new Kubernetes(world)
  const userEvents = new UserEvents(world)
  const random = world.random('traffic')
  const sampling = world.random('sampling')
  kafka.onCrash = (pod, t) => kubernetes.crashed(pod, t)
  const waiting = new Map<number, Action[]>()
  const later = (action: Action): void => {
    const tick = Math.floor(action.at / TICK)
    const list = waiting.get(tick)
    if (list === undefined) waiting.set(tick, [action])
    else list.push(action)
  }
  for (let tick = -Math.round(WARM_UP / TICK); tick * TICK < WINDOW; tick++) {
    const from = tick * TICK
    const to = from + TICK
    for (let i = random.poisson((sessionRate(scenario, from) * TICK) / 1000); i > 0; i--) {
      const page = [PAGES.home, PAGES.search, PAGES.product][random.weighted([52, 14, 34])] as string
      later({ at: from + random.float() * TICK, visitor: newVisitor(scenario, random), page })
    }
    const actions = waiting.get(tick) ?? []
    waiting.delete(tick)
    actions.sort((a, b) => a.at - b.at)
    for (const { at, visitor, page } of actions) {
      if (page === PAGES.start) visitor.order = `o-${random.hex(8)}`
      if (page === PAGES.product) visitor.sku = `${scenario.vocabulary.skuPrefix}-${1000 + random.integer(0, 799)}`
      const trace = at >= 0 && sampling.chance(TRACE_SHARE) ? world.spans.newTrace() : undefined
      const { end, failure } = requests.request(page, at, visitor, trace)
      userEvents.heard(visitor, page, at, end, failure)
      if (page === PAGES.pay && at >= 0) {
        tally.add(`orders|${failure === undefined ? 'confirmed' : 'failed'}`)
        if (failure === undefined) tally.add('orders|value', visitor.amount)
      }
      const next = nextAction(visitor, page, failure === undefined, end - at, end, random)
      if (next !== undefined) later(next)
    }
    kafka.advance(to, requests)
    for (const pod of fleet.all())
      if (pod.readyAt <= to && pod.endAt > to && pod.downUntil <= to)
        for (let i = sampling.poisson(((BACKGROUND_LINES_PER_POD * TICK) / SCRAPE) * scenario.scale); i > 0; i--)
          logs.backgroundLine(from + sampling.float() * TICK, pod)
    kubernetes.observe(to)
    if (to % SCRAPE === 0 && to < WINDOW) {
      metrics.scrape(to)
      if (to >= -5 * MINUTE) alerts.evaluate(to)
    }
    yield { batches: [...sink.take(false)], progress: (WARM_UP + to) / (WARM_UP + WINDOW) }
  }
  alerts.close(WINDOW)
  yield { batches: [...sink.take(true)], progress: 1 }
}

function truthOf({ scenario, fleet }: World): Truth {
  const { fault, root, base, at, until } = scenario
  const service = fault === 'dns' ? 'coredns' : fault === 'none' ? '' : serviceName(scenario, root)
  const node = fleet.nodeNames[fleet.pods[root][0]?.node ?? 0] as string
  const entities: Readonly<Record<Fault, string>> = {
    rollout: `Deployment/${service}`,
    'node-pressure': `Node/${node}`,
    dns: 'ConfigMap/coredns',
    'slow-database': `Database/${service}-pg`,
    'broken-consumer': `Deployment/${service}`,
    none: '',
  }
  return {
    fault,
    rootService: service,
    rootEntity: entities[fault],
    at: fault === 'none' ? base : base + at,
    until: fault === 'none' ? base : base + until,
    redHerrings: [serviceName(scenario, scenario.herringDeploy.role), scenario.vocabulary.batch],
  }
}
