// What a person fills in about a live source, and the spec that it becomes. A kept secret is a mark: left alone it stays.

import type { Secret, SourceSpec, SourceSpecInput } from '../../../shared/contract/source-spec.ts'
import { draftOfHops, type HopDraft, sshOf, USUAL_KEEP_ALIVE } from './form-hops.ts'
import { draftOfLimits, type LimitsDraft, limitsOf, NO_LIMITS } from './form-limits.ts'
import {
  draftOfKey,
  draftOfSecret,
  fileOf,
  given,
  keyOf,
  linesOf,
  NO_SECRET,
  pemOf,
  type SecretDraft,
  secretOf,
  textOrNone,
} from './form-parts.ts'

export interface Draft {
  readonly kind: SourceSpec['kind']
  readonly name: string
  readonly url: string
  readonly environment: string
  /** command: a bearer token that a program prints; file: one that a file holds */
  readonly auth: SourceSpec['auth']['type'] | 'command' | 'file'
  readonly username: string
  /** password, token, key or client secret */
  readonly secret: SecretDraft
  readonly header: string
  readonly tokenUrl: string
  readonly clientId: string
  readonly scopes: string
  readonly audience: string
  /** how the client says who it is at the token address */
  readonly oauthMethod: 'basic' | 'post'
  readonly sessionToken: SecretDraft
  readonly region: string
  readonly awsService: string
  readonly accessKeyId: string
  readonly tokenFile: string
  /** the program, then an argument a line */
  readonly command: string
  /** the person said that this very command may be run */
  readonly confirmed: boolean
  readonly tenant: string
  /** `Name: value`, one a line; a value that is kept is `KEPT` */
  readonly headers: string
  /** `name=value`, one a line */
  readonly params: string
  readonly traceIdLabel: string
  readonly limits: LimitsDraft
  readonly ca: string
  /** PEM or path */
  readonly cert: string
  /** path or PEM of the private key */
  readonly key: SecretDraft
  readonly passphrase: SecretDraft
  readonly serverName: string
  readonly insecure: boolean
  readonly proxy: 'system' | 'none' | 'own'
  readonly proxyUrl: string
  readonly proxyUser: string
  readonly proxyPassword: SecretDraft
  readonly proxyExcept: string
  readonly hops: readonly HopDraft[]
  readonly useConfig: boolean
  /** seconds; '': the usual */
  readonly keepAlive: string
  /** what was kept was for a session that is over */
  readonly over: boolean
}

/** What an address of each kind looks like. */
export const ADDRESSES: Readonly<Record<Draft['kind'], string>> = {
  prometheus: 'https://prometheus.example:9090',
  jaeger: 'https://jaeger.example:16686',
  zipkin: 'https://zipkin.example:9411',
  alertmanager: 'https://alertmanager.example:9093',
}

export const EMPTY: Draft = {
  kind: 'prometheus',
  name: '',
  url: '',
  environment: '',
  auth: 'none',
  username: '',
  secret: NO_SECRET,
  header: 'X-API-Key',
  tokenUrl: '',
  clientId: '',
  scopes: '',
  audience: '',
  oauthMethod: 'basic',
  sessionToken: NO_SECRET,
  region: '',
  awsService: 'aps',
  accessKeyId: '',
  tokenFile: '',
  command: '',
  confirmed: false,
  tenant: '',
  headers: '',
  params: '',
  traceIdLabel: '',
  limits: NO_LIMITS,
  ca: '',
  cert: '',
  key: NO_SECRET,
  passphrase: NO_SECRET,
  serverName: '',
  insecure: false,
  proxy: 'system',
  proxyUrl: '',
  proxyUser: '',
  proxyPassword: NO_SECRET,
  proxyExcept: '',
  hops: [],
  useConfig: true,
  keepAlive: '',
  over: false,
}

/** Stands for a value that is not shown again and stays as it is. */
export const KEPT = '***'

/** Headers by name; undefined when a line is none, or two have one name. */
export function headersOf(text: string): Record<string, string> | undefined {
  const pairs = linesOf(text).map((line) => /^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}):\s*(\S.*)$/.exec(line))
  if (pairs.some((pair) => pair === null)) return undefined
  if (new Set(pairs.map((pair) => pair?.[1]?.toLowerCase())).size < pairs.length) return undefined
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
}

