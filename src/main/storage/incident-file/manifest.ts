// What is inside a `.watchdeck` file: the manifest that names every entry with its size and hash, and the incident.
// Everything is untrusted when read: unknown versions, names and shapes are refused.

import { z } from 'zod'
import { zEntry, zIncident } from '../../../shared/contract/incidents.ts'
import { zHeld } from '../../../shared/contract/sources.ts'
import { boundedSelectors } from '../../../shared/domain/held.ts'
import { TELEMETRY_TABLES, type TelemetryTable } from '../telemetry/schema.ts'

export const FILE_FORMAT = 'watchdeck-incident'
/** 2: the incident says what was kept of each source (`held`); counts are of the rows in the file */
export const FILE_VERSION = 2

export const MANIFEST_ENTRY = 'manifest.json'
export const INCIDENT_ENTRY = 'incident.json'
export const QUERIES_ENTRY = 'queries.json'

const tables = Object.keys(TELEMETRY_TABLES) as [TelemetryTable, ...TelemetryTable[]]
const zDigits = z.string().regex(/^-?\d{1,19}$/)
const zSha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** `data/<source ordinal>/<table>-<number>.parquet` */
export const DATA_ENTRY = /^data\/(\d{1,3})\/([a-z_]{1,20})-(\d{1,4})\.parquet$/

export const zDataPart = z.object({
  source: z.number().int().min(0).max(999),
  table: z.enum(tables),
  rows: z.number().int().min(0),
  /** time covered, epoch ns, inclusive; null for tables without time */
  from: zDigits.nullable(),
  to: zDigits.nullable(),
})
export type DataPart = z.output<typeof zDataPart>

export const zManifest = z.object({
  format: z.literal(FILE_FORMAT),
  version: z.number().int(),
  createdAt: z.string().max(40),
  createdBy: z.string().max(100),
  title: z.string().max(400),
  /** telemetry schema of the Parquet entries */
  schema: z.number().int(),
  entries: z
    .array(
      z.object({
        name: z.string().max(100),
        bytes: z.number().int().min(0),
        sha256: zSha256,
        part: zDataPart.optional(),
      }),
    )
    .max(5000),
  redaction: z.array(z.string().max(40)).max(40),
  encryption: z
    .object({
      kdf: z.literal('scrypt'),
      salt: z.string().regex(/^[0-9a-f]{32}$/),
      check: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .nullable(),
})
export type Manifest = z.output<typeof zManifest>

export const zSavedSource = z.object({
  id: z.string().max(128),
  name: z.string().max(300),
  kind: z.string().max(40),
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
  counts: z.object({
    spans: z.number(),
    logs: z.number(),
    samples: z.number(),
    series: z.number(),
    objects: z.number(),
    happenings: z.number(),
    userEvents: z.number(),
  }),
  /** not in files of version 1; in here and not in the manifest, for names of services are under the passphrase */
  held: zHeld
    .extend({
      // of as many as earlier versions wrote those are taken that are looked at
      selectors: z.array(z.string().max(20_000)).max(10_000).transform(boundedSelectors).optional(),
    })
    .optional(),
  /** times that the source had not when it was saved */
  missing: z
    .array(z.object({ from: z.string().max(40), to: z.string().max(40), reason: z.string().max(1000) }))
    .max(1000)
    .optional(),
})
export type SavedSource = z.output<typeof zSavedSource>

export const zSavedIncident = z.object({
  incident: zIncident,
  entries: z.array(zEntry).max(100_000),
  /** in the order of the ordinals in the names of the data entries */
  sources: z.array(zSavedSource).max(256),
})
export type SavedIncident = z.output<typeof zSavedIncident>

/** pin id -> the JSON text of its answer */
export const zSavedQueries = z.record(z.string().max(128), z.string())
