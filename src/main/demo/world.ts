// The parts of one simulation, wired once.

import { Conditions } from './conditions.ts'
import { Exceptions } from './failures.ts'
import { Fleet } from './fleet.ts'
import { Naming } from './ids.ts'
import { Logs } from './logs.ts'
import { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { Sink } from './sink.ts'
import { Spans } from './spans.ts'
import { Tally } from './tally.ts'

export interface World {
  readonly scenario: Scenario
  readonly naming: Naming
  readonly sink: Sink
  readonly fleet: Fleet
  readonly conditions: Conditions
  readonly tally: Tally
  readonly spans: Spans
  readonly logs: Logs
  readonly exceptions: Exceptions
  /** a stream of chance of its own for each part, so that one part's draws do not move another's */
  random(part: string): Random
}

export function createWorld(scenario: Scenario): World {
  const random = (part: string) => new Random(scenario.seed, part)
  const naming = new Naming(scenario)
  const sink = new Sink()
  const fleet = new Fleet(scenario, random('fleet'))
  return {
    scenario,
    naming,
    sink,
    fleet,
    conditions: new Conditions(scenario, fleet.pods[scenario.root][0]),
    tally: new Tally(),
    spans: new Spans(naming, sink, random('spans')),
    logs: new Logs(scenario, naming, sink, random('logs')),
    exceptions: new Exceptions(),
    random,
  }
}
