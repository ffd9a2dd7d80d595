// What readers of JSON records have in common: one value a line, or documents of any size that are read part by part.

import type { ReadOptions, WireReader } from '../reader.ts'
import { NOTHING_LATE } from '../reader.ts'
import { Lines } from './lines.ts'
import type { OpenContainer, Shape } from './shape.ts'
import { JsonStream } from './stream.ts'
import { depthOf, parseJson } from './value.ts'

const MAX_DEPTH = 256

/** @param around the containers of a value that was too large to take whole, outermost first; name: its `take` */
export type TakeRecord = (value: unknown, line: number, name: string, around: readonly OpenContainer[]) => void

/** @param layout 'lines': one value a line, each taken by the name of the shape's root; else documents of the shape */
export function jsonRecordReader(
  options: ReadOptions,
  layout: string,
  shape: Shape,
  take: TakeRecord,
  stray?: (text: string, line: number) => void,
): WireReader {
  if (layout === 'lines')
    return jsonLineReader(options, (value, line) => take(value, line, shape.take ?? '', []), stray)
  const stream = new JsonStream(
    shape,
    {
      values: (name, values, around, lines) =>
        values.forEach((value, i) => {
          take(value, lines[i] as number, name, around)
        }),
      bad: (line, reason, example) => options.into.skip(line, reason, example),
    },
    { known: options.known, maxValueBytes: options.openAt },
  )
  return { push: (bytes) => stream.push(bytes), end: () => stream.end(), late: stream.late }
}

/** One value a line; what is no JSON is skipped and counted, or given to `stray`. */
export function jsonLineReader(
  options: ReadOptions,
  take: (value: unknown, line: number) => void,
  stray?: (text: string, line: number) => void,
): WireReader {
  const lines = new Lines({
    line(text, number) {
      if (text.trim() === '') return
      let value: unknown
      try {
        if (text.length > 65_536 && depthOf(text, MAX_DEPTH) > MAX_DEPTH) {
          options.into.skip(number, `nested deeper than ${MAX_DEPTH} levels`, text)
          return
        }
        value = parseJson(text)
      } catch {
        if (stray === undefined) options.into.skip(number, 'not valid JSON', text)
        else stray(text, number)
        return
      }
      take(value, number)
    },
    tooLong: (start, number) => options.into.skip(number, 'line longer than 64 MB', start),
  })
  return { push: (bytes) => lines.push(bytes), end: () => lines.end(), late: NOTHING_LATE }
}
