// A port that nothing listens on, and that nobody gets by chance: below those that a system hands out by itself (to a
// listener on port 0, to every outgoing connection), and of a stretch of its own for each process.

import { createServer } from 'node:net'

const FIRST = 20_000
const COUNT = 9_000
/** so many for each process before those of the next one begin */
const STRETCH = 40

let given = 0

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = FIRST + ((process.pid * STRETCH + given++) % COUNT)
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => ('code' in error && error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
