// How the world is at a moment: what each kind of fault does to nodes, names, databases and versions. These are the causes;
// everything else follows from requests running into them.

import type { Pod } from './fleet.ts'
import { MINUTE, ramp, type Scenario } from './scenario.ts'
import type { Role } from './vocabulary.ts'

export const NODE_MEMORY_MIB = 15_900

export class Conditions {
  readonly scenario: Scenario
  /** share of the memory of each node that is in use, set by the metrics once a scrape */
  readonly nodeUsed: number[] = [0.5, 0.5, 0.5, 0.5, 0.5]

  private readonly leaker: Pod | undefined

  /** @param leaker the pod whose memory grows where the fault is one of memory */
  constructor(scenario: Scenario, leaker: Pod | undefined) {
    this.scenario = scenario
    this.leaker = leaker
  }

  private during(t: number): boolean {
    return t >= this.scenario.at && t < this.scenario.until
  }

  /** Memory that a pod holds beyond what it needs: one pod of the root service, until its workload is restarted. */
  leakMiB(pod: Pod, t: number): number {
    const { fault, at } = this.scenario
    return fault === 'node-pressure' && pod === this.leaker ? 9_900 * ramp(t, at, at + 13 * MINUTE) : 0
  }

  /** Chance that a piece of work on a node has to wait for memory to be reclaimed. */
  stallChance(node: number): number {
    return 0.8 * ramp(this.nodeUsed[node] as number, 0.88, 0.97)
  }

  /** Chance that a name asked for afresh is not answered in time. */
  lostNames(t: number): number {
    if (this.scenario.fault !== 'dns' || !this.during(t)) return 0.0002
    return 0.96 * ramp(t, this.scenario.at, this.scenario.at + 3 * MINUTE)
  }

  /** Factor on the time of statements over one table. */
  statementFactor(role: Role, verb: string, t: number): number {
    const { fault, root, at, until } = this.scenario
    if (fault !== 'slow-database' || role !== root) return 1
    const grown = ramp(t, at, at + 7 * MINUTE) * (1 - ramp(t, until, until + 30_000))
    return 1 + grown * (verb === 'SELECT' ? 240 : 320)
  }

  /** Share of calls to the partner that never get an answer on the path a version uses. */
  hangs(pod: Pod): number {
    return pod.revision.changed ? 0.17 : 0.004
  }

  /** Patience of a version with its partner. */
  patience(pod: Pod, timeout: number): number {
    return pod.revision.changed && this.scenario.fault === 'rollout' ? 30_000 : timeout
  }

  /** Whether a version can read what the topic holds. */
  unreadable(pod: Pod): boolean {
    return this.scenario.fault === 'broken-consumer' && pod.revision.changed
  }
}
