// Which program answers, and of which version. Several that answer Prometheus's API say there that they are Prometheus.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Asking } from '../../../shared/domain/live-source.ts'
import type { Fields, PromClient } from './client.ts'
import { text } from './server.ts'

export interface Build {
  readonly product: string
  readonly version: string
  /** what it says of its build, with the version that is its own */
  readonly told: Fields
}

/** @throws WatchdeckError as `optional` takes it, where nothing is told of it */
export async function buildOf(client: PromClient, asking: Asking): Promise<Build> {
  const told = await client.status('status/buildinfo', asking)
  const version = text(told['version']).replace(/^v/, '')
  const application = text(told['application'])
  if (application !== '') return { product: application, version, told }
  // VictoriaMetrics says which Prometheus it answers as, and no word of its own revision, which a Prometheus does
  if (version !== '' && told['revision'] === undefined && told['goVersion'] === undefined) {
    const own = await ownVersion(client, asking)
    if (own !== undefined || version === '2.24.0')
      return {
        product: 'VictoriaMetrics',
        version: own ?? '',
        told: { product: 'VictoriaMetrics', version: own ?? '', 'answers as Prometheus': version },
      }
  }
  // a Prometheus that tells its build is of version 2.14 at least
  if (version.startsWith('0.')) return { product: 'Thanos', version, told }
  return { product: 'Prometheus', version, told }
}

/** As the user interface of VictoriaMetrics has it; something in between may let the API through alone. */
async function ownVersion(client: PromClient, asking: Asking): Promise<string | undefined> {
  try {
    const version = text((await client.plain('vmui/config.json', asking))['version'])
    return version === '' ? undefined : version.replace(/^v/, '')
  } catch (error) {
    if (error instanceof WatchdeckError && error.code !== 'cancelled') return undefined
    throw error
  }
}
