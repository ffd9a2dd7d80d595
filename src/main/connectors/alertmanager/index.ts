// The connector for Alertmanager 0.16 and later, and what answers its v2 API (Mimir, Cortex below /alertmanager).

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Asking, Capabilities } from '../../../shared/domain/live-source.ts'
import type { Connector } from '../../platform/connector.ts'
import { openedSource, testOf } from '../common/opened.ts'
import { clockStep, type Step } from '../common/test-steps.ts'
import { AlertmanagerClient, fields, PRODUCT } from './client.ts'
import { AlertmanagerSource } from './source.ts'

/** undefined: the server has none, or does not show it to this person */
async function optional<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof WatchdeckError && ['not_found', 'permission_denied'].includes(error.code)) return undefined
    throw error
  }
}

async function capabilitiesOf(client: AlertmanagerClient, asking: Asking): Promise<Capabilities> {
  const [status, groups, silences] = await Promise.all([
    optional(client.status(asking)),
    optional(client.groups(asking)),
    optional(client.silences(asking)),
  ])
  const { version } = fields(status?.['versionInfo'])
  const cluster = fields(status?.['cluster'])
  const known = typeof version === 'string' ? version : ''
  return {
    product: PRODUCT,
    version: known,
    flags: {
      'build-info': known !== '',
      groups: groups !== undefined,
      silences: silences !== undefined,
      // several that share silences: each tells its own alerts
      cluster: cluster['status'] === 'ready' || cluster['status'] === 'settling',
    },
    cannot: [
      ...(known === '' ? ['build-info'] : []),
      ...(groups === undefined ? ['alert-groups'] : []),
      ...(silences === undefined ? ['silences'] : []),
      'alert-history',
    ],
  }
}

function* backendSteps(client: AlertmanagerClient, asking: Asking): Generator<Step> {
  let missing: unknown
  let firing = 0
  yield {
    step: 'auth',
    async run() {
      try {
        firing = (await client.alerts(asking)).items.length
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
      return `${client.http.urlOf({ path: 'api/v2' }).pathname} tells ${firing} alerts`
    },
  }
  let capabilities: Capabilities | undefined
  yield {
    step: 'version',
    async run() {
      capabilities = await capabilitiesOf(client, asking)
      return capabilities.version === ''
        ? 'The API of Alertmanager v2; it does not say its version'
        : `${PRODUCT} ${capabilities.version}`
    },
  }
  yield {
    step: 'permissions',
    async run() {
      const lacks = ['groups', 'silences'].filter((name) => capabilities?.flags[name] === false)
      return lacks.length === 0 ? 'Alerts, groups and silences may be read' : `Alerts; not ${lacks.join(', ')}`
    },
  }
  yield clockStep(() => client.skewMs)
}

export const alertmanagerConnector: Connector = {
  kind: 'alertmanager',

  open: (opened, services, changed) =>
    openedSource(opened, services, changed, (told, tunnel) => {
      const client = new AlertmanagerClient(opened.spec, services, told, tunnel)
      return {
        http: client.http,
        alerts: new AlertmanagerSource(client),
        capabilitiesOf: (asking) => capabilitiesOf(client, asking),
      }
    }),

  test: testOf((spec, services, tunnel) => {
    const client = new AlertmanagerClient(spec, services, () => undefined, tunnel)
    return { http: client.http, steps: (asking) => backendSteps(client, asking) }
  }),
}
