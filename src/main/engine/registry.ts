// Every method of the running engine, with its handler: looks names up, validates what comes in, checks what goes out.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { MethodSpec } from '../../shared/contract/define.ts'
import { contract, methodSpec } from '../../shared/contract/index.ts'
import { answerProblem } from './answers.ts'
import type { CallContext, CapabilityModule, EngineContext } from './api.ts'
import { invalidInput } from './hints.ts'
import { unknownField, unknownInput } from './unknown-fields.ts'

export interface Entry {
  readonly name: string
  readonly spec: MethodSpec
  /** the handler with its types erased: input is validated first, the answer is a promise or an async iterable */
  readonly run: (input: unknown, context: CallContext) => unknown
}

export interface RegistryOptions {
  /** false (tests): capabilities may be missing, their methods are then `not_found` */
  readonly complete: boolean
  /** true in development and tests: answers that do not fit the contract fail */
  readonly checkAnswers: boolean
}

export class Registry {
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #checkAnswers: boolean

  private constructor(entries: ReadonlyMap<string, Entry>, checkAnswers: boolean) {
    this.#entries = entries
    this.#checkAnswers = checkAnswers
  }

  /** @throws Error naming what is missing or too many: a wrong build must not start */
  static async start(
    modules: readonly CapabilityModule[],
    engine: EngineContext,
    options: RegistryOptions,
  ): Promise<Registry> {
    const entries = new Map<string, Entry>()
    const seen = new Set<string>()
    for (const module of modules) {
      if (!Object.hasOwn(contract, module.name)) throw new Error(`The contract has no capability "${module.name}".`)
      if (seen.has(module.name)) throw new Error(`The capability "${module.name}" is listed twice.`)
      seen.add(module.name)
      const handlers: object = await module.start(engine)
      for (const [method, spec] of Object.entries(contract[module.name])) {
        const handler: unknown = Reflect.get(handlers, method)
        if (typeof handler !== 'function')
          throw new Error(`The capability "${module.name}" has no handler for "${method}".`)
        const name = `${module.name}.${method}`
        entries.set(name, {
          name,
          spec: spec as MethodSpec,
          run: (input, context) => Reflect.apply(handler, handlers, [input, context]),
        })
      }
    }
    const missing = Object.keys(contract).filter((name) => !seen.has(name))
    if (options.complete && missing.length > 0)
      throw new Error(`The engine lacks capabilities of its contract: ${missing.join(', ')} (see src/main/modules.ts).`)
    return new Registry(entries, options.checkAnswers)
  }

  /** @throws WatchdeckError `not_found` with the nearest names as a hint */
  find(method: string): Entry {
    const entry = this.#entries.get(method)
    if (entry) return entry
    if (methodSpec(method)) throw new WatchdeckError('not_found', `The method ${method} is not part of this engine.`)
    const near = nearest(method, [...this.#entries.keys()])
    throw new WatchdeckError('not_found', `There is no method ${JSON.stringify(method.slice(0, 100))}.`, {
      hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See docs/contract.md for the names.',
    })
  }

  /** @throws WatchdeckError `invalid_input` naming the field and what it should be */
  parse(entry: Entry, input: unknown): unknown {
    const result = entry.spec.input.safeParse(input ?? {})
    if (!result.success) throw invalidInput(entry.name, result.error, input, entry.spec.input)
    // zod leaves out what it does not know: a filter with a slip in its name would answer as if there were none
    const unknown = unknownField(entry.spec.input, input ?? {})
    if (unknown) throw unknownInput(entry.name, unknown)
    return result.data
  }

  /** @throws Error when the answer breaks the contract */
  check(entry: Entry, answer: unknown): void {
    if (!this.#checkAnswers) return
    const problem = answerProblem(entry.spec.output, answer)
    if (problem !== undefined) throw new Error(`The answer of ${entry.name} breaks its contract: ${problem}`)
  }
}

/** Names of the same capability or with the same method word. */
function nearest(method: string, names: readonly string[]): string[] {
  const [capability, word] = method.split('.', 2)
  if (!capability) return []
  const scored = names.map((name) => {
    const [c, w] = name.split('.', 2)
    const lower = (text: string | undefined) => (text ?? '').toLowerCase()
    return { name, score: Number(lower(c) === lower(capability)) + 2 * Number(lower(w) === lower(word)) }
  })
  const best = Math.max(0, ...scored.map((s) => s.score))
  return best === 0
    ? []
    : scored
        .filter((s) => s.score === best)
        .slice(0, 3)
        .map((s) => s.name)
}
