// Runs requests through the shop: every call queues for a place in a pod, works, asks others with a deadline, retries what
// may be retried. Latency, errors, retries and collapse come out of this; nothing here knows what kind of day it is.
// What calls leave behind is told in served.ts.

import { describe, type Failure, GRPC_CODE, isRetryable } from './failures.ts'
import type { Pod } from './fleet.ts'
import type { Kafka, StepRunner } from './kafka.ts'
import { type StepOf, tellServed, tellStatement, type Within } from './served.ts'
import type { Trace } from './spans.ts'
import { type Operation, OPERATIONS, type Step } from './topology.ts'
import type { Visitor } from './traffic.ts'
import type { World } from './world.ts'

/** Where a step runs: the pod, the span above it, the latest moment its caller waits for. */
interface Frame extends Within {
  readonly operation: Operation | undefined
  readonly deadline: number
  readonly visitor: Visitor
}

/** share of first tries that need a new connection, and of later ones, whose connection has just been given up */
const FRESH_LOOKUPS = 0.13
const FRESH_LOOKUPS_AGAIN = 0.5
const BACKLOG_LIMIT = 150

export class Requests implements StepRunner {
  private readonly world: World
  private readonly kafka: Kafka
  private readonly random
  /** of the call that just returned */
  private failure: Failure | undefined
  /** until when the current call keeps its place, beyond its answer */
  private heldUntil = Number.NEGATIVE_INFINITY

  constructor(world: World, kafka: Kafka) {
    this.world = world
    this.kafka = kafka
    this.random = world.random('requests')
  }

  /** One request of a visitor from outside. */
  request(
    page: string,
    at: number,
    visitor: Visitor,
    trace: Trace | undefined,
  ): { end: number; failure: Failure | undefined } {
    const operation = OPERATIONS.get(`frontend.${page}`) as Operation
    this.failure = undefined
    const end = this.serve(operation, at, at + 15_000, trace, '', visitor)
    return { end, failure: this.failed() }
  }

  private failed(): Failure | undefined {
    return this.failure
  }

  /** Runs the steps of something that is not a request (a record being consumed) below its span. */
  runSteps(
    steps: readonly Step[],
    pod: Pod,
    at: number,
    deadline: number,
    trace: Trace | undefined,
    spanId: string,
    visitor: Visitor,
  ): number {
    this.failure = undefined
    let now = at
    for (const step of steps)
      now = this.step(step, { operation: undefined, pod, spanId, trace, deadline, visitor }, now)
    this.failure = undefined
    return now
  }

  private serve(
    operation: Operation,
    at: number,
    deadline: number,
    trace: Trace | undefined,
    parentId: string,
    visitor: Visitor,
  ): number {
    const { fleet, spans, logs } = this.world
    const pod = fleet.pick(operation.role, at)
    if (pod === undefined) {
      this.failure = 'unavailable'
      return Math.min(deadline, at + 1.2)
    }
    const slots = pod.slots
    let slot = 0
    for (let i = 1; i < slots.length && (slots[slot] as number) > at; i++)
      if ((slots[i] as number) < (slots[slot] as number)) slot = i
    const name = this.world.naming.spanName(operation, pod.service)
    const span = trace === undefined ? undefined : spans.open(trace, parentId, pod, name, 2, at)
    const spanId = span?.row.spanId ?? ''
    if (trace !== undefined) logs.operation(operation.key, 'start', at + 0.1, pod, trace.id, spanId, visitor, 0)
    let now = Math.max(at, slots[slot] as number)
    let failure: Failure | undefined
    if (now >= deadline) {
      // the caller gives up while still in line; the place is not taken
      now = deadline
      failure = 'deadline'
    } else {
      const work = this.random.around(operation.work, 0.35)
      pod.cpuMs += work * 1.6
      const outerHeld = this.heldUntil
      this.heldUntil = Number.NEGATIVE_INFINITY
      now += work * 0.6 + this.stall(pod)
      if (operation.key === 'orders.Create' && this.tooManyPending()) failure = 'exhausted'
      const frame: Frame = { operation, pod, spanId, trace, deadline, visitor }
      for (const step of operation.steps) {
        if (failure !== undefined || now >= deadline) break
        this.failure = undefined
        now = this.step(step, frame, now)
        failure = this.failed()
      }
      if (failure === undefined && this.random.chance(operation.failure)) failure = 'internal'
      if (failure === undefined && operation.key === 'payment.Charge' && this.random.chance(0.012)) failure = 'declined'
      now += work * 0.4
      slots[slot] = Math.max(now, this.heldUntil)
      this.heldUntil = outerHeld
      if (now >= deadline) {
        now = deadline
        failure = 'deadline'
      }
    }
    this.failure = failure
    tellServed(this.world, this.random, { operation, pod, at, now, visitor, trace, span, failure })
    return now
  }

