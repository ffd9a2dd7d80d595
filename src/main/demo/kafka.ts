// Three topics and the groups that read them. A record is read only after it was written, one at a time per partition, by
// a pod that is up; a record that cannot be read stays where it is.

import type { Failure } from './failures.ts'
import { describe } from './failures.ts'
import type { Pod } from './fleet.ts'
import { isReady } from './fleet.ts'
import { MINUTE, serviceName } from './scenario.ts'
import type { Trace } from './spans.ts'
import { CONSUMERS, type ConsumerShape, PARTITIONS, type Step, type Topic } from './topology.ts'
import type { Visitor } from './traffic.ts'
import type { World } from './world.ts'

interface Message {
  readonly at: number
  readonly offset: number
  readonly traceId: string
  readonly spanId: string
  readonly visitor: Visitor
  readonly order: string
  readonly malformed: boolean
}

interface Position {
  readonly partition: number
  committed: number
  queue: Message[]
  head: number
  freeAt: number
}

/** What consuming a record needs of the rest of the shop. */
export interface StepRunner {
  /** @returns when the last step ended */
  runSteps(
    steps: readonly Step[],
    pod: Pod,
    at: number,
    deadline: number,
    trace: Trace | undefined,
    spanId: string,
    visitor: Visitor,
  ): number
}

export interface Group {
  readonly shape: ConsumerShape
  readonly name: string
  readonly topic: string
  readonly positions: readonly Position[]
}

export class Kafka {
  readonly groups: readonly Group[]
  /** called when a consumer's process ends on a record */
  onCrash: (pod: Pod, t: number) => void = () => {}
  private readonly world: World
  private readonly random
  private readonly logEnd: Record<Topic, number[]>
  private malformedSent = false
  private skipped = false

  constructor(world: World) {
    this.world = world
    this.random = world.random('kafka')
    const offsets = (topic: Topic) =>
      Array.from({ length: PARTITIONS[topic] }, () => this.random.integer(180_000, 420_000))
    this.logEnd = { orders: offsets('orders'), payments: offsets('payments'), stock: offsets('stock') }
    this.groups = CONSUMERS.map((shape) => ({
      shape,
      name: `${serviceName(world.scenario, shape.role)}-${shape.task}`,
      topic: world.scenario.vocabulary.topics[shape.topic],
      positions: this.logEnd[shape.topic].map((committed, partition) => ({
        partition,
        committed,
        queue: [],
        head: 0,
        freeAt: Number.NEGATIVE_INFINITY,
      })),
    }))
  }

  publish(
    topic: Topic,
    at: number,
    pod: Pod,
    visitor: Visitor,
    trace: Trace | undefined,
    spanId: string,
  ): { partition: number; offset: number } {
    const ends = this.logEnd[topic]
    const partition = Number.parseInt(visitor.order.slice(-3), 16) % ends.length
    const offset = ends[partition] as number
    ends[partition] = offset + 1
    const { fault, root, at: since } = this.world.scenario
    // the new version writes large amounts with a comma; the first such order comes a while after the rollout
    const malformed =
      fault === 'rollout' &&
      pod.role === root &&
      pod.revision.changed &&
      !this.malformedSent &&
      at > since + 1.8 * MINUTE
    if (malformed) this.malformedSent = true
    const message: Message = { at, offset, traceId: trace?.id ?? '', spanId, visitor, order: visitor.order, malformed }
    for (const group of this.groups) if (group.shape.topic === topic) group.positions[partition]?.queue.push(message)
    return { partition, offset }
  }

  logEndOf(topic: Topic, partition: number): number {
    return this.logEnd[topic][partition] as number
  }

  lagOf(topic: Topic, role: string): number {
    let lag = 0
    for (const group of this.groups)
      if (group.shape.topic === topic && group.shape.role === role)
        for (const position of group.positions) lag += this.logEndOf(topic, position.partition) - position.committed
    return lag
  }

  /** Lets every group read until `to`. */
  advance(to: number, requests: StepRunner): void {
    for (const group of this.groups)
      for (const position of group.positions) {
        while (position.head < position.queue.length) {
          const message = position.queue[position.head] as Message
          const begin = Math.max(message.at + this.random.between(4, 45), position.freeAt)
          if (begin >= to) break
          const pods = this.world.fleet.pods[group.shape.role].filter((pod) => isReady(pod, begin))
          const pod = pods[position.partition % Math.max(1, pods.length)]
          if (pod === undefined) {
            position.freeAt = begin + 2_000
            continue
          }
          if (!this.read(group, position, message, pod, begin, requests)) continue
          position.head++
          position.committed = message.offset + 1
          if (position.head > 512) {
            position.queue = position.queue.slice(position.head)
            position.head = 0
          }
        }
      }
  }

