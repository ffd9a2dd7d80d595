// What an engine of the command line's own needs, in one piece that is loaded only when there is no other to ask.

export { createEngine } from '../engine/engine.ts'
export { memoryTransportPair } from '../../shared/rpc/transports.ts'
export { nodePlatform } from '../platform/node.ts'
export { makeForOwnerOnly } from '../platform/owner-only.ts'
export { listenLocally } from './local-socket.ts'
