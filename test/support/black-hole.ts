// A server into which nothing gets: its process is stopped and its queue of connections is full, so that the kernel drops
// every further SYN and no connection is ever made. It stands before another server, which answers once it is let go on.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface BlackHole extends AsyncDisposable {
  readonly url: string
  /** Connections that were tried and have neither come about nor failed. */
  readonly hanging: () => number
  fill(): Promise<void>
  /** The process goes on: what comes is taken to the server behind. */
  empty(): void
}

/** The shortest queue; Linux lets one more in than was asked for. */
const BACKLOG = 1
const PROXY = `
  const net = require('node:net')
  const server = net.createServer((from) => {
    const to = net.connect(Number(process.argv[1]), '127.0.0.1')
    from.on('error', () => to.destroy()).pipe(to).on('error', () => from.destroy()).pipe(from)
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: ${BACKLOG} }, () => console.log(server.address().port))
`

export async function startBlackHole(behind: number): Promise<BlackHole> {
  const child = spawn(process.execPath, ['-e', PROXY, String(behind)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(said.toString())
  const sockets: Socket[] = []
  const dial = (): Socket => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    sockets.push(socket)
    return socket
  }
  return {
    url: `http://127.0.0.1:${port}`,
    hanging: () => sockets.filter((socket) => socket.connecting).length,
    async fill() {
      child.kill('SIGSTOP')
      // the stop is done when the kernel says so, not when the signal was sent: one that is still taken fills nothing
      for (let full = 0; full <= BACKLOG; full++) await once(dial(), 'connect')
      for (let i = 0; i < 3; i++) dial()
    },
    empty() {
      for (const socket of sockets.splice(0)) socket.destroy()
      child.kill('SIGCONT')
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
