// What a server turned out to be: product, version, what it can do and what it cannot. Asked, never guessed from a name:
// compatibles answer 404 for what they lack (protocols: Prometheus 10, 21 to 23).

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Asking, Capabilities } from '../../../shared/domain/live-source.ts'
import { clockStep, type Step } from '../common/test-steps.ts'
import { alertsIn } from './alerts.ts'
import type { PromClient } from './client.ts'
import { buildOf } from './product.ts'

/** undefined: the server has no such thing, or does not let this person see it */
async function optional<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (
      error instanceof WatchdeckError &&
      ['not_found', 'permission_denied', 'unsupported', 'invalid_input'].includes(error.code)
    )
      return undefined
    // Prometheus 2 answers a page for a path it does not know
    if (error instanceof WatchdeckError && error.code === 'unavailable' && !error.retryable) return undefined
    throw error
  }
}

/** Whether a server has such a path; one that forbids it may. */
async function has(work: Promise<boolean>): Promise<boolean | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof WatchdeckError && error.code === 'permission_denied') return undefined
    await optional(Promise.reject(error))
    return false
  }
}

const tellsAlerts = async (client: PromClient, asking: Asking): Promise<boolean> =>
  alertsIn(await client.status('alerts', asking)) !== undefined

/** vmalert and the ruler of Thanos evaluate rules by asking others. What refuses a query in its own words has read it. */
async function answersQueries(client: PromClient, asking: Asking): Promise<boolean> {
  try {
    await client.query('vector(1)', Date.now(), asking)
  } catch (error) {
    if (!(error instanceof WatchdeckError && error.code === 'invalid_input')) throw error
  }
  return true
}

export async function capabilitiesOf(client: PromClient, asking: Asking): Promise<Capabilities> {
  const build = await optional(buildOf(client, asking))
  const [features, tsdb, alerts] = await Promise.all([
    optional(client.status('features', asking)),
    optional(client.status('status/tsdb', asking, { limit: '1' })),
    has(tellsAlerts(client, asking)),
  ])
  const { product, version } = build ?? { product: '', version: '' }
  const isItself = product === 'Prometheus' && version !== ''
  // one that has neither is no ruler, and nothing is known of it
  const queries = isItself || (alerts === true ? await has(answersQueries(client, asking)) : undefined)
  const major = Number(version.split('.')[0])
  const isTrue = (group: string, name: string): boolean | undefined => {
    const list: unknown = features?.[group]
    const value: unknown = typeof list === 'object' && list !== null ? Reflect.get(list, name) : undefined
    return typeof value === 'boolean' ? value : undefined
  }
  const flags: Record<string, boolean> = {
    'build-info': version !== '',
    'tsdb-status': tsdb !== undefined,
    features: features !== undefined,
    ...(alerts === undefined ? {} : { alerts }),
    ...(queries === undefined ? {} : { queries }),
    // ranges and lookback are left-open since 3: the same text may answer otherwise
    'left-open': isItself && major >= 3,
  }
  const utf8 = isTrue('promql', 'utf8_names') ?? isTrue('prometheus', 'utf8_names')
  if (utf8 !== undefined) flags['utf8-names'] = utf8
  else if (isItself) flags['utf8-names'] = major >= 3
  return {
    product: product === '' ? 'Prometheus' : product,
    version,
    flags,
    cannot: [
      ...(version === '' ? ['build-info'] : []),
      ...(tsdb === undefined ? ['tsdb-status'] : []),
      ...(alerts === false ? ['alerts'] : []),
      ...(queries === false ? ['queries'] : []),
      // they evaluate rules; who is told and what was silenced is Alertmanager's
      'silences',
    ],
  }
}

/** auth, path, version, permissions, clock */
export function* backendSteps(client: PromClient, asking: Asking): Generator<Step> {
  let refusal: unknown
  let isRuler = false
  yield {
    step: 'auth',
    async run() {
      const { auth } = client.http.spec
      try {
        await client.query('vector(1)', Date.now(), asking)
      } catch (error) {
        if (error instanceof WatchdeckError && ['not_found', 'unsupported'].includes(error.code)) refusal = error
        else throw error
      }
      return auth.type === 'none' ? 'No credentials were asked for' : 'The credentials were accepted'
    },
  }
  yield {
    step: 'path',
    async run() {
      const { pathname } = client.http.urlOf({ path: 'api/v1' })
      isRuler = refusal !== undefined && (await has(tellsAlerts(client, asking))) === true
      if (isRuler) return `${pathname} tells rules and alerts, and answers no queries`
      if (refusal !== undefined) throw refusal
      return `${pathname} answers queries`
    },
  }
  let capabilities: Capabilities | undefined
  yield {
    step: 'version',
    async run() {
      capabilities = await capabilitiesOf(client, asking)
      const { product, version } = capabilities
      if (version !== '') return `${product} ${version}`
      return product === 'Prometheus'
        ? 'Compatible with Prometheus; it does not say its version'
        : `${product}; it does not say its version`
    },
  }
  yield {
    step: 'permissions',
    async run() {
      if (isRuler) return 'Rules and alerts'
      await client.labels(undefined, asking)
      const lacks = ['metadata', 'status/tsdb'].map(async (path) =>
        (await optional(client.status(path, asking))) === undefined ? [path] : [],
      )
      const missing = (await Promise.all(lacks)).flat()
      return missing.length === 0
        ? 'Queries, labels, metadata and status'
        : `Queries and labels; not ${missing.join(', ')}`
    },
  }
  yield clockStep(() => client.skewMs)
}
