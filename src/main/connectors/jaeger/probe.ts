// What a Jaeger turned out to be: which API, which version, what its storage lacks. Asked, never guessed from a number.

import type { Asking, Capabilities } from '../../../shared/domain/live-source.ts'
import { asEpochNs, formatRfc3339 } from '../../../shared/base/time.ts'
import { clockStep, type Step } from '../common/test-steps.ts'
import type { JaegerClient } from './client.ts'
import type { JaegerSource } from './source.ts'

const HOUR = 3_600_000_000_000n

export async function capabilitiesOf(
  client: JaegerClient,
  source: JaegerSource,
  now: bigint,
  asking: Asking,
): Promise<Capabilities> {
  const dialect = await client.dialect(asking)
  const range = { from: formatRfc3339(asEpochNs(now - 1_000_000_000n)), to: formatRfc3339(asEpochNs(now)) }
  const times = { 'query.startTimeMin': range.from, 'query.startTimeMax': range.to }
  const ms = (ns: bigint) => String(ns / 1_000_000n)
  const metrics = { service: 'none', endTs: ms(now), lookback: ms(HOUR), step: '60000', ratePer: '60000' }
  const [{ version, searchesAll }, summaries, legacySearch, spanMetrics] = await Promise.all([
    client.about(asking),
    client.has('api/v3/trace-summaries', times, asking),
    // without a service it is refused where it is there, and unknown where it was removed
    client.has('api/traces', {}, asking),
    client.has('api/metrics/calls', metrics, asking),
  ])
  source.found({ summaries, searchesAll })
  return {
    product: 'Jaeger',
    version,
    flags: {
      'api-v3': dialect !== 'legacy',
      'search-by-tags': dialect === 'v3' || legacySearch,
      'legacy-search': legacySearch,
      'trace-summaries': summaries,
      'span-metrics': spanMetrics,
      ...(source.wantsService === undefined ? {} : { 'search-without-service': !source.wantsService }),
    },
    cannot: [
      ...(version === '' ? ['build-info'] : []),
      ...(dialect === 'v3-early' ? ['tags-without-service'] : []),
      ...(dialect === 'legacy' || source.wantsService === true ? ['search-without-service'] : []),
      ...(spanMetrics ? [] : ['span-metrics']),
    ],
  }
}

/** auth, path, version, permissions, clock */
export function* backendSteps(
  client: JaegerClient,
  source: JaegerSource,
  now: bigint,
  asking: Asking,
): Generator<Step> {
  let services: readonly string[] = []
  yield {
    step: 'auth',
    async run() {
      const { auth } = client.http.spec
      await client.dialect(asking)
      return auth.type === 'none' ? 'No credentials were asked for' : 'The credentials were accepted'
    },
  }
  yield {
    step: 'path',
    async run() {
      const dialect = await client.dialect(asking)
      services = (await source.services(asking)).services
      const path = dialect === 'legacy' ? 'api' : 'api/v3'
      return `${client.http.urlOf({ path }).pathname} knows ${services.length} services`
    },
  }
  yield {
    step: 'version',
    async run() {
      const { version } = await capabilitiesOf(client, source, now, asking)
      const dialect = await client.dialect(asking)
      const api = dialect === 'legacy' ? 'the older API' : 'API v3'
      return version === '' ? `Jaeger with ${api}; it does not say its version` : `Jaeger ${version} with ${api}`
    },
  }
  yield {
    step: 'permissions',
    async run() {
      const range = { from: asEpochNs(now - HOUR), to: asEpochNs(now) }
      const { spans } = await source.search({ range, limit: 1 }, asking)
      return spans.length > 0
        ? 'Services and traces'
        : 'Services and traces may be read; there were no traces in the last hour'
    },
  }
  yield clockStep(() => client.skewMs)
}
