// The report between its content and its format: a flat list of blocks that both writers understand.

export type Block =
  | { kind: 'heading'; level: 1 | 2 | 3; text: string }
  /** one line of plain text; `tone` where it is a warning */
  | { kind: 'line'; text: string; tone?: 'note' | 'warning' }
  | { kind: 'facts'; facts: ReadonlyArray<readonly [label: string, value: string]> }
  | { kind: 'table'; columns: readonly string[]; numeric: readonly boolean[]; rows: ReadonlyArray<readonly string[]> }
  | { kind: 'code'; text: string; language: string }
  /** a person's own Markdown */
  | { kind: 'markdown'; text: string }
  | { kind: 'picture'; svg: string; alt: string }
