// Telemetry that programs send: an OTLP receiver on this machine, on when the person asks.
import { z } from 'zod'
import { command, query, zNothing } from './define.ts'

export const RECEIVER_PORT = 4318
export const RECEIVER_GRPC_PORT = 4317

export const zReceiverSettings = z.object({
  on: z.boolean().default(false),
  port: z.number().int().min(1024).max(65_535).default(RECEIVER_PORT),
  grpcPort: z
    .number()
    .int()
    .min(1024)
    .max(65_535)
    .nullable()
    .default(null)
    .describe('where OTLP over gRPC is received too; null: nowhere'),
  keepDays: z.number().int().min(1).max(365).default(7).describe('days that were received earlier are removed'),
  maxGb: z
    .number()
    .min(0.1)
    .max(1000)
    .default(5)
    .describe('past this many GB on disk the oldest day goes; when there is only today, nothing more is taken'),
})
export type ReceiverSettings = z.output<typeof zReceiverSettings>

export const zReceiverStatus = z.object({
  state: z.enum(['off', 'on', 'failed']),
  /** where programs send to, `http://127.0.0.1:4318` */
  endpoint: z.string(),
  port: z.number(),
  /** the same for gRPC, `http://127.0.0.1:4317`, when that is asked for */
  grpcEndpoint: z.string().optional(),
  grpcPort: z.number().nullable(),
  keepDays: z.number(),
  maxGb: z.number(),
  maxRequestBytes: z.number().describe('a larger request is refused, packed bytes counted'),
  /** why it is not on although it was asked for */
  error: z.string().optional(),
  /** since it was switched on, or the engine started */
  since: z.string().optional(),
  requests: z.number(),
  /** sent back to be tried again later, because more came than could be written */
  delayed: z.number(),
  /** not OTLP, too large, or from a web page */
  refused: z.number(),
  spans: z.number(),
  logs: z.number(),
  samples: z.number(),
  /** rows of requests that were taken, which could not be: no id, no time, past the size cap */
  rejected: z.number(),
  /** records that an earlier request had brought already: a sender that got no answer sends again */
  again: z.number(),
  /** the newest reason of a refusal or rejection */
  problem: z.string().optional(),
  bytes: z.number().describe('as sent, packed'),
  waitingBytes: z.number().describe('received and not yet written'),
  storedBytes: z.number().describe('share of the store on disk, by rows'),
  /** the source that takes what comes today */
  source: z.string().optional(),
})
export type ReceiverStatus = z.output<typeof zReceiverStatus>

export const receiver = {
  status: query({
    summary: 'Whether programs can send OTLP to this machine, where to, and what has come',
    input: zNothing,
    output: zReceiverStatus,
  }),
  start: command({
    summary:
      'Receive OTLP over HTTP, and over gRPC when a port is given for it, on loopback, now and whenever the engine starts, until it is stopped',
    input: z.object({
      port: zReceiverSettings.shape.port.unwrap().optional(),
      grpcPort: zReceiverSettings.shape.grpcPort.unwrap().optional(),
      keepDays: zReceiverSettings.shape.keepDays.unwrap().optional(),
      maxGb: zReceiverSettings.shape.maxGb.unwrap().optional(),
    }),
    output: zReceiverStatus,
  }),
  stop: command({
    summary: 'Receive nothing more; what was received stays',
    input: zNothing,
    output: zReceiverStatus,
  }),
}
