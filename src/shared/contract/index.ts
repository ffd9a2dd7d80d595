// The registry of everything the program can do, by capability and method.
export { fieldsOf } from './define.ts'
import type { CapabilitySpec, InputOf, MethodSpec, OutputOf, ParsedInputOf } from './define.ts'
import { alerts } from './alerts.ts'
import { clusters } from './clusters.ts'
import { demo } from './demo.ts'
import { exportContract } from './export.ts'
import { file } from './file.ts'
import { import_ } from './import.ts'
import { incidents } from './incidents.ts'
import { jobs } from './jobs.ts'
import { logs } from './logs.ts'
import { metrics } from './metrics.ts'
import { receiver } from './receiver.ts'
import { recording } from './recording.ts'
import { report } from './report.ts'
import { services } from './services.ts'
import { settings } from './settings.ts'
import { sources } from './sources.ts'
import { space } from './space.ts'
import { system } from './system.ts'
import { traces } from './traces.ts'

export const contract = {
  system,
  settings,
  jobs,
  sources,
  receiver,
  import: import_,
  export: exportContract,
  demo,
  services,
  traces,
  logs,
  metrics,
  clusters,
  alerts,
  incidents,
  recording,
  file,
  report,
  space,
} satisfies Record<string, CapabilitySpec>

export type Contract = typeof contract
export type CapabilityName = keyof Contract

type MethodsOf<C extends CapabilityName> = `${C}.${keyof Contract[C] & string}`
/** 'traces.search', 'logs.context', .. */
export type MethodName = { [C in CapabilityName]: MethodsOf<C> }[CapabilityName]
export type SpecOf<M extends MethodName> = M extends `${infer C extends CapabilityName}.${infer N}`
  ? N extends keyof Contract[C]
    ? Contract[C][N] extends MethodSpec
      ? Contract[C][N]
      : never
    : never
  : never
export type MethodInput<M extends MethodName> = InputOf<SpecOf<M>>
export type MethodParsedInput<M extends MethodName> = ParsedInputOf<SpecOf<M>>
export type MethodOutput<M extends MethodName> = OutputOf<SpecOf<M>>
export type MethodsOfKind<K extends MethodSpec['kind']> = {
  [M in MethodName]: SpecOf<M>['kind'] extends K ? M : never
}[MethodName]

const methods = new Map<string, MethodSpec>()
for (const [capability, specs] of Object.entries(contract))
  for (const [name, spec] of Object.entries(specs)) methods.set(`${capability}.${name}`, spec as MethodSpec)

/** The spec of a method by its full name; undefined for anything else, prototype names included. */
export function methodSpec(name: string): MethodSpec | undefined {
  return methods.get(name)
}

export function methodNames(): MethodName[] {
  return [...methods.keys()] as MethodName[]
}
