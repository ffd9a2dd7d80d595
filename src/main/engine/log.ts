// The structured log as capabilities see it. Values are redacted by field name and by shape before they are written.

export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** a logger whose lines carry these fields too */
  with(fields: LogFields): Logger
}