  private step(step: Step, frame: Frame, now: number): number {
    switch (step.do) {
      case 'call':
        return step.share !== undefined && !this.random.chance(step.share) ? now : this.call(step, frame, now)
      case 'query':
        return step.share !== undefined && !this.random.chance(step.share) ? now : this.query(step, frame, now)
      case 'external':
        return this.external(step, frame, now)
      case 'publish':
        return this.publish(step, frame, now)
      case 'compute':
        return this.compute(step, frame, now)
      case 'together': {
        let end = now
        let failure: Failure | undefined
        for (const inner of step.steps) {
          this.failure = undefined
          end = Math.max(end, this.step(inner, frame, now + this.random.between(0.02, 0.2)))
          failure ??= this.failed()
        }
        this.failure = failure
        return end
      }
    }
  }

  private call(step: StepOf<'call'>, frame: Frame, from: number): number {
    const { spans, tally, naming, logs } = this.world
    const target = OPERATIONS.get(step.to) as Operation
    const service = this.world.scenario.vocabulary.services[target.role]
    const edge = `${frame.pod.role}>${target.role}`
    let now = from
    for (let attempt = 0; ; attempt++) {
      const limit = Math.min(frame.deadline, now + step.timeout)
      const span =
        frame.trace && spans.open(frame.trace, frame.spanId, frame.pod, naming.spanName(target, service), 3, now)
      this.failure = undefined
      const found = this.lookUp(now, limit, attempt)
      const hop = this.random.around(0.32, 0.4)
      let end: number
      if (this.failed() !== undefined) end = found
      else if (found + 2 * hop >= limit) {
        this.failure = 'deadline'
        end = limit
      } else
        end = Math.min(
          limit,
          this.serve(target, found + hop, limit - hop, frame.trace, span?.row.spanId ?? '', frame.visitor) + hop,
        )
      const failure = this.failed()
      tally.add(`edge|${edge}|${failure === undefined ? 'ok' : 'failed'}`)
      if (attempt > 0) tally.add(`retry|${edge}`)
      if (span !== undefined) {
        const code = failure === undefined ? 0 : GRPC_CODE[failure]
        const attributes = spans.attributes(`C|${frame.pod.role}|${step.to}|${code}|${attempt}`, () => ({
          'rpc.system': 'grpc',
          'rpc.service': naming.rpcService(service),
          'rpc.method': target.method,
          'rpc.grpc.status_code': code,
          'server.address': `${service}.${this.world.scenario.vocabulary.namespace}.svc.cluster.local`,
          'server.port': 50051,
          ...(attempt > 0 ? { 'rpc.request.resend_count': attempt } : {}),
        }))
        spans.close(
          span,
          end,
          attributes,
          failure &&
            describe(
              failure,
              failure === 'lookup'
                ? `${service}.${this.world.scenario.vocabulary.namespace}.svc.cluster.local`
                : target.method,
            ),
        )
      }
      if (failure === undefined) return end
      if (step.optional) {
        if (frame.trace)
          logs.line(
            end,
            13,
            frame.pod,
            `${service} left out of the answer: ${describe(failure, target.method)}`,
            frame.trace.id,
            frame.spanId,
          )
        this.failure = undefined
        return end
      }
      if (attempt >= step.retries || !isRetryable(failure) || end >= frame.deadline) return end
      now = end + this.random.between(20, 60) * 2 ** attempt
      if (now >= frame.deadline) {
        this.failure = 'deadline'
        return frame.deadline
      }
      if (frame.trace)
        logs.line(
          end + 0.1,
          13,
          frame.pod,
          `retrying ${target.method} (attempt ${attempt + 2} of ${step.retries + 1}): ${describe(failure, service)}`,
          frame.trace.id,
          frame.spanId,
        )
    }
  }

  /** Most calls reuse a connection; some ask for the name first. Sets `failure` when the name never comes. */
  private lookUp(now: number, limit: number, attempt: number): number {
    if (!this.random.chance(attempt === 0 ? FRESH_LOOKUPS : FRESH_LOOKUPS_AGAIN)) return now
    const { tally, conditions } = this.world
    tally.add('dns|asked')
    if (!this.random.chance(conditions.lostNames(now))) {
      tally.add('dns|seconds', 0.002)
      return now + this.random.around(0.8, 0.4)
    }
    tally.add('dns|lost')
    tally.add('dns|seconds', 2)
    // resolv.conf: timeout 2 s, two attempts
    if (!this.random.chance(conditions.lostNames(now + 2000))) return Math.min(limit, now + 2002)
    tally.add('dns|lost')
    tally.add('dns|seconds', 2)
    this.failure = 'lookup'
    return Math.min(limit, now + 4000)
  }

