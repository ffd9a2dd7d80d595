// Times and names of rows: milliseconds of the simulation to epoch nanoseconds, roles to what telemetry calls them.

import type { Scenario } from './scenario.ts'
import type { Operation } from './topology.ts'

const pascal = (name: string): string =>
  name
    .split('-')
    .map((part) => (part[0] as string).toUpperCase() + part.slice(1))
    .join('')

export class Naming {
  private readonly baseNs: bigint
  private readonly scenario: Scenario
  private readonly rpcServices = new Map<string, string>()
  private readonly spanNames = new Map<string, string>()

  constructor(scenario: Scenario) {
    this.scenario = scenario
    this.baseNs = BigInt(scenario.base) * 1_000_000n
  }

  ns(ms: number): bigint {
    return this.baseNs + BigInt(Math.round(ms * 1e6))
  }

  rfc3339(ms: number): string {
    return `${new Date(this.scenario.base + Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`
  }

  /** 'shop.payment.v1.PaymentService' */
  rpcService(service: string): string {
    let name = this.rpcServices.get(service)
    if (name === undefined) {
      name = `${this.scenario.vocabulary.namespace}.${service.replaceAll('-', '')}.v1.${pascal(service)}Service`
      this.rpcServices.set(service, name)
    }
    return name
  }

  /** Span name of an operation, the same on both sides. */
  spanName(operation: Operation, service: string): string {
    let name = this.spanNames.get(operation.key)
    if (name === undefined) {
      name = operation.http
        ? `${operation.http.verb} ${operation.http.route}`
        : `${this.rpcService(service)}/${operation.method}`
      this.spanNames.set(operation.key, name)
    }
    return name
  }
}
