// The receiver capability: programs on this machine send OTLP over HTTP or gRPC, and it is in every view at once.

import { isAbort, toErrorShape } from '../../shared/base/errors.ts'
import { type EpochNs, formatRfc3339 } from '../../shared/base/time.ts'
import type { ReceiverSettings, ReceiverStatus } from '../../shared/contract/receiver.ts'
import type { CallContext, CapabilityModule, EngineContext } from '../engine/api.ts'
import type { Body, Verdict } from './bodies.ts'
import { Arriving, type DoorOptions, HOST, MAX_BODY } from './door.ts'
import { GrpcDoor } from './grpc-door.ts'
import { HttpDoor } from './http-door.ts'
import { Intake } from './intake.ts'
import { Shelf } from './shelf.ts'

const LOOK_NS = 60_000_000_000n
/** Windows are told of new rows at most this often. */
const TELL_NS = 2_000_000_000n
const NOTHING = {
  requests: 0,
  delayed: 0,
  refused: 0,
  spans: 0,
  logs: 0,
  samples: 0,
  rejected: 0,
  again: 0,
  bytes: 0,
  problem: undefined as string | undefined,
}

export const receiverModule: CapabilityModule<'receiver'> = {
  name: 'receiver',
  async start(engine) {
    const receiver = new Receiver(engine)
    engine.onShutdown(() => receiver.close())
    if (engine.catalog.settings.get().receiver.on) await receiver.resume()
    return {
      status: async () => await receiver.status(),
      async start({ port, grpcPort, keepDays, maxGb }) {
        const before = engine.catalog.settings.get().receiver
        const settings = {
          on: true,
          port: port ?? before.port,
          grpcPort: grpcPort === undefined ? before.grpcPort : grpcPort,
          keepDays: keepDays ?? before.keepDays,
          maxGb: maxGb ?? before.maxGb,
        }
        await receiver.open(settings)
        engine.catalog.settings.set({ receiver: settings })
        engine.changed('settings', 'receiver')
        return await receiver.status()
      },
      async stop() {
        await receiver.close()
        engine.catalog.settings.set({ receiver: { ...engine.catalog.settings.get().receiver, on: false } })
        engine.changed('settings', 'receiver')
        return await receiver.status()
      },
    }
  },
}

class Receiver {
  readonly #engine: EngineContext
  readonly #shelf: Shelf
  #http: HttpDoor | undefined
  #grpc: GrpcDoor | undefined
  readonly #arriving = new Arriving()
  #intake: Intake | undefined
  #failure: string | undefined
  #since: EpochNs | undefined
  #counts = { ...NOTHING }
  #lookedAt: EpochNs | undefined
  #toldAt: EpochNs | undefined
  #isFull = false
  #turn: Promise<void> = Promise.resolve()

  constructor(engine: EngineContext) {
    this.#engine = engine
    this.#shelf = new Shelf(engine)
  }

