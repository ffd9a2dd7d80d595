// Sources of logs, objects and streams, beside those of live-source.ts. Times are epoch nanoseconds.

import type { TimeRange } from '../base/time.ts'
import type { Frame } from '../frame/frame.ts'
import type { Asking, Told } from './live-source.ts'

/** Lines of a range; `query` is in the language of logs.search, '' for all. */
export interface LogQuestion {
  readonly range: TimeRange
  readonly query: string
}

/**
 * Lines of logs. What was stored, what stands in an opened incident file and what a demo made answer by it
 * (`main/logs/held.ts`); no live backend does yet. A backend that understands less of the language than the query says
 * filters the rest itself, or throws `unsupported`: an answer never has lines that do not match.
 */
export interface LogSource {
  /**
   * A page of lines by time, then by their id, with the columns of logs.search. `next` is where the following page begins, to
   * be handed over as `after` as it is; none on the last page.
   */
  search(
    question: LogQuestion & { order: 'desc' | 'asc'; limit: number; after?: string | undefined },
    asking: Asking,
  ): Promise<Told & { lines: Frame; next?: string | undefined }>
  /** Columns `time`, `level`, `count`; every bucket of the range is there. */
  histogram(question: LogQuestion & { buckets: number }, asking: Asking): Promise<Told & { counts: Frame }>
  count(question: LogQuestion, asking: Asking): Promise<Told & { count: number }>
}

export interface ObjectQuestion {
  readonly range: TimeRange
  /** such as Pod */
  readonly kind?: string | undefined
  readonly namespace?: string | undefined
  readonly service?: string | undefined
  /** in the kind, namespace, name or service */
  readonly text?: string | undefined
}

/** One version of an object, as it stood from then on. */
export interface ObjectVersion {
  readonly time: bigint
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly service: string
  readonly resourceVersion: string
  readonly deleted: boolean
  /** JSON */
  readonly body: string
}

/**
 * Objects of a cluster and how they changed. Stored and recorded ones answer by it (`main/clusters/held.ts`); no live backend
 * does yet. One that keeps no history tells the version that it has, and says so in `completeness`.
 */
export interface ObjectSource {
  /** As they were at the end of the range, with the columns of clusters.objects, by kind, namespace and name. */
  objects(
    question: ObjectQuestion & { limit: number; after?: string | undefined },
    asking: Asking,
  ): Promise<Told & { objects: Frame; next?: string | undefined }>
  /** Versions of one object up to the end of the range, oldest first; of more than `limit` the newest. Empty where it is not known. */
  versions(
    question: { uid: string; range: TimeRange | undefined; limit: number },
    asking: Asking,
  ): Promise<Told & { versions: readonly ObjectVersion[]; more: boolean }>
}

/** Where a group stands in one partition; nothing joins the group to look. */
export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  /** undefined: the group has committed nothing there, which is not lag 0 */
  readonly committed: bigint | undefined
  /** as a reader of the group's isolation would see it: the last stable offset where it reads committed records only */
  readonly end: bigint
  readonly earliest: bigint
}

/** Streams of records, such as Kafka's. A type alone: nothing answers by it yet, neither live nor held. */
export interface StreamSource {
  groups(asking: Asking): Promise<Told & { groups: readonly string[] }>
  lag(question: { group: string }, asking: Asking): Promise<Told & { partitions: readonly PartitionLag[] }>
}