  private query(step: StepOf<'query'>, frame: Frame, now: number): number {
    const { tally, conditions } = this.world
    const role = frame.pod.role
    const factor = step.store === 'postgresql' ? conditions.statementFactor(role, step.verb, now) : 1
    const took = this.random.around(step.median * factor, 0.45) + this.stall(frame.pod) * 0.3
    const end = Math.min(frame.deadline, now + took)
    const late = now + took > frame.deadline
    // the server goes on with a statement that its client no longer waits for
    if (late) this.heldUntil = Math.max(this.heldUntil, now + Math.min(took, 6000))
    tally.add(`db|${role}|count`)
    tally.add(`db|${role}|seconds`, took / 1000)
    if (late) this.failure = 'deadline'
    if (frame.trace) tellStatement(this.world, step, frame, { now, end, late, slow: took > 400 })
    return end
  }

  private external(step: StepOf<'external'>, frame: Frame, from: number): number {
    const { spans, conditions, tally, logs } = this.world
    const { pod } = frame
    const path = pod.revision.changed ? step.nextPath : step.path
    const timeout = step.path === step.nextPath ? step.timeout : conditions.patience(pod, step.timeout)
    let now = from
    for (let attempt = 0; ; attempt++) {
      this.failure = undefined
      const found = this.lookUp(now, frame.deadline, attempt)
      let failure = this.failed()
      let end = found
      if (failure === undefined) {
        const hangs = step.path !== step.nextPath && this.random.chance(conditions.hangs(pod))
        const took = hangs ? Number.POSITIVE_INFINITY : this.random.around(step.median, 0.3)
        if (took > timeout || found + took > frame.deadline) failure = 'deadline'
        end = Math.min(found + Math.min(took, timeout), frame.deadline)
        // a blocking client keeps its thread until its own timeout, whether or not anybody still waits
        if (hangs) this.heldUntil = Math.max(this.heldUntil, found + timeout)
      }
      tally.add(`external|${pod.role}|${failure === undefined ? 'ok' : 'failed'}`)
      if (frame.trace) {
        const span = spans.open(frame.trace, frame.spanId, pod, 'POST', 3, now)
        const attributes = spans.attributes(`X|${pod.role}|${path}|${failure ?? 'ok'}|${attempt}`, () => ({
          'http.request.method': 'POST',
          'url.full': `https://${step.peer}${path}`,
          'server.address': step.peer,
          'server.port': 443,
          ...(failure === undefined ? { 'http.response.status_code': 201 } : { 'error.type': 'timeout' }),
          ...(attempt > 0 ? { 'http.request.resend_count': attempt } : {}),
        }))
        spans.close(span, end, attributes, failure && describe(failure, step.peer))
        if (failure)
          logs.line(
            end,
            13,
            pod,
            `POST https://${step.peer}${path} gave no answer after ${Math.round(end - now)} ms`,
            frame.trace.id,
            span.row.spanId,
          )
      }
      this.failure = failure
      if (failure === undefined || attempt >= step.retries || end + 30 >= frame.deadline) return end
      now = end + this.random.between(10, 30)
    }
  }

  private publish(step: StepOf<'publish'>, frame: Frame, now: number): number {
    const { spans } = this.world
    const end = Math.min(frame.deadline, now + this.random.around(1.8, 0.4))
    const topic = this.world.scenario.vocabulary.topics[step.topic]
    const span = frame.trace && spans.open(frame.trace, frame.spanId, frame.pod, `send ${topic}`, 4, now)
    const { partition, offset } = this.kafka.publish(
      step.topic,
      end,
      frame.pod,
      frame.visitor,
      frame.trace,
      span?.row.spanId ?? '',
    )
    if (span !== undefined)
      spans.close(span, end, {
        values: {
          'messaging.system': 'kafka',
          'messaging.operation.type': 'send',
          'messaging.destination.name': topic,
          'messaging.destination.partition.id': String(partition),
          'messaging.kafka.offset': offset,
        },
      })
    return end
  }

  private compute(step: StepOf<'compute'>, frame: Frame, now: number): number {
    const took = this.random.around(step.median, 0.4) + this.stall(frame.pod)
    frame.pod.cpuMs += took
    const end = Math.min(frame.deadline, now + took)
    if (now + took > frame.deadline) this.failure = 'deadline'
    if (frame.trace) {
      const span = this.world.spans.open(frame.trace, frame.spanId, frame.pod, step.name, 1, now)
      this.world.spans.close(
        span,
        end,
        this.world.spans.attributes(`K|${step.name}`, () => ({ 'code.function.name': step.name })),
      )
    }
    return end
  }

  private stall(pod: Pod): number {
    const chance = this.world.conditions.stallChance(pod.node)
    return chance > 0 && this.random.chance(chance) ? this.random.exponential(2_600) : 0
  }

  /** The order desk refuses new orders while too many of the old ones wait to be worked on. */
  private tooManyPending(): boolean {
    const limit = BACKLOG_LIMIT * this.world.scenario.scale
    const pending = this.kafka.lagOf('orders', 'shipping')
    return pending > limit && this.random.chance(Math.min(0.95, (pending - limit) / (0.4 * limit)))
  }
}
