// The connector for Zipkin 2 and 3, and what answers its API.

import { asEpochNs } from '../../../shared/base/time.ts'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Asking, Capabilities } from '../../../shared/domain/live-source.ts'
import type { Connector } from '../../platform/connector.ts'
import { openedSource, testOf } from '../common/opened.ts'
import { clockStep, type Step } from '../common/test-steps.ts'
import { ZipkinClient } from './client.ts'
import { ZipkinSource } from './source.ts'

const HOUR = 3_600_000_000_000n

/** undefined: it is switched off, or not shown to this person */
async function optional<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof WatchdeckError && ['not_found', 'permission_denied'].includes(error.code)) return undefined
    throw error
  }
}

async function capabilitiesOf(client: ZipkinClient, asking: Asking): Promise<Capabilities> {
  const [version, services, keys] = await Promise.all([
    client.version(asking),
    optional(client.services(asking)),
    optional(client.tagKeys(asking)),
  ])
  return {
    product: 'Zipkin',
    version,
    flags: {
      search: services !== undefined,
      'search-without-service': true,
      'tag-completion': keys !== undefined && keys.length > 0,
    },
    cannot: [
      ...(version === '' ? ['build-info'] : []),
      ...(services === undefined ? ['search'] : []),
      'span-metrics',
      'trace-times',
    ],
  }
}

function* backendSteps(client: ZipkinClient, now: bigint, asking: Asking): Generator<Step> {
  let missing: unknown
  let services: readonly string[] = []
  yield {
    step: 'auth',
    async run() {
      try {
        services = await client.services(asking)
      } catch (error) {
        if (error instanceof WatchdeckError && error.code === 'not_found') missing = error
        else throw error
      }
      return client.http.spec.auth.type === 'none' ? 'No credentials were asked for' : 'The credentials were accepted'
    },
  }
  yield {
    step: 'path',
    async run() {
      if (missing !== undefined) throw missing
      return `${client.http.urlOf({ path: 'api/v2' }).pathname} knows ${services.length} services`
    },
  }
  yield {
    step: 'version',
    async run() {
      const version = await client.version(asking)
      return version === '' ? 'The API of Zipkin v2; it does not say its version' : `Zipkin ${version}`
    },
  }
  yield {
    step: 'permissions',
    async run() {
      const range = { from: asEpochNs(now - HOUR), to: asEpochNs(now) }
      const { spans } = await client.search({ range, limit: 1 }, asking)
      return spans.length > 0
        ? 'Services and traces'
        : 'Services and traces may be read; there were no traces in the last hour'
    },
  }
  yield clockStep(() => client.skewMs)
}

export const zipkinConnector: Connector = {
  kind: 'zipkin',

  open: (opened, services, changed) =>
    openedSource(opened, services, changed, (told, tunnel) => {
      const client = new ZipkinClient(opened.spec, services, told, tunnel)
      return {
        http: client.http,
        traces: new ZipkinSource(client),
        capabilitiesOf: (asking) => capabilitiesOf(client, asking),
      }
    }),

  test: testOf((spec, services, tunnel) => {
    const client = new ZipkinClient(spec, services, () => undefined, tunnel)
    return { http: client.http, steps: (asking) => backendSteps(client, services.clock.now(), asking) }
  }),
}
