// The engine as a utility process: started, watched, started again with growing pauses, stopped with a chance to close
// its stores.

import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron'
import { answerKeychain } from './keychain.ts'
import { RestartBudget } from './policies.ts'

export interface EngineProcess {
  /** a port to the engine for one window; while no engine runs, the next one gets it */
  port(): MessagePortMain
  /** starts it again after it was given up */
  again(): void
  /** asks it to close and waits at most 8 s */
  stop(): Promise<void>
}

export interface EngineProcessOptions {
  /** the built `utility.js` */
  script: string
  dataDir: string
  /** the system's keychain protects secrets; else the engine asks for a passphrase */
  keychain: boolean
  /** it has crashed more often than it may be started again */
  onGivenUp(): void
  /** it cannot start, and trying again would not help: the folder is held, a store is broken */
  onRefused(reason: string): void
}

const STOP_MS = 8_000

export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  let budget = new RestartBudget()
  let stopping = false
  let refused = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting: MessagePortMain[] = []
  let child: UtilityProcess | undefined = fork()

  function fork(): UtilityProcess {
    const started = utilityProcess.fork(
      options.script,
      ['--data-dir', options.dataDir, ...(options.keychain ? ['--keychain'] : [])],
      {
        serviceName: 'Watchdeck engine',
        stdio: 'inherit',
      },
    )
    for (const port of waiting.splice(0)) started.postMessage({ type: 'connect' }, [port])
    started.on('message', (message: unknown) => {
      answerKeychain(message).then((reply) => {
        if (reply) started.postMessage(reply)
      }, onFailure)
      const reason = reasonOf(message)
      if (reason === undefined || stopping) return
      refused = true
      started.kill()
      options.onRefused(reason)
    })
    started.once('exit', () => {
      if (child === started) child = undefined
      if (stopping || refused) return
      const pause = budget.take()
      if (pause === undefined) return options.onGivenUp()
      // pages notice their closed port and ask for another, which waits for the next process
      timer = setTimeout(() => {
        child = fork()
      }, pause)
    })
    return started
  }

  return {
    port() {
      const { port1, port2 } = new MessageChannelMain()
      if (child) child.postMessage({ type: 'connect' }, [port1])
      else waiting.push(port1)
      return port2
    },
    again() {
      if (child || stopping) return
      budget = new RestartBudget()
      refused = false
      child = fork()
    },
    stop() {
      stopping = true
      clearTimeout(timer)
      for (const port of waiting) port.close()
      waiting = []
      const last = child
      if (!last) return Promise.resolve()
      return new Promise((resolve) => {
        const late = setTimeout(() => {
          last.kill()
          resolve()
        }, STOP_MS)
        last.once('exit', () => {
          clearTimeout(late)
          resolve()
        })
        last.postMessage({ type: 'stop' })
      })
    },
  }
}

function reasonOf(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'refused')
    return undefined
  return 'reason' in message && typeof message.reason === 'string' ? message.reason : ''
}

function onFailure(error: unknown): void {
  process.stderr.write(`the keychain could not be asked: ${String(error)}\n`)
}
