// What a server turned out to be: product, version, what it can do and what it cannot. Asked, never guessed from a name:
// compatibles answer 404 for what they lack (protocols: Prometheus 10, 21 to 23).

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Asking, Capabilities } from '../../../shared/domain/live-source.ts'
import { clockStep, type Step } from '../common/test-steps.ts'
import type { PromClient } from './client.ts'

type Fields = Readonly<Record<string, unknown>>

/** undefined: the server has no such thing, or does not let this person see it */
async function optional(work: Promise<Fields>): Promise<Fields | undefined> {
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

/** A server without rules has no such path, or answers something else; one that forbids it may have them. */
async function tellsAlerts(client: PromClient, asking: Asking): Promise<boolean | undefined> {
  try {
    return Array.isArray((await client.status('alerts', asking))['alerts'])
  } catch (error) {
    if (error instanceof WatchdeckError && error.code === 'permission_denied') return undefined
    await optional(Promise.reject<Fields>(error))
    return false
  }
}

export async function capabilitiesOf(client: PromClient, asking: Asking): Promise<Capabilities> {
  const build = (await optional(client.status('status/buildinfo', asking))) ?? {}
  const [features, tsdb, alerts] = await Promise.all([
    optional(client.status('features', asking)),
    optional(client.status('status/tsdb', asking, { limit: '1' })),
    tellsAlerts(client, asking),
  ])
  const version = typeof build['version'] === 'string' ? build['version'].replace(/^v/, '') : ''
  const application = typeof build['application'] === 'string' ? build['application'] : undefined
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
    // ranges and lookback are left-open since 3: the same text may answer otherwise
    'left-open': application === undefined && Number(version.split('.')[0]) >= 3,
  }
  const utf8 = isTrue('promql', 'utf8_names') ?? isTrue('prometheus', 'utf8_names')
  if (utf8 !== undefined) flags['utf8-names'] = utf8
  else if (application === undefined && version !== '') flags['utf8-names'] = Number(version.split('.')[0]) >= 3
  return {
    product: application ?? 'Prometheus',
    version,
    flags,
    cannot: [
      ...(version === '' ? ['build-info'] : []),
      ...(tsdb === undefined ? ['tsdb-status'] : []),
      ...(alerts === false ? ['alerts'] : []),
      // they evaluate rules; who is told and what was silenced is Alertmanager's
      'silences',
    ],
  }
}

/** auth, path, version, permissions, clock */
export function* backendSteps(client: PromClient, asking: Asking): Generator<Step> {
  let refusal: unknown
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
      if (refusal !== undefined) throw refusal
      return `${client.http.urlOf({ path: 'api/v1' }).pathname} answers queries`
    },
  }
  let capabilities: Capabilities | undefined
  yield {
    step: 'version',
    async run() {
      capabilities = await capabilitiesOf(client, asking)
      return capabilities.version === ''
        ? 'Compatible with Prometheus; it does not say its version'
        : `${capabilities.product} ${capabilities.version}`
    },
  }
  yield {
    step: 'permissions',
    async run() {
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
