// What a person fills in about a live source, and the spec that it becomes. A kept secret is a mark: left alone it stays.

import type { Secret, SourceSpec, SourceSpecInput } from '../../../shared/contract/source-spec.ts'
import { draftOfHops, type HopDraft, sshOf, USUAL_KEEP_ALIVE } from './form-hops.ts'
import { draftOfLimits, type LimitsDraft, limitsOf, NO_LIMITS } from './form-limits.ts'
import {
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
  /** password, token, key or client secret; '' with `kept` set: the one that the vault has */
  readonly secret: string
  readonly kept: boolean
  /** the secret is in this environment variable of the engine */
  readonly fromEnv: boolean
  readonly envName: string
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
  /** path or PEM of the private key; '' with a certificate that the vault has the key of: that one */
  readonly keyFile: string
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
  secret: '',
  kept: false,
  fromEnv: false,
  envName: '',
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
  keyFile: '',
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

const place: Record<TypedSecret, string> = {
  basic: 'auth.password',
  bearer: 'auth.token',
  apiKey: 'auth.key',
  oauth2: 'auth.clientSecret',
  sigv4: 'auth.secretAccessKey',
}

/** Program and arguments; empty lines are none. */
export const argvOf = linesOf

function authOf(draft: Draft, before: SourceSpec | undefined): SourceSpecInput['auth'] {
  if (draft.auth === 'none') return { type: 'none' }
  if (draft.auth === 'command') return { type: 'bearer', token: { command: argvOf(draft.command) } }
  if (draft.auth === 'file') return { type: 'bearer', token: { file: draft.tokenFile.trim() } }
  const secret: Secret = draft.fromEnv
    ? { env: draft.envName.trim() }
    : draft.secret === '' && draft.kept
      ? (keptOf(before, draft.auth) ?? { vault: place[draft.auth] })
      : draft.secret
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

function keptOf(spec: SourceSpec | undefined, type: SourceSpec['auth']['type']): Secret | undefined {
  const auth = spec?.auth
  if (!auth || auth.type !== type) return undefined
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
    auth: authOf(draft, before),
    ...given('tenant', textOrNone(draft.tenant)),
    ...given('environment', textOrNone(draft.environment)),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...given('traceIdLabel', textOrNone(draft.traceIdLabel)),
    limits: limitsOf(draft.limits),
    ...given('tls', tlsOf(draft, before?.tls)),
    proxy: draft.proxy === 'own' ? proxyOf(draft) : draft.proxy,
    ...given('ssh', sshOf(draft.hops, draft.useConfig, draft.keepAlive)),
  }
}

function tlsOf(draft: Draft, before: SourceSpec['tls']): SourceSpecInput['tls'] {
  const cert = textOrNone(draft.cert)
  const tls = {
    ...(draft.ca.trim() === '' ? {} : { ca: pemOf(draft.ca) }),
    ...(cert === undefined
      ? {}
      : {
          cert: pemOf(draft.cert),
          ...given('key', keyOf(draft.keyFile, before?.key)),
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

export function draftOf(spec: SourceSpec): Draft {
  const { auth, tls, proxy } = spec
  const token = auth.type === 'bearer' ? auth.token : undefined
  const command = typeof token === 'object' && 'command' in token ? token.command : undefined
  const tokenFile = fileOf(token)
  const main = keptOf(spec, auth.type)
  const env = typeof main === 'object' && 'env' in main ? main.env : undefined
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
    kept: auth.type !== 'none' && from === undefined && env === undefined,
    fromEnv: env !== undefined,
    envName: env ?? '',
    audience: auth.type === 'oauth2' ? (auth.audience ?? '') : '',
    oauthMethod: auth.type === 'oauth2' ? auth.method : 'basic',
    sessionToken: auth.type === 'sigv4' ? { typed: '', kept: auth.sessionToken } : NO_SECRET,
    params: Object.entries(spec.params ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    traceIdLabel: spec.traceIdLabel ?? '',
    limits: draftOfLimits(spec.limits),
    passphrase: { typed: '', kept: tls?.passphrase },
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
    keyFile: fileOf(tls?.key),
    insecure: tls?.insecure ?? false,
    proxy: typeof proxy === 'string' ? proxy : 'own',
    proxyUrl: typeof proxy === 'string' ? '' : proxy.url,
    proxyUser: typeof proxy === 'string' ? '' : (proxy.username ?? ''),
    proxyPassword: { typed: '', kept: typeof proxy === 'string' ? undefined : proxy.password },
    proxyExcept: typeof proxy === 'string' ? '' : (proxy.except ?? ''),
    hops: draftOfHops(spec.ssh),
    useConfig: spec.ssh?.useConfig ?? true,
    keepAlive:
      spec.ssh?.keepAliveSeconds === undefined || spec.ssh.keepAliveSeconds === USUAL_KEEP_ALIVE
        ? ''
        : String(spec.ssh.keepAliveSeconds),
  }
}

type TypedSecret = Exclude<Draft['auth'], 'none' | 'command' | 'file'>
/** What is typed as a secret, not read from elsewhere. */
export const hasSecret = (auth: Draft['auth']): auth is TypedSecret =>
  auth !== 'none' && auth !== 'command' && auth !== 'file'
