// For kill-recording.test.ts: an engine that records an incident, with passes a twentieth of a second apart by a fast
// clock, until it is killed. Arguments: data folder, incident, epoch milliseconds that the clock counts from.

import { writeSync } from 'node:fs'
import { createEngine } from '../../src/main/engine/engine.ts'
import { nodePlatform } from '../../src/main/platform/node.ts'
import { fastClock } from './fast-clock.ts'
import { FAST_MODULES } from './fast-modules.ts'

const [dataDir = '', incident = '', since = ''] = process.argv.slice(2)
const platform = nodePlatform({ shell: 'cli', version: '0.0.0-test', dataDir, clock: fastClock(Number(since)) })
const engine = await createEngine({ platform, modules: FAST_MODULES })
const recording = engine.call('recording.start', { incident })
writeSync(1, `ready ${incident}\n`)
await recording
