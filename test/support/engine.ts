// An engine for tests: a temporary data folder, real stores, a client over the memory transport.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CapabilityModule } from '../../src/main/engine/api.ts'
import { createEngine, type Engine, type EngineOptions } from '../../src/main/engine/engine.ts'
import { openStores, type Stores } from '../../src/main/engine/stores.ts'
import type { Logger } from '../../src/main/engine/log.ts'
import { jobsModule } from '../../src/main/jobs/index.ts'
import { nodePlatform } from '../../src/main/platform/node.ts'
import type { Clock, Platform } from '../../src/main/platform/platform.ts'
import { settingsModule } from '../../src/main/settings/index.ts'
import { sourcesModule } from '../../src/main/sources/index.ts'
import { systemModule } from '../../src/main/system/index.ts'
import type { Client } from '../../src/shared/rpc/api.ts'
import { createClient } from '../../src/shared/rpc/client.ts'
import { memoryTransportPair } from '../../src/shared/rpc/transports.ts'

export interface TestEngineOptions extends Partial<Omit<EngineOptions, 'platform' | 'stores' | 'modules'>> {
  /** capabilities beside system, settings, jobs and sources */
  modules?: readonly CapabilityModule[]
  clock?: Clock
  /** an existing folder, which then stays; default: a new one that is removed at the end */
  dataDir?: string
  /** instead of the real ones */
  stores?: (platform: Platform) => Promise<Stores>
}

export interface TestEngine extends AsyncDisposable {
  readonly engine: Engine
  readonly client: Client
  /** the very stores of the engine, to put rows in and look at them */
  readonly stores: Stores
  readonly platform: Platform
  readonly dataDir: string
  /** lines of the log so far, parsed */
  readonly logLines: ReadonlyArray<Record<string, unknown>>
  /** another client, as another window */
  connect(): Client
}

const BASE: readonly CapabilityModule[] = [systemModule, settingsModule, jobsModule, sourcesModule]
const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, with: () => silent }

/** `await using t = await startTestEngine({ modules: [tracesModule] })`; answers are checked against the contract. */
export async function startTestEngine(options: TestEngineOptions = {}): Promise<TestEngine> {
  const { modules = [], clock, dataDir, stores: openTestStores, ...rest } = options
  const dir = dataDir ?? (await mkdtemp(join(tmpdir(), 'watchdeck-test-')))
  const logLines: Array<Record<string, unknown>> = []
  const platform = nodePlatform({
    shell: 'cli',
    version: '0.0.0-test',
    dataDir: dir,
    clock,
    onLogLine: (line) => logLines.push(JSON.parse(line)),
  })
  const stores = await (openTestStores ? openTestStores(platform) : openStores(platform, silent))
  const names = new Set(modules.map((module) => module.name))
  const engine = await createEngine({
    checkAnswers: true,
    subset: true,
    ...rest,
    platform,
    stores,
    modules: [...BASE.filter((module) => !names.has(module.name)), ...modules],
  })
  const clients: Client[] = []
  const connect = () => {
    const [here, there] = memoryTransportPair()
    engine.connect(there, 'test')
    const client = createClient({ connect: () => here })
    clients.push(client)
    return client
  }
  return {
    engine,
    client: connect(),
    stores,
    platform,
    dataDir: dir,
    logLines,
    connect,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client[Symbol.dispose]()
      await engine.shutdown()
      if (dataDir === undefined) await rm(dir, { recursive: true, force: true })
    },
  }
}
