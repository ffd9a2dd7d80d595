// What a page's own thread did during a gesture, by Chromium's recording of it: processor time of each frame, the longest
// task, and where the time went.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CDPSession, Page } from '@playwright/test'

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly ts: number
  readonly dur?: number
  /** µs of processor time, where the browser tells it */
  readonly tdur?: number
  readonly pid: number
  readonly tid: number
  readonly args?: { readonly name?: string }
}

const isTraceEvent = (event: object): event is TraceEvent =>
  'name' in event && 'ph' in event && 'ts' in event && 'pid' in event && 'tid' in event

export interface Work {
  /** ms of the page's thread in each frame in which it worked, least first */
  readonly frames: readonly number[]
  readonly longest: number
  /** ms a frame by kind of work (the recording's own names), most first */
  readonly kinds: ReadonlyArray<readonly [kind: string, ms: number]>
}

/** PAGE_PROFILE=folder also writes each recording and a profile of the scripts there, for the developer tools. */
const PROFILES = process.env['PAGE_PROFILE']

/** Runs `gesture` while Chromium records, and answers with what its main thread did. */
export async function recorded(page: Page, name: string, gesture: () => Promise<void>): Promise<Work> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) if (isTraceEvent(event)) events.push(event)
  })
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel'] },
  })
  await gesture()
  await stopped(session)
  if (PROFILES !== undefined) {
    await writeFile(join(PROFILES, `${name}.json`), JSON.stringify(events))
    // a second time: the profiler's own work would be counted as the page's
    await session.send('Profiler.enable')
    await session.send('Profiler.setSamplingInterval', { interval: 200 })
    await session.send('Profiler.start')
    await gesture()
    const { profile } = await session.send('Profiler.stop')
    await writeFile(join(PROFILES, `${name}.cpuprofile`), JSON.stringify(profile))
  }
  await session.detach()
  return workOf(events)
}

function stopped(session: CDPSession): Promise<void> {
  return new Promise((done, fail) => {
    session.once('Tracing.tracingComplete', () => done())
    session.send('Tracing.end').catch(fail)
  })
}

/** Processor time where the browser tells it: another program on the core is not the page's doing. */
const timeOf = (event: TraceEvent): number => (event.tdur ?? event.dur ?? 0) / 1000

function workOf(events: readonly TraceEvent[]): Work {
  const own = ofThePage(events)
  const tasks = own.filter((e) => e.name === 'ThreadControllerImpl::RunTask')
  // a frame of the page ends when its thread hands it over
  const commits = own.filter((e) => e.name === 'Commit').map((e) => e.ts)
  if (tasks.length === 0 || commits.length === 0) throw new Error('the recording has no tasks or no frames')
  const frames = new Float64Array(commits.length)
  let frame = 0
  let longest = 0
  let end = 0
  for (const task of tasks) {
    // a task within a task is counted once
    if (task.ts < end) continue
    const ms = timeOf(task)
    end = task.ts + (task.dur ?? 0)
    while (frame + 1 < commits.length && (commits[frame] as number) < task.ts) frame++
    frames[frame] = (frames[frame] as number) + ms
    longest = Math.max(longest, ms)
  }
  return { frames: [...frames].sort((a, b) => a - b), longest, kinds: kindsOf(own, commits.length) }
}

/** Whole events of the thread that handed over most frames: a renderer may be kept in reserve, or end its work for a page that was
 *  closed. By time, an outer one before its inner. */
function ofThePage(events: readonly TraceEvent[]): TraceEvent[] {
  const mains = new Set(
    events.filter((e) => e.name === 'thread_name' && e.args?.name === 'CrRendererMain').map((e) => `${e.pid}.${e.tid}`),
  )
  const threads = Map.groupBy(
    events.filter((e) => e.ph === 'X' && mains.has(`${e.pid}.${e.tid}`)),
    (e) => `${e.pid}.${e.tid}`,
  )
  const frames = (thread: readonly TraceEvent[]): number => thread.filter((e) => e.name === 'Commit').length
  const own = [...threads.values()].sort((a, b) => frames(b) - frames(a))[0] ?? []
  return own.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
}

/** Time of each kind without what happened inside it. */
function kindsOf(own: readonly TraceEvent[], frames: number): Array<[string, number]> {
  const kinds = new Map<string, number>()
  const add = (name: string, ms: number): void => void kinds.set(name, (kinds.get(name) ?? 0) + ms / frames)
  const open: TraceEvent[] = []
  for (const event of own) {
    while (open.length > 0 && event.ts >= endOf(open.at(-1) as TraceEvent)) open.pop()
    const outer = open.at(-1)
    if (outer) add(outer.name, -timeOf(event))
    add(event.name, timeOf(event))
    open.push(event)
  }
  return [...kinds].sort((a, b) => b[1] - a[1])
}

const endOf = (event: TraceEvent): number => event.ts + (event.dur ?? 0)
