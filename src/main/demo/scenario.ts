// What a seed decides before anything happens: which shop, when, what goes wrong and when it ends. Times are milliseconds
// from the start of the window.

import type { FAULTS } from '../../shared/contract/demo.ts'
import { Random } from './random.ts'
import { SERVICES } from './topology.ts'
import { perRole, type Role, VOCABULARIES, type Vocabulary } from './vocabulary.ts'

export type Fault = (typeof FAULTS)[number]

export const MINUTE = 60_000
export const WINDOW = 120 * MINUTE
/** simulated before the window opens, so that it opens on a shop that is already running */
export const WARM_UP = 6 * MINUTE

export interface Scenario {
  readonly seed: number
  readonly scale: number
  readonly fault: Fault
  readonly vocabulary: Vocabulary
  /** epoch milliseconds of the window's start */
  readonly base: number
  /** the first cause and the moment it is taken away; both past the end when nothing goes wrong */
  readonly at: number
  readonly until: number
  readonly root: Role
  readonly rootNode: number
  readonly herringDeploy: { readonly role: Role; readonly at: number }
  readonly herringBatch: { readonly from: number; readonly to: number }
  readonly versions: Readonly<Record<Role, readonly [number, number, number]>>
}

const KINDS: readonly Fault[] = ['rollout', 'node-pressure', 'dns', 'slow-database', 'broken-consumer']
const ROOTS: Readonly<Record<Fault, readonly Role[]>> = {
  rollout: ['payment', 'inventory'],
  'node-pressure': ['recommendation', 'search', 'catalog'],
  dns: ['checkout'],
  'slow-database': ['inventory', 'orders'],
  'broken-consumer': ['shipping'],
  none: ['frontend'],
}

const FIRST_BASE = Date.UTC(2026, 10, 2, 14)

/** @param fault overrides what the seed would choose */
export function planScenario(seed: number, scale: number, fault?: Fault): Scenario {
  const random = new Random(seed, 'scenario')
  const chosen = random.pick(KINDS)
  const kind = fault ?? (seed === 1 ? 'rollout' : chosen)
  const vocabulary = seed === 1 ? (VOCABULARIES[0] as Vocabulary) : random.pick(VOCABULARIES)
  const base =
    seed === 1
      ? FIRST_BASE
      : Date.UTC(2026, 0, 5 + random.integer(0, 300), random.integer(6, 20), random.pick([0, 15, 30]))
  const at = seed === 1 ? 47 * MINUTE + 12_000 : Math.round(random.between(38, 52) * MINUTE)
  const until = at + (seed === 1 ? 33 * MINUTE + 26_000 : Math.round(random.between(28, 38) * MINUTE))
  const roots = ROOTS[kind]
  const pickedRoot = random.pick(roots)
  const root = seed === 1 ? (roots[0] as Role) : pickedRoot
  const deployable = (['pricing', 'recommendation', 'identity', 'cart', 'search'] as const).filter(
    (role) => role !== root,
  )
  const herringRole = random.pick(deployable)
  const versions = perRole<readonly [number, number, number]>(() => [1, 0, 0])
  for (const { role, version } of SERVICES)
    versions[role] = seed === 1 ? version : [version[0], version[1] + random.integer(0, 9), version[2]]
  const never = kind === 'none'
  return {
    seed,
    scale,
    fault: kind,
    vocabulary,
    base,
    at: never ? Number.POSITIVE_INFINITY : at,
    until: never ? Number.POSITIVE_INFINITY : until,
    root,
    rootNode: random.integer(0, 4),
    herringDeploy: { role: herringRole, at: at - Math.round(random.between(5, 10) * MINUTE) },
    herringBatch: {
      from: at - Math.round(random.between(4, 12) * MINUTE),
      to: at + Math.round(random.between(14, 22) * MINUTE),
    },
    versions,
  }
}

/** 0 before, 1 after, straight between. */
export function ramp(t: number, from: number, to: number): number {
  return t <= from ? 0 : t >= to ? 1 : (t - from) / (to - from)
}

export const serviceName = (scenario: Scenario, role: Role): string => scenario.vocabulary.services[role]

/** The stateful name behind a service: its database host. */
export function databaseHost(scenario: Scenario, role: Role, store: string): string {
  const short = store === 'postgresql' ? 'pg' : store === 'redis' ? 'cache' : 'es'
  return `${serviceName(scenario, role)}-${short}.${scenario.vocabulary.namespace}.svc.cluster.local`
}
