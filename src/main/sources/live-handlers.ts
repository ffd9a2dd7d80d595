// sources.add, spec, edit, revert, test, health: the methods about live backends.

import { readFile } from 'node:fs/promises'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339 } from '../../shared/base/time.ts'
import { type SourceSpec, zSourceLimits } from '../../shared/contract/source-spec.ts'
import type { Health, Source } from '../../shared/contract/sources.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import type { LiveSource } from '../platform/connector.ts'
import type { SecretVault } from '../platform/secrets.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import type { LiveKeeper } from './live.ts'
import { confirmed } from './secret-command.ts'
import { type Read, readSources, sourcesOfEnvironment, writeSources } from './transfer.ts'
import {
  type Edit,
  forgetSecrets,
  hasMarks,
  keepSecrets,
  keptSecrets,
  keptWhere,
  lacksKept,
  lacksSecrets,
  secretsAreGone,
  splitSecrets,
} from './secrets.ts'

const UNDO_NS = 10n * 60n * 1_000_000_000n

type Names = 'add' | 'spec' | 'edit' | 'revert' | 'test' | 'health' | 'read' | 'write' | 'sshHosts'

interface Before {
  readonly spec: SourceSpec
  readonly name: string
  readonly edit: Edit
  readonly until: bigint
}

/** What ~/.ssh/config names; the connectors know how it is read. */
export type SshHosts = () => Promise<Awaited<ReturnType<Handlers<'sources'>['sshHosts']>>['hosts']>

