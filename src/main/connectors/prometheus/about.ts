// How a server runs, who is behind it, the labels that it adds, its build and flags: for a person who asks why it answers as
// it does.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Asking, ServerFact, ToldParts } from '../../../shared/domain/live-source.ts'
import type { Fields, PromClient } from './client.ts'
import { externalLabelsOf } from './external.ts'
import { buildOf } from './product.ts'
import { factsOfStores } from './stores.ts'

type Fact = Omit<ServerFact, 'part'>
type Part = (client: PromClient, asking: Asking) => Promise<Fact[]>

const ABOUT: Readonly<Record<ServerFact['part'], Part>> = {
  runtime: async (client, asking) => factsOf(await client.status('status/runtimeinfo', asking), worries),
  stores: async (client, asking) => factsOfStores(await client.status('stores', asking)),
  external: async (client, asking) => factsOf((await externalLabelsOf(client, asking)).all),
  build: async (client, asking) => factsOf((await buildOf(client, asking)).told),
  flags: async (client, asking) => factsOf(await client.status('status/flags', asking)),
}

/**
 * Compatibles have one part or another; what has none of them is told as one that has nothing. A part that is forbidden is
 * there: why it is missing is said.
 */
export async function aboutOf(client: PromClient, asking: Asking): Promise<ToldParts<ServerFact>> {
  const facts: ServerFact[] = []
  const missing: string[] = []
  let lacks: unknown
  for (const [part, told] of Object.entries(ABOUT) as Array<[ServerFact['part'], Part]>)
    try {
      for (const fact of await told(client, asking)) facts.push({ part, ...fact })
    } catch (error) {
      if (!(error instanceof WatchdeckError) || !['not_found', 'permission_denied', 'unsupported'].includes(error.code))
        throw error
      if (error.code === 'permission_denied') missing.push(FORBIDDEN[part])
      if (error.code === 'unsupported') missing.push(error.message)
      lacks = error
    }
  if (facts.length === 0 && lacks !== undefined) throw lacks
  return { facts, missing }
}

const FORBIDDEN = {
  runtime: 'The source does not let you read how it runs (403).',
  stores: 'The source does not let you read which stores it asks (403).',
  external: 'The source does not let you read its external labels (403).',
  build: 'The source does not let you read its build (403).',
  flags: 'The source does not let you read its flags (403).',
} as const

const factsOf = (told: Fields, worry: (name: string, value: unknown) => boolean = () => false): Fact[] =>
  Object.entries(told)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({
      name,
      value: typeof value === 'string' ? value : JSON.stringify(value),
      worries: worry(name, value),
    }))

const worries = (name: string, value: unknown): boolean =>
  (name === 'reloadConfigSuccess' && value === false) || (name === 'corruptionCount' && value !== 0)
