// The fields of one span in OTLP protobuf, found in one walk over its bytes and held as numbers and places: no text is made.

import { Cursor, readMessage } from '../../shared/wire/otlp/protobuf.ts'
import { EVENT, LINK } from '../../shared/wire/otlp/protobuf-messages.ts'
import type { ReadOptions } from '../../shared/wire/reader.ts'

/** High words of times: strictly between them a start is plausible without a closer look. */
export interface Bounds {
  readonly low: number
  readonly high: number
}

export function boundsOf({ plausible }: Omit<ReadOptions, 'into'>): Bounds {
  if (plausible === undefined) return { low: 0, high: 0x7fff_ffff }
  return { low: Number(plausible.from >> 32n), high: Number(plausible.to >> 32n) }
}

/** Of the span that was read last. `From` and `To` are places in its bytes. */
export class SpanFields {
  /** big-endian words of the ids */
  trace0 = 0
  trace1 = 0
  trace2 = 0
  trace3 = 0
  span0 = 0
  span1 = 0
  parent0 = 0
  parent1 = 0
  nameFrom = 0
  nameTo = 0
  kind = 0
  /** where its start stands */
  start = 0
  startLow = 0
  startHigh = 0
  endLow = 0
  endHigh = 0
  durationHigh = 0
  statusCode = 0
  messageFrom = 0
  messageTo = 0
  stateFrom = 0
  stateTo = 0
  flags = 0
  /** dropped attributes, events, links */
  counts: [attributes: number, events: number, links: number] | undefined
  /** how many attributes there are, all of them together, and each */
  attrs = 0
  attrsFrom = 0
  attrsTo = 0
  readonly attrFroms: number[] = []
  readonly attrTos: number[] = []
  events: unknown[] | undefined
  links: unknown[] | undefined

  /** False for what is not plainly what exporters write. @throws ProtobufError where an inner message cannot be read */
  read(b: Buffer, from: number, to: number, bounds: Bounds): boolean {
    let trace = -1
    let span = -1
    let parent = -1
    let nameFrom = 0
    let nameTo = 0
    let kind = 0
    let start = -1
    let end = -1
    let statusCode = 0
    let messageFrom = 0
    let messageTo = 0
    let stateFrom = 0
    let stateTo = 0
    let flags = 0
    let counts: [attributes: number, events: number, links: number] | undefined
    let attrs = 0
    let attrsFrom = 0
    let attrsTo = 0
    let isScattered = false
    let events: unknown[] | undefined
    let links: unknown[] | undefined
    let at = from
    while (at < to) {
      const tagAt = at
      const tag = b[at++] as number
      if (tag === 0x39 || tag === 0x41) {
        if (at + 8 > to) return false
        if (tag === 0x39) start = at
        else end = at
        at += 8
        continue
      }
      if (tag === 0x85 && b[at] === 0x01) {
        if (at + 5 > to) return false
        flags = b.readUInt32LE(at + 1)
        at += 5
        continue
      }
      if (tag > 0x7f) return false
      // everything else begins with a number of at most three bytes: a length, an enum, a count
      let size = b[at++] as number
      if (size > 127) {
        const more = b[at++] as number
        if (more > 127) {
          const most = b[at++] as number
          if (most > 127) return false
          size = (size & 127) | ((more & 127) << 7) | (most << 14)
        } else size = (size & 127) | (more << 7)
      }
      if ((tag & 7) === 2) {
        const next = at + size
        if (next > to) return false
        switch (tag) {
          case 0x0a:
            if (size !== 16) return false
            trace = at
            break
          case 0x12:
            if (size !== 8) return false
            span = at
            break
          case 0x1a:
            stateFrom = at
            stateTo = next
            break
          case 0x22:
            if (size !== 8 && size !== 0) return false
            parent = size === 0 ? -1 : at
            break
          case 0x2a:
            nameFrom = at
            nameTo = next
            break
          case 0x4a:
            if (attrs === 0) attrsFrom = tagAt
            else if (tagAt !== attrsTo) isScattered = true
            this.attrFroms[attrs] = at
            this.attrTos[attrs++] = next
            attrsTo = next
            break
          case 0x5a:
            events ??= []
            events.push(readMessage(EVENT, new Cursor(b, at, next)))
            break
          case 0x6a:
            links ??= []
            links.push(readMessage(LINK, new Cursor(b, at, next)))
            break
          case 0x7a: {
            statusCode = 0
            messageFrom = messageTo = 0
            let inner = at
            while (inner < next) {
              const what = b[inner++] as number
              const value = b[inner++] as number
              if (what === 0x18 && value <= 2 && inner <= next) statusCode = value
              else if (what === 0x12 && value < 128 && inner + value <= next) {
                messageFrom = inner
                messageTo = inner += value
              } else return false
            }
            break
          }
          default:
            return false
        }
        at = next
      } else if (tag === 0x30) {
        if (size > 5) return false
        kind = size
      } else if (tag === 0x50 || tag === 0x60 || tag === 0x70) {
        counts ??= [0, 0, 0]
        counts[(tag - 0x50) / 16] = size
      } else return false
    }
    if (at !== to || trace < 0 || span < 0 || start < 0 || end < 0 || isScattered) return false
    const trace0 = b.readUInt32BE(trace)
    const trace1 = b.readUInt32BE(trace + 4)
    const trace2 = b.readUInt32BE(trace + 8)
    const trace3 = b.readUInt32BE(trace + 12)
    const span0 = b.readUInt32BE(span)
    const span1 = b.readUInt32BE(span + 4)
    if ((trace0 | trace1 | trace2 | trace3) === 0 || (span0 | span1) === 0) return false
    const parent0 = parent < 0 ? 0 : b.readUInt32BE(parent)
    const parent1 = parent < 0 ? 0 : b.readUInt32BE(parent + 4)
    if (parent0 === span0 && parent1 === span1) return false
    const startLow = b.readUInt32LE(start)
    const startHigh = b.readUInt32LE(start + 4)
    const endLow = b.readUInt32LE(end)
    const endHigh = b.readUInt32LE(end + 4)
    if (startHigh <= bounds.low || startHigh >= bounds.high || endHigh > 0x7fff_ffff) return false
    const carry = endLow < startLow ? 1 : 0
    const durationHigh = endHigh - startHigh - carry
    // one that ends before it starts is kept, with a note
    if (durationHigh < 0) return false
    this.trace0 = trace0
    this.trace1 = trace1
    this.trace2 = trace2
    this.trace3 = trace3
    this.span0 = span0
    this.span1 = span1
    this.parent0 = parent0
    this.parent1 = parent1
    this.nameFrom = nameFrom
    this.nameTo = nameTo
    this.kind = kind
    this.start = start
    this.startLow = startLow
    this.startHigh = startHigh
    this.endLow = endLow
    this.endHigh = endHigh
    this.durationHigh = durationHigh
    this.statusCode = statusCode
    this.messageFrom = messageFrom
    this.messageTo = messageTo
    this.stateFrom = stateFrom
    this.stateTo = stateTo
    this.flags = flags
    this.counts = counts
    this.attrs = attrs
    this.attrsFrom = attrsFrom
    this.attrsTo = attrsTo
    this.events = events
    this.links = links
    return true
  }
}