export function liveHandlers(
  engine: EngineContext,
  keeper: LiveKeeper,
  sshHosts: SshHosts,
): Pick<Handlers<'sources'>, Names> {
  const { catalog, platform, changed } = engine
  const vault = platform.secrets
  const before = new Map<string, Before>()
  const audit = (action: string, record: SourceRecord, spec: SourceSpec) =>
    catalog.audit.append({
      at: formatRfc3339(platform.clock.now()),
      actor: 'local',
      action,
      subject: record.id,
      detail: { name: record.name, url: spec.url, auth: spec.auth.type },
    })

  const replace = (record: SourceRecord, spec: SourceSpec, { revision, keeps }: Edit, action: string): void => {
    catalog.transaction(() => {
      catalog.sources.update(record.id, { name: spec.name, origin: [spec.url], spec, revision, keeps })
      audit(action, record, spec)
    })
    keeper.drop(record.id)
    changed('sources', record.id)
  }

  const add = async (given: SourceSpec, keep: 'vault' | 'session', confirmCommands: boolean): Promise<string> => {
    confirmed(given, undefined, confirmCommands)
    const { spec, values } = splitSecrets(checked(given))
    keeper.connector(spec)
    const record = catalog.sources.create({
      name: spec.name,
      kind: spec.kind,
      origin: [spec.url],
      readOnly: false,
      spec,
    })
    try {
      await keepSecrets(vault, record.id, record.revision, values, keep)
    } catch (error) {
      catalog.sources.delete(record.id)
      throw error
    }
    catalog.transaction(() => {
      catalog.sources.update(record.id, { state: 'ready', ...(hasMarks(spec) ? { keeps: keep } : {}) })
      audit('sources.add', record, spec)
    })
    changed('sources', record.id)
    return record.id
  }

  return {
    async add({ keep, confirmCommands, ...given }) {
      return { id: await add(given, keep, confirmCommands) }
    },

    async read({ text, path, environment, dryRun, keep, confirmCommands }) {
      const { found, skipped } = await readIn({ text, path, environment })
      const there = new Set(
        catalog.sources
          .list()
          .filter(isLive)
          .filter((r) => r.state !== 'removed')
          .map(placeOf),
      )
      const told: Awaited<ReturnType<Handlers<'sources'>['read']>>['sources'] = []
      for (const { spec, left } of found) {
        const known = there.has(placeOf({ spec }))
        const base = { name: spec.name, kind: spec.kind, url: spec.url, known, left: [...left] }
        if (dryRun || known) told.push(base)
        else
          try {
            told.push({ ...base, id: await add(spec, keep, confirmCommands) })
            there.add(placeOf({ spec }))
          } catch (error) {
            // the others are added: what is wrong with one is said beside it
            if (!(error instanceof WatchdeckError)) throw error
            told.push({ ...base, left: [...left, error.message, ...(error.hint === undefined ? [] : [error.hint])] })
          }
      }
      return { sources: told, skipped: [...skipped] }
    },

    async write({ ids }) {
      const chosen = ids
        ? ids.map((id) => liveRecord(engine, id))
        : catalog.sources
            .list()
            .filter(isLive)
            .filter(({ state }) => state !== 'removed')
      return { text: writeSources(chosen.map(({ spec }) => spec)), sources: chosen.length }
    },

    async spec({ id }) {
      return liveRecord(engine, id).spec
    },

    async sshHosts() {
      return { hosts: await sshHosts() }
    },

    async edit({ id, spec: given, keep, confirmCommands }) {
      const record = liveRecord(engine, id)
      confirmed(given, record.spec, confirmCommands)
      if (given.kind !== record.kind)
        throw new WatchdeckError('invalid_input', `The source is of the kind ${record.kind}, which cannot be changed.`)
      checked(given)
      const kept = hasMarks(given) ? await keptSecrets(vault, record) : {}
      if (lacksKept(given, kept) && (await lacksSecrets(vault, record, record.spec)))
        throw secretsAreGone(vault, record)
      const { spec, values } = splitSecrets(given, kept)
      const revision = nextRevision(record, before.get(id))
      // not said: where they are, so that an edit of something else needs no vault
      const where = keep ?? keptWhere(vault, record, record.spec) ?? 'vault'
      await keepSecrets(vault, id, revision, values, where)
      const older = before.get(id)
      const until = platform.clock.now() + UNDO_NS
      before.set(id, { spec: record.spec, name: record.name, edit: record, until })
      replace(record, spec, { id, revision, keeps: hasMarks(spec) ? where : undefined }, 'sources.edit')
      if (older) await forgetSecrets(vault, older.edit, older.spec)
      return { undoUntil: formatRfc3339(asEpochNs(until)) }
    },

    async revert({ id }) {
      const record = liveRecord(engine, id)
      const earlier = before.get(id)
      if (!earlier || earlier.until <= platform.clock.now())
        throw new WatchdeckError('conflict', 'There is no edit to take back.')
      before.delete(id)
      replace(record, { ...earlier.spec, name: earlier.name }, earlier.edit, 'sources.revert')
      await forgetSecrets(vault, record, record.spec)
      return { ok: true as const }
    },

    async test({ id, spec, confirmCommands }, { signal }) {
      const record = id === undefined ? undefined : liveRecord(engine, id)
      if (spec) confirmed(spec, record?.spec, confirmCommands)
      const asked = spec === undefined ? record?.spec : checked(spec)
      if (!asked)
        throw new WatchdeckError(
          'invalid_input',
          'Say which source to test: by "id", or by "spec" as sources.add takes it.',
        )
      return { steps: await keeper.test(asked, record, signal) }
    },

    async health({ id }) {
      const records = id === undefined ? catalog.sources.list().filter(isLive) : [liveRecord(engine, id)]
      return {
        sources: await Promise.all(
          records
            .filter((r) => r.state !== 'removed')
            .map(async (r) => healthOf(r, await lacksSecrets(vault, r, r.spec), keeper.peek(r.id))),
        ),
      }
    },
  }
}

type LiveRecord = SourceRecord & { readonly spec: SourceSpec }
const isLive = (record: SourceRecord): record is LiveRecord => record.spec !== undefined

const placeOf = ({ spec }: { readonly spec: SourceSpec }): string =>
  JSON.stringify([spec.kind, spec.url.replace(/\/+$/, ''), spec.tenant ?? ''])

