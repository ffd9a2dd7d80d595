// What a person fills in about a live source, and the spec that it becomes. A kept secret is a mark: left alone it stays.

import type { Secret, SourceSpec, SourceSpecInput } from '../../../shared/contract/source-spec.ts'

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
  readonly header: string
  readonly tokenUrl: string
  readonly clientId: string
  readonly scopes: string
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
  readonly ca: string
  /** PEM or path */
  readonly cert: string
  /** path of the private key; '' with a certificate that the vault has the key of: that one */
  readonly keyFile: string
  readonly insecure: boolean
  readonly proxy: 'system' | 'none' | 'own'
  readonly proxyUrl: string
  readonly bastion: string
  readonly hostKey: string
  readonly sshKeyFile: string
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
  header: 'X-API-Key',
  tokenUrl: '',
  clientId: '',
  scopes: '',
  region: '',
  awsService: 'aps',
  accessKeyId: '',
  tokenFile: '',
  command: '',
  confirmed: false,
  tenant: '',
  headers: '',
  ca: '',
  cert: '',
  keyFile: '',
  insecure: false,
  proxy: 'system',
  proxyUrl: '',
  bastion: '',
  hostKey: '',
  sshKeyFile: '',
}

/** `user@host:port`; undefined when it is none. */
export function parseBastion(text: string): { host: string; user?: string; port?: number } | undefined {
  const match = /^(?:([^@\s]+)@)?([^@:\s]+|\[[^\]\s]+\])(?::(\d{1,5}))?$/.exec(text.trim())
  if (!match?.[2]) return undefined
  return {
    host: match[2].replace(/^\[|\]$/g, ''),
    ...(match[1] === undefined ? {} : { user: match[1] }),
    ...(match[3] === undefined ? {} : { port: Number(match[3]) }),
  }
}

/** Stands for a value that is not shown again and stays as it is. */
export const KEPT = '***'

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Headers by name; undefined when a line is none, or two have one name. */
export function headersOf(text: string): Record<string, string> | undefined {
  const pairs = linesOf(text).map((line) => /^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}):\s*(\S.*)$/.exec(line))
  if (pairs.some((pair) => pair === null)) return undefined
  if (new Set(pairs.map((pair) => pair?.[1]?.toLowerCase())).size < pairs.length) return undefined
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
}

type Headers = SourceSpec['headers']
/** The kept value of a header, whose name has no case. */
const keptHeader = (kept: Headers, name: string): Secret | undefined =>
  Object.entries(kept ?? {}).find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1]
