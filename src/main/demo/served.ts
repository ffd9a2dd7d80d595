// What a call leaves behind once its outcome is known: counters, an access line, exceptions, its span.

import type { SpanEvent } from '../../shared/domain/telemetry.ts'
import { describe, type Failure, GRPC_CODE, HTTP_CODE } from './failures.ts'
import type { Pod } from './fleet.ts'
import type { Random } from './random.ts'
import { databaseHost } from './scenario.ts'
import type { Trace } from './spans.ts'
import type { Operation, Step } from './topology.ts'
import type { Visitor } from './traffic.ts'
import type { World } from './world.ts'

export type StepOf<K extends Step['do']> = Extract<Step, { do: K }>

/** Where a step is told: the pod, and the span above it of a trace that is kept. */
export interface Within {
  readonly pod: Pod
  readonly spanId: string
  readonly trace: Trace | undefined
}

export interface Served {
  readonly operation: Operation
  readonly pod: Pod
  readonly at: number
  readonly now: number
  readonly visitor: Visitor
  readonly trace: Trace | undefined
  readonly span: ReturnType<World['spans']['open']> | undefined
  readonly failure: Failure | undefined
}

export function tellServed(world: World, random: Random, served: Served): void {
  const { operation, pod, at, now, visitor, trace, span, failure } = served
  const { tally, logs, spans, exceptions, naming, fleet } = world
  const code = failure === undefined ? 200 : HTTP_CODE[failure]
  const bad = failure !== undefined && failure !== 'declined'
  if (bad) pod.served.failed++
  else if (failure === 'declined') pod.served.refused++
  else pod.served.ok++
  const latency = tally.latency(operation.role)
  const seconds = (now - at) / 1000
  latency.observe(seconds)
  const spanId = span?.row.spanId ?? ''
  if (operation.http)
    logs.accessLine(
      now + 0.3,
      pod,
      visitor,
      operation.http.verb,
      operation.http.route,
      code,
      now - at,
      trace?.id ?? '',
      spanId,
    )
  if (span === undefined || trace === undefined) return
  latency.offer(random, { at: now, value: seconds, traceId: trace.id, spanId })
  const message =
    failure === undefined ? undefined : describe(failure, operation.http ? operation.http.route : operation.method)
  let events: SpanEvent[] | undefined
  const language = fleet.shape(operation.role).language
  if (bad && message !== undefined) {
    const exception = exceptions.of(language, failure, message, pod.service, operation.method)
    events = [{ time: naming.ns(Math.max(at, now - 0.05)), name: 'exception', attributes: exception }]
    logs.line(
      now - 0.02,
      17,
      pod,
      `${operation.http ? 'request' : operation.method} failed after ${Math.round(now - at)} ms: ${message}\n${String(exception.values['exception.stacktrace'])}`,
      trace.id,
      spanId,
    )
  } else if (failure === 'declined')
    logs.line(now - 0.02, 13, pod, `charge for order ${visitor.order} declined: insufficient_funds`, trace.id, spanId)
  else logs.operation(operation.key, 'end', now - 0.05, pod, trace.id, spanId, visitor, now - at)
  spans.close(
    span,
    now,
    serverAttributes(world, operation, pod, visitor, failure, code),
    bad ? message : undefined,
    events,
  )
}

function serverAttributes(
  world: World,
  operation: Operation,
  pod: Pod,
  visitor: Visitor,
  failure: Failure | undefined,
  code: number,
) {
  const { spans, naming } = world
  const http = operation.http
  if (http) {
    return spans.attributes(`S|${operation.key}|${code}|${visitor.country}|${visitor.device}|${visitor.tier}`, () => ({
      'http.request.method': http.verb,
      'http.route': http.route,
      'http.response.status_code': code,
      'url.scheme': 'https',
      'network.protocol.version': '2',
      'geo.country.iso_code': visitor.country,
      'app.device': visitor.device,
      'app.customer.tier': visitor.tier,
      ...(failure !== undefined && code >= 500 ? { 'error.type': String(code) } : {}),
    }))
  }
  const grpc = failure === undefined ? 0 : GRPC_CODE[failure]
  const base = () => ({
    'rpc.system': 'grpc',
    'rpc.service': naming.rpcService(pod.service),
    'rpc.method': operation.method,
    'rpc.grpc.status_code': grpc,
  })
  if (operation.key !== 'checkout.PlaceOrder' && operation.key !== 'payment.Charge')
    return spans.attributes(`S|${operation.key}|${grpc}`, base)
  const card = (['visa', 'mastercard', 'amex', 'wallet'] as const)[visitor.id.charCodeAt(3) % 4] as string
  return {
    values: {
      ...base(),
      'app.order.id': visitor.order,
      'app.order.amount': visitor.amount,
      'app.payment.method': card,
      'app.customer.tier': visitor.tier,
    },
  }
}

/** A statement of a database, on the side of who asked; `late`: nobody waited for its end. */
export function tellStatement(
  world: World,
  step: StepOf<'query'>,
  { pod, spanId, trace }: Within,
  { now, end, late, slow }: { now: number; end: number; late: boolean; slow: boolean },
): void {
  if (trace === undefined) return
  const { spans, scenario, logs } = world
  const { role } = pod
  const span = spans.open(trace, spanId, pod, `${step.verb} ${step.table}`, 3, now)
  const attributes = spans.attributes(`Q|${role}|${step.verb}|${step.table}|${step.text}`, () => ({
    'db.system.name': step.store,
    'db.namespace': step.store === 'postgresql' ? scenario.vocabulary.services[role] : '0',
    'db.collection.name': step.table,
    'db.operation.name': step.verb,
    'db.query.text': step.text,
    'server.address': databaseHost(scenario, role, step.store),
    'server.port': step.store === 'postgresql' ? 5432 : step.store === 'redis' ? 6379 : 9200,
  }))
  spans.close(span, end, attributes, late ? 'canceling statement due to user request' : undefined)
  if (slow && step.store === 'postgresql')
    logs.line(end, 13, pod, `slow statement (${Math.round(end - now)} ms): ${step.text}`, trace.id, spanId)
}
