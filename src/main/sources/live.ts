// The live sources of an engine: opened when first asked, closed when edited, switched off or removed.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { SourceSpec } from '../../shared/contract/source-spec.ts'
import type { TestStep } from '../../shared/contract/sources.ts'
import type { EngineContext } from '../engine/api.ts'
import type { Connector, ConnectorServices, LiveSource, LiveSources } from '../platform/connector.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import {
  hasMarks,
  keptSecrets,
  lacksKept,
  lacksSecrets,
  secretReader,
  secretsAreGone,
  splitSecrets,
} from './secrets.ts'

interface Open {
  readonly source: LiveSource
  readonly revision: number
}

export class LiveKeeper implements LiveSources {
  readonly #engine: EngineContext
  readonly #connectors: ReadonlyMap<string, Connector>
  readonly #open = new Map<string, Open>()
  readonly #told = new Map<string, string>()

  constructor(engine: EngineContext, connectors: readonly Connector[]) {
    this.#engine = engine
    this.#connectors = new Map(connectors.map((connector) => [connector.kind, connector]))
  }

  get(id: string): LiveSource | undefined {
    const record = this.#engine.catalog.sources.get(id)
    if (record?.spec === undefined || record.state === 'removed') return undefined
    const open = this.#open.get(id)
    if (open?.revision === record.revision) return open.source
    if (open) this.#close(id, open)
    const connector = this.connector(record.spec)
    const source = connector.open({ id, spec: record.spec }, this.#services(record), () => this.#changed(id))
    this.#open.set(id, { source, revision: record.revision })
    return source
  }

  /** Without opening it: for lists. */
  peek(id: string): LiveSource | undefined {
    return this.#open.get(id)?.source
  }

  /** @throws WatchdeckError `unsupported` */
  connector(spec: SourceSpec): Connector {
    const connector = this.#connectors.get(spec.kind)
    if (connector) return connector
    throw new WatchdeckError('unsupported', `This engine has no connector for ${spec.kind}.`)
  }

  /** @param record of the source that is being edited, for the secrets that it already has */
  async test(spec: SourceSpec, record: SourceRecord | undefined, signal: AbortSignal): Promise<TestStep[]> {
    const kept = record && hasMarks(spec) ? await keptSecrets(this.#vault, record) : {}
    if (record && lacksKept(spec, kept) && (await lacksSecrets(this.#vault, record, spec))) {
      const { message, hint } = secretsAreGone(this.#vault, record)
      return [{ step: 'settings', ok: false, tookNs: 0, message, ...(hint === undefined ? {} : { hint }) }]
    }
    const split = splitSecrets(spec, kept)
    const services = this.#servicesWith(secretReader(async () => split.values))
    return await this.connector(spec).test({ id: record?.id ?? 'new', spec: split.spec }, services, signal)
  }

  drop(id: string): void {
    const open = this.#open.get(id)
    if (open) this.#close(id, open)
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(all.map(({ source }) => source.close()))
  }

  get #vault() {
    return this.#engine.platform.secrets
  }

  #services(record: SourceRecord): ConnectorServices {
    const vault = this.#vault
    return this.#servicesWith(
      secretReader(
        () => keptSecrets(vault, record),
        () => secretsAreGone(vault, record),
      ),
    )
  }

  #servicesWith(secret: ConnectorServices['secret']): ConnectorServices {
    const { platform, log } = this.#engine
    return { clock: platform.clock, secret, warn: (message, fields) => log.warn(message, { ...fields }) }
  }

  /** Windows are told when what they show changed, not at every request. */
  #changed(id: string): void {
    const source = this.#open.get(id)?.source
    if (!source) return
    const { state } = source.pulse()
    const now = JSON.stringify([state, source.capabilities?.version])
    if (this.#told.get(id) === now) return
    this.#told.set(id, now)
    this.#engine.changed('sources', id)
  }

  #close(id: string, open: Open): void {
    this.#open.delete(id)
    this.#told.delete(id)
    open.source.close().catch((error: unknown) => this.#engine.log.warn('closing a live source failed', { id, error }))
  }
}