const isKept = (headers: Record<string, string>, kept: Headers): boolean =>
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
  const secret: Secret =
    draft.secret === '' && draft.kept ? (keptOf(before, draft.auth) ?? { vault: place[draft.auth] }) : draft.secret
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
        ...(before?.auth.type === 'oauth2' ? { method: before.auth.method, audience: before.auth.audience } : {}),
      }
    case 'sigv4':
      return {
        type: 'sigv4',
        region: draft.region.trim(),
        service: draft.awsService.trim(),
        accessKeyId: draft.accessKeyId.trim(),
        secretAccessKey: secret,
        ...(before?.auth.type === 'sigv4' && before.auth.sessionToken
          ? { sessionToken: before.auth.sessionToken }
          : {}),
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

/** What the form does not show (limits, parameters, the passphrase of a key, further hops) stays as it was. */
export function specOf(draft: Draft, before: SourceSpec | undefined): SourceSpecInput {
  const {
    tls: oldTls,
    ssh: oldSsh,
    tenant: _tenant,
    environment: _environment,
    headers: oldHeaders,
    ...rest
  } = before ?? {}
  const optional = (key: 'tenant' | 'environment') => (draft[key].trim() === '' ? {} : { [key]: draft[key].trim() })
  const { ca: _ca, insecure: _insecure, cert: _cert, key: oldKey, passphrase, ...otherTls } = oldTls ?? {}
  const keyFile = draft.keyFile.trim()
  const key = keyFile === '' ? oldKey : { file: keyFile }
  const tls = {
    ...otherTls,
    ...(draft.ca.trim() === '' ? {} : { ca: pemOf(draft.ca) }),
    ...(draft.cert.trim() === ''
      ? {}
      : { cert: pemOf(draft.cert), ...(key ? { key } : {}), ...(passphrase ? { passphrase } : {}) }),
    ...(draft.insecure ? { insecure: true } : {}),
  }
  const headers = Object.entries(headersOf(draft.headers) ?? {}).map(([name, value]): [string, Secret] => [
    name,
    value === KEPT ? (keptHeader(oldHeaders, name) ?? value) : value,
  ])
  const hop = parseBastion(draft.bastion)
  const first = oldSsh?.hops[0]
  return {
    ...rest,
    kind: draft.kind,
    name: draft.name.trim(),
    url: draft.url.trim(),
    auth: authOf(draft, before),
    ...optional('tenant'),
    ...optional('environment'),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
    proxy:
      draft.proxy === 'own'
        ? { ...(typeof before?.proxy === 'object' ? before.proxy : {}), url: draft.proxyUrl.trim() }
        : draft.proxy,
    ...(hop === undefined
      ? {}
      : {
          ssh: {
            useConfig: oldSsh?.useConfig ?? true,
            hops: [
              {
                ...(first?.host === hop.host ? { ...first, hostKey: undefined } : {}),
                ...hop,
                ...(draft.hostKey === '' ? {} : { hostKey: draft.hostKey }),
                ...(draft.sshKeyFile.trim() === '' ? {} : { key: { file: draft.sshKeyFile.trim() } }),
              },
              ...(oldSsh?.hops.slice(1) ?? []),
            ],
          },
        }),
  }
}

/** A path, or the PEM text itself. */
const pemOf = (text: string): string | { file: string } => (text.includes('-----BEGIN') ? text : { file: text.trim() })

const pemText = (pem: string | { file: string } | undefined): string =>
  typeof pem === 'object' ? pem.file : (pem ?? '')
/** '' when the secret is in no file. */
export const fileOf = (secret: Secret | undefined): string =>
  typeof secret === 'object' && 'file' in secret ? secret.file : ''

export function draftOf(spec: SourceSpec): Draft {
  const { auth, tls, proxy } = spec
  const hop = spec.ssh?.hops[0]
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
    kept: auth.type !== 'none' && from === undefined,
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
    bastion: hop
      ? `${hop.user === undefined ? '' : `${hop.user}@`}${hop.host}${hop.port === undefined ? '' : `:${hop.port}`}`
      : '',
    hostKey: hop?.hostKey ?? '',
    sshKeyFile: fileOf(hop?.key),
  }
}

type TypedSecret = Exclude<Draft['auth'], 'none' | 'command' | 'file'>
/** What is typed as a secret, not read from elsewhere. */
export const hasSecret = (auth: Draft['auth']): auth is TypedSecret =>
  auth !== 'none' && auth !== 'command' && auth !== 'file'

export type Wrong = Partial<Record<keyof Draft, 'needed' | 'address' | 'bastion' | 'confirm' | 'header' | 'kept'>>

/** `kept`: the headers that the source has. */
export function wrongOf(draft: Draft, kept?: Headers): Wrong {
  const needed = (key: keyof Draft): Wrong => (String(draft[key]).trim() === '' ? { [key]: 'needed' } : {})
  const headers = headersOf(draft.headers)
  const isAddress = (text: string): boolean => URL.canParse(text.trim()) && /^https?:/.test(text.trim())
  return {
    ...needed('name'),
    ...(isAddress(draft.url) ? {} : { url: 'address' as const }),
    ...(hasSecret(draft.auth) && draft.secret === '' && !draft.kept ? { secret: 'needed' as const } : {}),
    ...(draft.auth === 'file' ? needed('tokenFile') : {}),
    ...(headers === undefined ? { headers: 'header' as const } : {}),
    ...(headers !== undefined && !isKept(headers, kept) ? { headers: 'kept' as const } : {}),
    ...(draft.keyFile.trim() === '' ? {} : needed('cert')),
    ...(draft.auth === 'command' && argvOf(draft.command).length === 0 ? { command: 'needed' as const } : {}),
    ...(draft.auth === 'command' && !draft.confirmed ? { confirmed: 'confirm' as const } : {}),
    ...(draft.auth === 'sigv4' ? { ...needed('region'), ...needed('awsService'), ...needed('accessKeyId') } : {}),
    ...(draft.auth === 'basic' ? needed('username') : {}),
    ...(draft.auth === 'apiKey' ? needed('header') : {}),
    ...(draft.auth === 'oauth2' ? needed('clientId') : {}),
    ...(draft.auth === 'oauth2' && !isAddress(draft.tokenUrl) ? { tokenUrl: 'address' as const } : {}),
    ...(draft.proxy === 'own' ? needed('proxyUrl') : {}),
    ...(draft.bastion.trim() !== '' && parseBastion(draft.bastion) === undefined
      ? { bastion: 'bastion' as const }
      : {}),
  }
}