  get #settings(): ReceiverSettings {
    return this.#engine.catalog.settings.get().receiver
  }

  /** With the engine: a port that is taken by now is told in the status, and stops nothing else. */
  async resume(): Promise<void> {
    try {
      await this.open(this.#settings)
    } catch (error) {
      this.#failure = toErrorShape(error).message
      this.#engine.log.warn('the OTLP receiver did not start', { error: this.#failure })
    }
  }

  /** @throws WatchdeckError `conflict` when a port is taken; what ran before then goes on */
  open(settings: ReceiverSettings): Promise<void> {
    return this.#inTurn(() => this.#open(settings))
  }

  /** What was received is written and answered first. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#close())
  }

  /** Opening and closing one after the other: a start while a stop still answers its senders would find half of both. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #open({ port, grpcPort }: ReceiverSettings): Promise<void> {
    this.#lookedAt = undefined
    const [http, grpc] = [this.#http, this.#grpc]
    const nextHttp = http?.port === port ? http : await HttpDoor.listen(this.#door(port))
    let nextGrpc: GrpcDoor | undefined
    try {
      if (grpcPort !== null) nextGrpc = grpc?.port === grpcPort ? grpc : await GrpcDoor.listen(this.#door(grpcPort))
    } catch (error) {
      if (nextHttp !== http) await nextHttp.close()
      throw error
    }
    this.#http = nextHttp
    this.#grpc = nextGrpc
    this.#failure = undefined
    if (http !== nextHttp) await http?.close()
    if (grpc !== nextGrpc) await grpc?.close()
    if (this.#intake !== undefined) return
    this.#counts = { ...NOTHING }
    this.#since = this.#engine.platform.clock.now()
    this.#intake = new Intake(this.#engine, this.#shelf, {
      onTaken: ({ rows, source }) => {
        this.#counts.spans += rows.spans
        this.#counts.logs += rows.logs
        this.#counts.samples += rows.samples
        const now = this.#engine.platform.clock.now()
        if (this.#toldAt !== undefined && now - this.#toldAt < TELL_NS) return
        this.#toldAt = now
        this.#engine.changed('sources', source)
      },
      onAgain: (records) => {
        this.#counts.again += records
      },
    })
  }

  #door(port: number): DoorOptions {
    return {
      port,
      arriving: this.#arriving,
      take: (body, signal) => this.#take(body, signal),
      onRefused: (message, delayed) => {
        if (delayed) this.#counts.delayed++
        else this.#counts.refused++
        this.#counts.problem = message
      },
    }
  }

  async #take(body: Body, signal: AbortSignal): Promise<Verdict> {
    const counts = this.#counts
    counts.requests++
    counts.bytes += body.bytes.length
    await this.#look()
    const { maxGb } = this.#settings
    const refusal = this.#isFull
      ? `The size cap of ${maxGb} GB is reached: nothing of this request was kept.`
      : undefined
    const verdict = (await this.#intake?.put(body, signal, refusal)) ?? 'failed'
    if (typeof verdict === 'object' && verdict.ok && verdict.rejected > 0) {
      counts.rejected += verdict.rejected
      counts.problem = verdict.message
    }
    return verdict
  }

  /** Once a minute: days that are too old, or too many bytes. */
  async #look(): Promise<void> {
    const { platform, log } = this.#engine
    const now = platform.clock.now()
    if (this.#lookedAt !== undefined && now - this.#lookedAt < LOOK_NS) return
    this.#lookedAt = now
    const { remove, isFull } = await this.#shelf.due(this.#settings, now)
    this.#isFull = isFull
    const context: CallContext = {
      signal: new AbortController().signal,
      session: { id: 'receiver', shell: 'engine' },
      progress: () => {},
      log,
    }
    for (const id of remove) await this.#engine.call('sources.remove', { id }, context)
  }

  async status(): Promise<ReceiverStatus> {
    const { port, grpcPort, keepDays, maxGb } = this.#settings
    const { problem, ...counts } = this.#counts
    const at = this.#http?.port ?? port
    const grpcAt = this.#http === undefined ? grpcPort : (this.#grpc?.port ?? null)
    const source = this.#shelf.current(this.#engine.platform.clock.now())?.id
    return {
      state: this.#http ? 'on' : this.#failure === undefined ? 'off' : 'failed',
      endpoint: `http://${HOST}:${at}`,
      port: at,
      ...(grpcAt === null ? {} : { grpcEndpoint: `http://${HOST}:${grpcAt}` }),
      grpcPort: grpcAt,
      keepDays,
      maxGb,
      maxRequestBytes: MAX_BODY,
      ...(this.#failure === undefined ? {} : { error: this.#failure }),
      ...(this.#http === undefined || this.#since === undefined ? {} : { since: formatRfc3339(this.#since) }),
      ...counts,
      ...(problem === undefined ? {} : { problem }),
      waitingBytes: this.#intake?.waitingBytes ?? 0,
      storedBytes: await this.#shelf.bytes(),
      ...(source === undefined ? {} : { source }),
    }
  }

  async #close(): Promise<void> {
    const [http, grpc, intake] = [this.#http, this.#grpc, this.#intake]
    this.#http = undefined
    this.#grpc = undefined
    this.#failure = undefined
    try {
      await Promise.all([http?.close(), grpc?.close()])
      await intake?.close()
    } catch (error) {
      if (!isAbort(error)) throw error
    } finally {
      this.#intake = undefined
    }
    if (http) this.#engine.changed('sources')
  }
}
