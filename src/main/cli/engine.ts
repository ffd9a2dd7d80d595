// How the command line reaches an engine: the one that holds the data folder, else one of its own. What only an engine
// of its own needs (the stores, every capability, the contract's schemas) is loaded only then: most calls find an engine.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { createUntypedClient, type UntypedClient } from '../../shared/rpc/client.ts'
import type { CapabilityModule } from '../engine/api.ts'
import { type Holder, readHolder } from '../engine/lock.ts'
import { dialEngine } from './local-socket.ts'

export interface Reached {
  readonly client: UntypedClient
  /** who holds the folder, when it is not this process */
  readonly attachedTo: Holder | undefined
  close(): Promise<void>
}

export interface ReachOptions {
  dataDir: string
  version: string
  modules(): Promise<readonly CapabilityModule[]>
}

/** @throws WatchdeckError `conflict` when an engine holds the folder and cannot be reached */
export async function reachEngine(options: ReachOptions): Promise<Reached> {
  const attached = await attach(readHolder(options.dataDir))
  if (attached) return attached
  const { createEngine, listenLocally, makeForOwnerOnly, memoryTransportPair, nodePlatform } = await import(
    './own-engine.ts'
  )
  makeForOwnerOnly()
  const platform = nodePlatform({ shell: 'cli', version: options.version, dataDir: options.dataDir })
  try {
    const engine = await createEngine({ platform, modules: await options.modules() })
    const local = await listenLocally({
      dataDir: platform.dataDir,
      connect: (transport) => engine.connect(transport, 'cli'),
    })
    engine.publishAddress(local.address)
    const [ours, theirs] = memoryTransportPair()
    engine.connect(theirs, 'cli')
    const client = createUntypedClient({ connect: () => ours })
    return {
      client,
      attachedTo: undefined,
      async close() {
        client[Symbol.dispose]()
        await local.close()
        await engine.shutdown()
      },
    }
  } catch (error) {
    // another process took the folder between the look and the lock
    const late = isConflict(error) ? await attach(readHolder(options.dataDir)) : undefined
    if (late) return late
    throw error
  }
}

async function attach(holder: Holder | undefined): Promise<Reached | undefined> {
  if (holder?.address === undefined) return undefined
  const { address } = holder
  const first = await dialEngine(address)
  const client = createUntypedClient({ connect: () => first })
  return { client, attachedTo: holder, close: async () => client[Symbol.dispose]() }
}

function isConflict(error: unknown): boolean {
  return error instanceof WatchdeckError && error.code === 'conflict'
}
