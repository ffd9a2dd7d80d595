// The engine as a utility process: started, watched, started again a few times, stopped with a chance to close its stores.

import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron'
import { RestartBudget } from './policies.ts'

export interface EngineProcess {
  /** a port to the engine for one window */
  port(): MessagePortMain
  /** asks it to close and waits at most 8 s */
  stop(): Promise<void>
}

export interface EngineProcessOptions {
  /** the built `utility.js` */
  script: string
  dataDir: string
  /** it has crashed more often than it may be started again */
  onGivenUp(): void
}

const STOP_MS = 8_000

export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  const budget = new RestartBudget()
  let stopping = false
  let child: UtilityProcess = fork()

  function fork(): UtilityProcess {
    const started = utilityProcess.fork(options.script, ['--data-dir', options.dataDir], {
      serviceName: 'Watchdeck engine',
      stdio: 'inherit',
    })
    started.on('exit', () => {
      if (stopping) return
      // pages notice their closed port and ask for another, which the next process answers
      if (budget.take()) child = fork()
      else options.onGivenUp()
    })
    return started
  }

  return {
    port() {
      const { port1, port2 } = new MessageChannelMain()
      child.postMessage({ type: 'connect' }, [port1])
      return port2
    },
    stop() {
      stopping = true
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          child.kill()
          resolve()
        }, STOP_MS)
        child.once('exit', () => {
          clearTimeout(timer)
          resolve()
        })
        child.postMessage({ type: 'stop' })
      })
    },
  }
}
