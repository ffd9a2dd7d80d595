// What a stream of JSON is asked for (the shape) and whom it tells what it found (the handler).

/** What to look for. `take`: hand the value over under this name. `keys`/`items`: where to look inside when it is opened. */
export interface Shape {
  readonly take?: string
  readonly keys?: Readonly<Record<string, Shape>>
  readonly items?: Shape
}

/** An open container. `fields` holds the values of its `keep` keys seen so far. */
export interface OpenContainer {
  /** byte offset of its opening bracket in the input */
  readonly position: number
  readonly fields: Record<string, unknown>
}

export interface StreamHandler {
  /**
   * Asked first for the values of a list (commas between them) and for documents; true: the text was taken, `values` is not
   * called with it. It may be no JSON.
   */
  text?(name: string, text: string, around: readonly OpenContainer[], lines: readonly number[]): boolean
  /** values of one name with the containers around them, outermost first; `lines[i]` is where each starts */
  values(name: string, values: readonly unknown[], around: readonly OpenContainer[], lines: readonly number[]): void
  /** a value that is no JSON, is nested too deeply, or is larger than the cap and cannot be opened */
  bad(line: number, reason: string, example: string): void
  /** an opened container ends; all of its `keep` fields are known now, those that came last too. Depth 0: the document */
  closed?(container: OpenContainer, depth: number): void
}

export interface StreamOptions {
  /** a value past this is opened, or reported as bad where its shape has no inside; default 8 MB */
  readonly maxValueBytes?: number | undefined
  readonly maxDepth?: number
  /** fields known from an earlier pass, by the container's position */
  readonly known?: ReadonlyMap<number, Readonly<Record<string, unknown>>> | undefined
}

/** A leaf that the container keeps for the values inside it. */
export const KEEP = 'keep'