/** @throws WatchdeckError `invalid_input` when it is not said from where, or the file cannot be read */
async function readIn(from: {
  text?: string | undefined
  path?: string | undefined
  environment: boolean
}): Promise<Read> {
  const { text, path, environment } = from
  if ([text !== undefined, path !== undefined, environment].filter(Boolean).length !== 1)
    throw new WatchdeckError('invalid_input', 'Say from where: one of “text”, “path” and “environment”.')
  if (environment) return sourcesOfEnvironment(process.env)
  if (text !== undefined) return readSources(text)
  try {
    return readSources(await readFile(path ?? '', 'utf8'))
  } catch (error) {
    if (error instanceof WatchdeckError) throw error
    throw new WatchdeckError('invalid_input', `The file cannot be read: ${path}`, { cause: error })
  }
}

/** One more than any that the vault may still have secrets of. */
const nextRevision = (record: SourceRecord, earlier: Before | undefined): number =>
  Math.max(record.revision, earlier?.edit.revision ?? 0) + 1

/** @throws WatchdeckError `not_found`, or `invalid_input` for a source that is none of a live backend */
function liveRecord({ catalog }: EngineContext, id: string): LiveRecord {
  const record = catalog.sources.get(id)
  if (!record || record.state === 'removed')
    throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(id.slice(0, 100))}.`)
  if (isLive(record)) return record
  throw new WatchdeckError('invalid_input', `The source ${record.name} is no live backend.`)
}

/** What the schema cannot say. @throws WatchdeckError `invalid_input` */
function checked(spec: SourceSpec): SourceSpec {
  // also where it is no URL: an address of a proxy is host and port, nothing in it has an @
  if (typeof spec.proxy !== 'string' && spec.proxy.url.includes('@'))
    throw new WatchdeckError(
      'invalid_input',
      'The address of the proxy holds a user name or a password, which would be shown.',
      { hint: 'Leave them out of the address and give them as “username” and “password” of the proxy.' },
    )
  const tokenUrl = spec.auth.type === 'oauth2' ? spec.auth.tokenUrl : ''
  for (const text of [spec.url, typeof spec.proxy === 'string' ? '' : spec.proxy.url, tokenUrl]) {
    if (text === '' || !URL.canParse(text)) continue
    const url = new URL(text)
    if (url.username !== '' || url.password !== '')
      throw new WatchdeckError('invalid_input', 'The address holds a user name or a password, which would be shown.', {
        hint: 'Leave them out of the address and give them under auth.',
      })
    if (url.hash !== '') throw new WatchdeckError('invalid_input', 'The address of a source has no part after #.')
  }
  return spec
}

function healthOf({ id, spec }: LiveRecord, lacks: boolean, live: LiveSource | undefined): Health {
  const pulse = live?.pulse()
  const time = (ns: bigint | undefined) => (ns === undefined ? undefined : formatRfc3339(ns))
  const error = pulse?.lastError
  return {
    id,
    state: pulse?.state ?? 'unknown',
    lacksSecrets: lacks,
    since: time(pulse?.since),
    lastOkAt: time(pulse?.lastOkAt),
    restsUntil: time(pulse?.restsUntil),
    lastError: error && {
      at: formatRfc3339(error.at),
      code: error.error.code,
      message: error.error.message,
      hint: error.error.hint,
    },
    capabilities: live?.capabilities && {
      ...live.capabilities,
      flags: { ...live.capabilities.flags },
      cannot: [...live.capabilities.cannot],
    },
    inFlight: pulse?.inFlight ?? 0,
    waiting: pulse?.waiting ?? 0,
    // a source of an earlier version has no value for a newer limit
    limits: zSourceLimits.parse(spec.limits),
    load: [...(live?.load() ?? [])],
  }
}

/** What a list of sources says of a live one. */
export async function liveOf(
  vault: Pick<SecretVault, 'inSession' | 'has'>,
  edit: Edit,
  spec: SourceSpec,
  live: LiveSource | undefined,
): Promise<NonNullable<Source['live']>> {
  return {
    url: spec.url,
    keeps: keptWhere(vault, edit, spec),
    lacksSecrets: await lacksSecrets(vault, edit, spec),
    environment: spec.environment,
    health: live?.pulse().state ?? 'unknown',
    product: live?.capabilities?.product,
    version: live?.capabilities?.version,
  }
}