/** Parameters by name, a value may be empty; undefined when a line has no `=`, or two have one name. */
export function paramsOf(text: string): Record<string, string> | undefined {
  const pairs = linesOf(text).map((line) => /^([^=\s]{1,100})=(.{0,4000})$/.exec(line))
  if (pairs.some((pair) => pair === null)) return undefined
  if (new Set(pairs.map((pair) => pair?.[1])).size < pairs.length) return undefined
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
}

export type Headers = SourceSpec['headers']
/** The kept value of a header, whose name has no case. */
const keptHeader = (kept: Headers, name: string): Secret | undefined =>
  Object.entries(kept ?? {}).find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1]
export const isKept = (headers: Record<string, string>, kept: Headers): boolean =>
  Object.entries(headers).every(([name, value]) => value !== KEPT || keptHeader(kept, name) !== undefined)
/** Whether stars stand for a value that was kept for a session that is over. */
export const isGone = (headers: Record<string, string>, kept: Headers): boolean =>
  Object.entries(headers).some(([name, value]) => {
    const before = keptHeader(kept, name)
    return value === KEPT && typeof before === 'object' && 'vault' in before
  })

/** Program and arguments; empty lines are none. */
export const argvOf = linesOf

function authOf(draft: Draft): SourceSpecInput['auth'] {
  if (draft.auth === 'none') return { type: 'none' }
  if (draft.auth === 'command') return { type: 'bearer', token: { command: argvOf(draft.command) } }
  if (draft.auth === 'file') return { type: 'bearer', token: { file: draft.tokenFile.trim() } }
  const secret = secretOf(draft.secret) ?? ''
  switch (draft.auth) {
    case 'basic':
      return { type: 'basic', username: draft.username, password: secret }
    case 'bearer':
      return { type: 'bearer', token: secret }
    case 'apiKey':
      return { type: 'apiKey', header: draft.header, key: secret }
    case 'oauth2':
      return {
        type: 'oauth2',
        tokenUrl: draft.tokenUrl,
        clientId: draft.clientId,
        clientSecret: secret,
        scopes: draft.scopes.split(/\s+/).filter((scope) => scope !== ''),
        method: draft.oauthMethod,
        ...given('audience', textOrNone(draft.audience)),
      }
    case 'sigv4':
      return {
        type: 'sigv4',
        region: draft.region.trim(),
        service: draft.awsService.trim(),
        accessKeyId: draft.accessKeyId.trim(),
        secretAccessKey: secret,
        ...given('sessionToken', secretOf(draft.sessionToken)),
      }
  }
}

/** What one signs in with. */
function mainOf({ auth }: SourceSpec): Secret | undefined {
  switch (auth.type) {
    case 'none':
      return undefined
    case 'basic':
      return auth.password
    case 'bearer':
      return auth.token
    case 'apiKey':
      return auth.key
    case 'oauth2':
      return auth.clientSecret
    case 'sigv4':
      return auth.secretAccessKey
  }
}

export function specOf(draft: Draft, before: SourceSpec | undefined): SourceSpecInput {
  const headers = Object.entries(headersOf(draft.headers) ?? {}).map(([name, value]): [string, Secret] => [
    name,
    value === KEPT ? (keptHeader(before?.headers, name) ?? value) : value,
  ])
  const params = paramsOf(draft.params) ?? {}
  return {
    kind: draft.kind,
    name: draft.name.trim(),
    url: draft.url.trim(),
    auth: authOf(draft),
    ...given('tenant', textOrNone(draft.tenant)),
    ...given('environment', textOrNone(draft.environment)),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...given('traceIdLabel', textOrNone(draft.traceIdLabel)),
    limits: limitsOf(draft.limits),
    ...given('tls', tlsOf(draft)),
    proxy: draft.proxy === 'own' ? proxyOf(draft) : draft.proxy,
    ...given('ssh', sshOf(draft.hops, draft.useConfig, draft.keepAlive)),
  }
}

function tlsOf(draft: Draft): SourceSpecInput['tls'] {
  const cert = textOrNone(draft.cert)
  const tls = {
    ...(draft.ca.trim() === '' ? {} : { ca: pemOf(draft.ca) }),
    ...(cert === undefined
      ? {}
      : {
          cert: pemOf(draft.cert),
          ...given('key', keyOf(draft.key)),
          ...given('passphrase', secretOf(draft.passphrase)),
        }),
    ...given('serverName', textOrNone(draft.serverName)),
    ...(draft.insecure ? { insecure: true } : {}),
  }
  return Object.keys(tls).length === 0 ? undefined : tls
}

