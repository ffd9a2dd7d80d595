// What the calls of a session took in the engine, waiting included: for the performance panel of whoever develops a view.

import type { Session } from './api.ts'

export interface Spent {
  calls: number
  engineMs: number
  slowestMs: number
}

const bySession = new WeakMap<Session, Map<string, Spent>>()

export function addSpent(session: Session, method: string, tookMs: number): void {
  let methods = bySession.get(session)
  if (!methods) {
    methods = new Map()
    bySession.set(session, methods)
  }
  const spent = methods.get(method) ?? { calls: 0, engineMs: 0, slowestMs: 0 }
  spent.calls++
  spent.engineMs += tookMs
  spent.slowestMs = Math.max(spent.slowestMs, tookMs)
  methods.set(method, spent)
}

export const spentOf = (session: Session): ReadonlyMap<string, Readonly<Spent>> => bySession.get(session) ?? new Map()
