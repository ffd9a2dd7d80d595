// Every method of the contract with inputs made from its own schema, against a real engine: each call ends, with an
// answer that fits the contract or a code of the closed set; none is `internal`, none takes the engine down.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { isErrorCode, WatchdeckError } from '../../src/shared/base/errors.ts'
import type { MethodSpec } from '../../src/shared/contract/define.ts'
import { methodNames, methodSpec } from '../../src/shared/contract/index.ts'
import { LONG, randomOf, SEED } from '../durability/support.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { addSampleSource, SAMPLE_RANGE } from '../support/sample-telemetry.ts'
import { InputMaker, type World } from './schema-inputs.ts'

const EACH = LONG ? 60 : 3
/**
 * A call that has not ended by then hangs: nothing in the sample takes two seconds of this process. Its processor time is
 * what counts, as on a busy machine a second may take twenty; one that waits for what never comes uses none.
 */
const HANGS = { busyMs: 20_000, idleMs: 180_000 }

let folder: string
let t: TestEngine
let world: World

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watchdeck-fuzz-'))
  t = await startTestEngine({ modules: ALL_MODULES })
  const source = await addSampleSource(t.stores, 'sample', 5)
  const path = join(folder, 'a.ndjson')
  writeFileSync(path, '{"timestamp":"2026-11-02T14:00:00Z","level":"info","service":"x","message":"y"}\n')
  const incident = await t.client.call('incidents.create', {
    title: 'x',
    severity: 'minor',
    range: SAMPLE_RANGE,
    sources: [source],
  })
  const note = await t.client.call('incidents.note', { incident: incident.id, markdown: 'x' })
  const ids = [source, incident.id, note.id, 'nope']
  const methods = methodNames()
  world = {
    known: {
      id: ids,
      ids,
      source: [source, 'nope'],
      sources: [source],
      incident: [incident.id, 'INC-1', 'nope'],
      entry: [note.id],
      range: [SAMPLE_RANGE, { from: 'now-1h', to: 'now' }, { from: 'now', to: 'now-1h' }],
      compareTo: [SAMPLE_RANGE],
      method: methods,
      path: [join(folder, 'out.watchdeck'), join(folder, 'gone', 'x'), folder, '\u0000', ''],
      paths: [path, join(folder, 'missing'), '\u0000'],
      url: ['http://127.0.0.1:9', 'http://[::1]:9/x', 'file:///etc/passwd', 'nonsense'],
      scale: [0.01],
      query: ['error', 'level>=warn', 'service:sample AND (a OR b)', 'up', 'rate(x[5m])', '/a+/', 'sum(', ')('],
      spec: [{ kind: 'prometheus', name: 'x', url: 'http://127.0.0.1:9' }],
      ssh: [undefined],
      proxy: [undefined],
      tls: [undefined],
      auth: [undefined, { type: 'none' }],
    },
  }
})

afterAll(async () => {
  await t[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

type Outcome = 'answered' | `code ${string}` | `broken: ${string}`

async function outcomeOf(method: string, spec: MethodSpec, input: unknown): Promise<Outcome> {
  const stop = new AbortController()
  let timer: ReturnType<typeof setInterval> | undefined
  const hangs = new Promise<Outcome>((resolve) => {
    const [began, used] = [performance.now(), process.cpuUsage()]
    timer = setInterval(() => {
      const { user, system } = process.cpuUsage(used)
      if ((user + system) / 1000 > HANGS.busyMs || performance.now() - began > HANGS.idleMs) resolve('broken: it hangs')
    }, 500)
  })
  const context = { signal: stop.signal, progress: () => undefined }
  const dispatcher = t.engine.dispatcher('fuzz')
  const ask = async (): Promise<Outcome> => {
    try {
      if (spec.kind !== 'stream') await dispatcher.call(method, input, context)
      else {
        setTimeout(() => stop.abort(), 20)
        for await (const _item of dispatcher.stream(method, input, context)) break
      }
      return 'answered'
    } catch (error) {
      if (!(error instanceof WatchdeckError)) return `broken: threw ${String(error)}`
      if (!isErrorCode(error.code) || error.code === 'internal') return `broken: ${error.code} ${lastError()}`
      if (error.message.includes('\n    at ')) return 'broken: the message has a stack'
      return `code ${error.code}`
    }
  }
  try {
    return await Promise.race([ask(), hangs])
  } finally {
    clearInterval(timer)
    stop.abort()
  }
}

const lastError = () =>
  JSON.stringify(t.logLines.findLast((line) => line['level'] === 'error')?.['error'] ?? '').slice(0, 700)

function shown(input: unknown): string {
  const text =
    JSON.stringify(input, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)) ?? 'undefined'
  return text.length > 300 ? `${text.slice(0, 300)}..` : text
}

/** What would end the world of the other cases is asked last. */
const LAST = ['sources.remove', 'sources.purge', 'incidents.remove', 'jobs.clear', 'file.close']
const ordered = methodNames().sort((a, b) => Number(LAST.includes(a)) - Number(LAST.includes(b)))

test.each(ordered)(
  `%s: every input ends in an answer or a code (seed ${SEED})`,
  { timeout: 600_000 },
  async (method) => {
    const spec = methodSpec(method) as MethodSpec
    const maker = new InputMaker(
      randomOf(SEED ^ [...method].reduce((sum, c) => Math.imul(sum, 31) + c.charCodeAt(0), 7)),
      world,
    )
    const broken: string[] = []
    for (let i = 0; i < EACH; i++)
      for (const [kind, input] of [
        ['valid', maker.valid(spec)],
        ['near-valid', maker.nearValid(spec)],
        ['hostile', maker.hostile(spec)],
      ] as const) {
        // a demo of full size is no harm, only long
        const asked = method === 'demo.create' && typeof input === 'object' ? { ...input, scale: 0.01 } : input
        const outcome = await outcomeOf(method, spec, asked)
        if (outcome.startsWith('broken')) broken.push(`${kind} ${shown(input)} -> ${outcome}`)
      }
    expect(broken).toEqual([])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  },
)

test('afterwards the engine answers, its stores are whole, and nothing was written elsewhere', async () => {
  expect(await t.client.call('system.ping', {})).toMatchObject({ time: expect.any(String) })
  expect(t.stores.catalog.audit.verify().ok).toBe(true)
  expect(readdirSync(folder).filter((name) => !/^(a\.ndjson|out\.watchdeck.*)$/.test(name))).toEqual([])
})
