// How a connector meets the engine: what it is given, what it opens, what it says about itself. Connectors implement this;
// the composition roots list them; capabilities only see what `LiveSource` offers.

import type {
  AlertSource,
  Capabilities,
  MetricSource,
  ServerSource,
  TraceSource,
} from '../../shared/domain/live-source.ts'
import type { LogSource, ObjectSource, StreamSource } from '../../shared/domain/record-sources.ts'
import type { Load, TestStep } from '../../shared/contract/sources.ts'
import type { LiveKind, Secret, SourceSpec } from '../../shared/contract/source-spec.ts'
import type { WatchdeckError } from '../../shared/base/errors.ts'
import type { Clock } from './platform.ts'

export interface ConnectorServices {
  readonly clock: Clock
  /**
   * The text of a secret, read now: it may have been rotated. What a program prints is kept for some minutes; `fresh`
   * runs it again.
   * @throws WatchdeckError `unauthenticated` when the vault, variable or file has none
   */
  readonly secret: (secret: Secret, fresh?: boolean) => Promise<string>
  /** lines for the log; fields are redacted there, but a connector hands over no secret in the first place */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void
}

/** How a source has been answering. */
export interface Pulse {
  readonly state: 'unknown' | 'ok' | 'failing' | 'resting'
  /** epoch nanoseconds */
  readonly since?: bigint | undefined
  readonly lastOkAt?: bigint | undefined
  readonly restsUntil?: bigint | undefined
  readonly lastError?: { readonly at: bigint; readonly error: WatchdeckError } | undefined
  readonly inFlight: number
  readonly waiting: number
}

export interface LiveSource {
  readonly id: string
  readonly kind: LiveKind
  readonly metrics?: MetricSource | undefined
  /** beside its metrics, or alone: one that only evaluates rules answers no queries */
  readonly server?: ServerSource | undefined
  readonly traces?: TraceSource | undefined
  readonly alerts?: AlertSource | undefined
  /** these three no connector has yet, and views do not ask live sources for them */
  readonly logs?: LogSource | undefined
  readonly objects?: ObjectSource | undefined
  readonly streams?: StreamSource | undefined
  pulse(): Pulse
  load(): readonly Load[]
  /** what it turned out to be; undefined until it was asked once */
  readonly capabilities: Capabilities | undefined
  close(): Promise<void>
}

export interface OpenedSpec {
  readonly id: string
  readonly spec: SourceSpec
}

export interface Connector {
  readonly kind: LiveKind
  /** Opens nothing yet: the first question connects. `changed` is called when the pulse or the capabilities change. */
  open(source: OpenedSpec, services: ConnectorServices, changed: () => void): LiveSource
  /** Step by step; ends after the first step that fails. */
  test(source: OpenedSpec, services: ConnectorServices, signal: AbortSignal): Promise<TestStep[]>
}

/** The live sources of an engine, for capabilities; whoever owns them (`main/sources`) provides them at start. */
export interface LiveSources {
  /** undefined when the source is no live one, or is off or removed */
  get(id: string): LiveSource | undefined
}