  /** Whether the record is done with, well or by setting it aside. */
  private read(
    group: Group,
    position: Position,
    message: Message,
    pod: Pod,
    begin: number,
    requests: StepRunner,
  ): boolean {
    const { shape } = group
    const { world } = this
    if (message.malformed && shape.exitsOnBadRecord && !this.skipped) {
      if (begin > world.scenario.until + 3.5 * MINUTE) {
        this.skipped = true
        world.logs.line(
          begin,
          13,
          pod,
          `group ${group.name}: offset of ${group.topic}-${position.partition} set to ${message.offset + 1} by admin client`,
        )
        position.freeAt = begin + 50
        return true
      }
      const end = begin + this.random.around(40, 0.3)
      this.record(group, position, message, pod, begin, end, 'unreadable')
      world.logs.line(
        end,
        21,
        pod,
        `unrecoverable: cannot read ${group.topic}-${position.partition}@${message.offset}, leaving\n${this.trace(group, message)}`,
        message.traceId,
        '',
      )
      world.fleet.crash(pod, end + 20)
      this.onCrash(pod, end + 20)
      position.freeAt = end + this.random.between(6_000, 9_000)
      return false
    }
    if (message.malformed && !shape.exitsOnBadRecord) {
      world.logs.line(
        begin,
        13,
        pod,
        `record ${group.topic}-${position.partition}@${message.offset} set aside: amount "1.284,50" is not a number`,
        message.traceId,
        '',
      )
    } else if (world.conditions.unreadable(pod)) {
      const end = begin + this.random.around(900, 0.3)
      this.record(group, position, message, pod, begin, end, 'unreadable')
      if (begin >= 0)
        world.logs.line(
          end,
          17,
          pod,
          `processing ${group.topic}-${position.partition}@${message.offset} failed, will try again: unknown field "deliveryWindow"\n${this.trace(group, message)}`,
          message.traceId,
          '',
        )
      position.freeAt = end + this.random.between(7_000, 11_000)
      return false
    }
    const work = this.random.around(shape.work, 0.4)
    pod.cpuMs += work * 0.5
    const trace = message.traceId === '' ? undefined : world.spans.newTrace()
    const span = trace && this.open(group, message, pod, begin, trace)
    const end =
      requests.runSteps(
        shape.steps,
        pod,
        begin + work * 0.7,
        begin + 30_000,
        trace,
        span?.row.spanId ?? '',
        message.visitor,
      ) +
      work * 0.3
    if (span && trace) {
      world.spans.close(span, end, this.attributes(group, position, message))
      world.logs.operation(
        `${shape.role}.${shape.task}`,
        'end',
        end - 0.1,
        pod,
        trace.id,
        span.row.spanId,
        message.visitor,
        end - begin,
      )
    }
    position.freeAt = end + 1
    return true
  }

  private record(
    group: Group,
    position: Position,
    message: Message,
    pod: Pod,
    begin: number,
    end: number,
    failure: Failure,
  ): void {
    if (message.traceId === '') return
    const { spans, exceptions, naming, fleet } = this.world
    const trace = spans.newTrace()
    const text = describe(failure, group.topic)
    const exception = exceptions.of(fleet.shape(pod.role).language, failure, text, pod.service, 'consume')
    spans.close(this.open(group, message, pod, begin, trace), end, this.attributes(group, position, message), text, [
      { time: naming.ns(end - 0.5), name: 'exception', attributes: exception },
    ])
  }

  private open(group: Group, message: Message, pod: Pod, begin: number, trace: Trace) {
    return this.world.spans.open(trace, '', pod, `process ${group.topic}`, 5, begin, [
      { traceId: message.traceId, spanId: message.spanId },
    ])
  }

  private attributes(group: Group, position: Position, message: Message) {
    return {
      values: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'process',
        'messaging.destination.name': group.topic,
        'messaging.consumer.group.name': group.name,
        'messaging.destination.partition.id': String(position.partition),
        'messaging.kafka.offset': message.offset,
      },
    }
  }

  private trace(group: Group, message: Message): string {
    const { exceptions, fleet, scenario } = this.world
    const language = fleet.shape(group.shape.role).language
    const text = message.malformed ? 'amount "1.284,50" is not a number' : `cannot read record of ${group.topic}`
    return String(
      exceptions.of(language, 'unreadable', text, serviceName(scenario, group.shape.role), 'consume').values[
        'exception.stacktrace'
      ],
    )
  }
}
