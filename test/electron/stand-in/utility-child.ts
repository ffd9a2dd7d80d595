// The far side of the stand-in's utility process: puts `process.parentPort` where Electron does and runs the script.

import { EventEmitter } from 'node:events'
import { pathToFileURL } from 'node:url'
import { isPumped, Pump } from './ports.ts'

const [script = '', ...args] = process.argv.slice(2)
const tell = (message: unknown) => void process.send?.(message)
const pump = new Pump(tell)
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (data: unknown) => tell({ posted: data }),
})
const early: object[] = []
let take = (event: object) => void early.push(event)
// Electron keeps what arrives before the script listens
parentPort.once('newListener', () => {
  take = (event) => void parentPort.emit('message', event)
  setImmediate(() => {
    for (const event of early.splice(0)) parentPort.emit('message', event)
  })
})
process.on('message', (message: unknown) => {
  if (isPumped(message)) pump.take(message)
  else if (typeof message === 'object' && message !== null && 'post' in message && 'ports' in message)
    take({ data: message.post, ports: (message.ports as number[]).map((id) => pump.open(id)) })
})
process.on('disconnect', () => process.exit(1))
process.argv = [process.argv[0] ?? '', script, ...args]
Object.assign(process, { parentPort })
await import(pathToFileURL(script).href)
