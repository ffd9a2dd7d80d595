// The browser shell's composition root: an engine on the data folder, the page over loopback, the owner's local socket.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { WatchdeckError } from '../shared/base/errors.ts'
import { type Arguments, portOf } from './cli/args.ts'
import { languageOf } from './cli/language.ts'
import { withPassphrase } from './cli/passphrase.ts'
import { askForUrl, dialEngine, listenLocally } from './cli/local-socket.ts'
import { createUntypedClient } from '../shared/rpc/client.ts'
import { createEngine } from './engine/engine.ts'
import { readHolder } from './engine/lock.ts'
import { ALL_MODULES } from './modules.ts'
import { nodePlatform } from './platform/node.ts'
import { makeForOwnerOnly } from './platform/owner-only.ts'
import { VERSION } from './version.ts'
import { openInBrowser } from './web/browser.ts'
import { startWebShell } from './web/server.ts'

export interface ServeOptions {
  readonly args: Arguments
  readonly dataDir: string
}

/** Resolves when a person ends it with Ctrl-C. Prints `Watchdeck is ready: URL` on stdout, alone on its line. */
export async function serve({ args, dataDir }: ServeOptions): Promise<void> {
  const holder = readHolder(dataDir)
  if (holder?.address !== undefined) return await joinRunning(holder.address, args)
  const renderer = resolve(import.meta.dirname, '../renderer')
  if (!existsSync(resolve(renderer, 'index.html')))
    throw new WatchdeckError('not_found', 'The page is not built.', { hint: 'Run `npm run build` first.' })
  const port = portOf(args)
  makeForOwnerOnly()
  const platform = nodePlatform({ shell: 'browser', version: VERSION, dataDir })
  const engine = await createEngine({ platform, modules: ALL_MODULES })
  await using stop = new AsyncDisposableStack()
  stop.defer(() => engine.shutdown())
  const web = await startWebShell({
    renderer,
    dataDir: platform.dataDir,
    connect: (transport) => engine.connect(transport, 'browser'),
    log: engine.log,
    host: args.text('host'),
    port,
    allowRemote: args.flag('allow-remote'),
  })
  stop.defer(() => web.close())
  const local = await listenLocally({
    dataDir: platform.dataDir,
    connect: (transport) => engine.connect(transport, 'cli'),
    mintUrl: () => web.mintUrl(),
  })
  stop.defer(() => local.close())
  engine.publishAddress(local.address)
  const stopped = untilSignal()
  const route = await startingRoute(args, (method, input) => engine.dispatcher('browser').call(method, input, quiet()))
  show(web.mintUrl(), route, args)
  await stopped
  process.stderr.write('Watchdeck is closing.\n')
  // what is under way gets its grace time before the pipes close: an attached import still hears its end
  await engine.shutdown()
}

/** The folder is held: a browser shell gives another address; any other engine says where it is. */
async function joinRunning(address: string, args: Arguments): Promise<void> {
  const url = await askForUrl(address)
  if (url === undefined)
    throw new WatchdeckError('conflict', 'The data folder is in use by a Watchdeck that has no browser shell.', {
      hint: 'Use its window, close it first, or choose another folder with --data-dir.',
    })
  const transport = await dialEngine(address)
  using client = createUntypedClient({ connect: () => transport })
  show(url, await startingRoute(args, (method, input) => client.call(method, input)), args)
}

const quiet = () => ({ signal: new AbortController().signal, progress: () => undefined })

/** What is to be on screen first: the file of `open`, the demo of `--demo`. */
async function startingRoute(
  args: Arguments,
  call: (method: string, input: unknown) => Promise<unknown>,
): Promise<string> {
  if (args.command === 'open') {
    const [file, second] = args.words
    if (file === undefined || second !== undefined)
      throw new WatchdeckError('invalid_input', 'watchdeck open takes one FILE.')
    const path = resolve(file)
    return incidentRoute(
      await withPassphrase(
        (passphrase) => call('file.open', passphrase === undefined ? { path } : { path, passphrase }),
        { input: process.stdin, output: process.stderr, language: languageOf(process.argv, process.env) },
      ),
    )
  }
  if (!args.flag('demo')) return ''
  process.stderr.write('Making the demo incident ..\n')
  return incidentRoute(await call('demo.create', {}))
}

/** The war room of an opened or made incident, with the range and the source that the answer names. */
function incidentRoute(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return ''
  const text = (name: string) => {
    const value: unknown = Reflect.get(answer, name)
    return typeof value === 'string' ? value : undefined
  }
  const [incident, source, from, to] = ['incident', 'source', 'from', 'to'].map(text)
  if (incident === undefined) return ''
  const query = new URLSearchParams()
  if (from !== undefined && to !== undefined)
    for (const [name, value] of Object.entries({ from, to })) query.set(name, value)
  if (source !== undefined) query.set('src', source)
  return `&/incidents/${encodeURIComponent(incident)}${query.size > 0 ? `?${query}` : ''}`
}

function show(url: string, route: string, args: Arguments): void {
  process.stdout.write(`Watchdeck is ready: ${url}${route}\n`)
  if (!args.flag('no-open')) openInBrowser(`${url}${route}`)
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let presses = 0
    const stop = () => {
      if (++presses > 1) process.exit(130)
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