const proxyOf = (draft: Draft): Exclude<SourceSpecInput['proxy'], string | undefined> => ({
  url: draft.proxyUrl.trim(),
  ...given('username', textOrNone(draft.proxyUser)),
  ...given('password', secretOf(draft.proxyPassword)),
  ...given('except', textOrNone(draft.proxyExcept)),
})

const pemText = (pem: string | { file: string } | undefined): string =>
  typeof pem === 'object' ? pem.file : (pem ?? '')

/** @param over what it kept was for a session that is over: it is given again, or taken away */
export function draftOf(spec: SourceSpec, over = false): Draft {
  const { auth, tls, proxy } = spec
  const token = auth.type === 'bearer' ? auth.token : undefined
  const command = typeof token === 'object' && 'command' in token ? token.command : undefined
  const tokenFile = fileOf(token)
  const from = command !== undefined ? 'command' : tokenFile === '' ? undefined : 'file'
  return {
    ...EMPTY,
    kind: spec.kind,
    name: spec.name,
    url: spec.url,
    environment: spec.environment ?? '',
    auth: from ?? auth.type,
    tokenFile,
    command: (command ?? []).join('\n'),
    // what is kept was confirmed when it was kept
    confirmed: command !== undefined,
    username: auth.type === 'basic' ? auth.username : '',
    secret: from === undefined ? draftOfSecret(mainOf(spec), over) : NO_SECRET,
    audience: auth.type === 'oauth2' ? (auth.audience ?? '') : '',
    oauthMethod: auth.type === 'oauth2' ? auth.method : 'basic',
    sessionToken: auth.type === 'sigv4' ? draftOfSecret(auth.sessionToken, over) : NO_SECRET,
    params: Object.entries(spec.params ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    traceIdLabel: spec.traceIdLabel ?? '',
    limits: draftOfLimits(spec.limits),
    passphrase: draftOfSecret(tls?.passphrase, over),
    serverName: tls?.serverName ?? '',
    region: auth.type === 'sigv4' ? auth.region : '',
    awsService: auth.type === 'sigv4' ? auth.service : EMPTY.awsService,
    accessKeyId: auth.type === 'sigv4' ? auth.accessKeyId : '',
    header: auth.type === 'apiKey' ? auth.header : EMPTY.header,
    tokenUrl: auth.type === 'oauth2' ? auth.tokenUrl : '',
    clientId: auth.type === 'oauth2' ? auth.clientId : '',
    scopes: auth.type === 'oauth2' ? auth.scopes.join(' ') : '',
    tenant: spec.tenant ?? '',
    headers: Object.keys(spec.headers ?? {})
      .map((name) => `${name}: ${KEPT}`)
      .join('\n'),
    ca: pemText(tls?.ca),
    cert: pemText(tls?.cert),
    key: draftOfKey(tls?.key, over),
    insecure: tls?.insecure ?? false,
    proxy: typeof proxy === 'string' ? proxy : 'own',
    proxyUrl: typeof proxy === 'string' ? '' : proxy.url,
    proxyUser: typeof proxy === 'string' ? '' : (proxy.username ?? ''),
    proxyPassword: draftOfSecret(typeof proxy === 'string' ? undefined : proxy.password, over),
    proxyExcept: typeof proxy === 'string' ? '' : (proxy.except ?? ''),
    hops: draftOfHops(spec.ssh, over),
    useConfig: spec.ssh?.useConfig ?? true,
    keepAlive:
      spec.ssh?.keepAliveSeconds === undefined || spec.ssh.keepAliveSeconds === USUAL_KEEP_ALIVE
        ? ''
        : String(spec.ssh.keepAliveSeconds),
    over,
  }
}

type TypedSecret = Exclude<Draft['auth'], 'none' | 'command' | 'file'>
/** What is typed as a secret, not read from elsewhere. */
export const hasSecret = (auth: Draft['auth']): auth is TypedSecret =>
  auth !== 'none' && auth !== 'command' && auth !== 'file'
