// How a live source is reached: address, who asks, what stands in between, how much may be asked.
// A secret is a text, or the name of an environment variable or file that holds it; kept, it is a mark that the vault has it.
import { z } from 'zod'

export const LIVE_KINDS = ['prometheus', 'jaeger', 'zipkin', 'alertmanager'] as const
export type LiveKind = (typeof LIVE_KINDS)[number]

/** Samples and alerts of these are shown as the server dates them, live and recorded: their clock cannot be corrected. */
export const datedByServer = (kind: string): boolean => kind === 'prometheus' || kind === 'alertmanager'

export const zSecret = z.union([
  z.string().min(1).max(100_000).describe('the secret itself: kept in the vault, never shown again'),
  z
    .strictObject({ env: z.string().min(1).max(200) })
    .describe('an environment variable of the engine, read at each use'),
  z.strictObject({ file: z.string().min(1).max(4000) }).describe('a file, read at each use'),
  z.strictObject({ vault: z.string().min(1).max(200) }).describe('in edits: the one that the vault has'),
  z
    .strictObject({ command: z.array(z.string().min(1).max(4000)).min(1).max(50) })
    .describe(
      'a program and its arguments, run without a shell; what it prints is the secret. Taken only with confirmCommands',
    ),
])
export type Secret = z.output<typeof zSecret>

const zName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'not a header name')
const zHeaderText = z
  .string()
  .max(4000)
  .regex(/^[^\r\n\0]*$/, 'no line breaks')

export const zAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('basic'), username: z.string().max(500), password: zSecret }),
  z.strictObject({ type: z.literal('bearer'), token: zSecret }),
  z.strictObject({ type: z.literal('apiKey'), header: zName.default('X-API-Key'), key: zSecret }),
  z.strictObject({
    type: z.literal('oauth2'),
    tokenUrl: z.url({ protocol: /^https?$/ }),
    clientId: z.string().min(1).max(500),
    clientSecret: zSecret,
    scopes: z.array(z.string().min(1).max(200)).max(50).default([]),
    audience: z.string().max(500).optional(),
    /** how the client says who it is at the token address */
    method: z.enum(['basic', 'post']).default('basic'),
  }),
  z.strictObject({
    type: z.literal('sigv4'),
    region: z.string().min(1).max(100),
    /** of what is asked: aps is Amazon Managed Prometheus, es OpenSearch */
    service: z.string().min(1).max(100).default('aps'),
    accessKeyId: z.string().min(1).max(200),
    secretAccessKey: zSecret,
    sessionToken: zSecret.optional(),
  }),
])
export type Auth = z.output<typeof zAuth>

const zPem = z.union([z.string().max(200_000), z.strictObject({ file: z.string().min(1).max(4000) })])

export const zTls = z.strictObject({
  ca: zPem.optional().describe('PEM of further certificate authorities, or the file that holds them'),
  cert: zPem.optional().describe('PEM of the client certificate, or its file'),
  key: zSecret.optional().describe('PEM of the private key of the client certificate'),
  passphrase: zSecret.optional(),
  serverName: z.string().max(255).optional(),
  /** the certificate of the server is not checked: whoever stands in between can read and change everything */
  insecure: z.boolean().default(false),
})
export type TlsSpec = z.output<typeof zTls>

export const zProxy = z.union([
  z.enum(['system', 'none']),
  z.strictObject({
    url: z.string().min(1).max(2000).describe('http://, https:// or socks5:// and host:port'),
    username: z.string().max(500).optional(),
    password: zSecret.optional(),
    /** as NO_PROXY is written */
    except: z.string().max(4000).optional(),
  }),
])
export type ProxySpec = z.output<typeof zProxy>

export const zHop = z.strictObject({
  host: z.string().min(1).max(255).describe('a host name, an address, or a Host of ~/.ssh/config'),
  port: z.number().int().min(1).max(65_535).optional(),
  user: z.string().min(1).max(200).optional(),
  /** use the SSH agent; default true where there is one */
  agent: z.boolean().optional(),
  key: zSecret.optional(),
  passphrase: zSecret.optional(),
  password: zSecret.optional(),
  /** SHA256:... of the host key that the person has accepted */
  hostKey: z.string().max(200).optional(),
})
export type Hop = z.output<typeof zHop>

export const zSsh = z.strictObject({
  hops: z.array(zHop).min(1).max(5),
  /** read ~/.ssh/config and ~/.ssh/known_hosts */
  useConfig: z.boolean().default(true),
  keepAliveSeconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .optional()
    .describe('a sign of life to each hop this often, default 15; 0: none. Three unanswered: it is joined anew'),
})
export type SshSpec = z.output<typeof zSsh>

export const zSourceLimits = z.strictObject({
  inFlight: z.number().int().min(1).max(64).default(4),
  perSecond: z.number().min(0.1).max(1000).default(20),
  /** bytes of one answer after unpacking */
  answerBytes: z.number().int().min(1024).max(4_294_967_296).default(2_147_483_648),
  /** milliseconds of one request, first byte to last */
  timeoutMs: z.number().int().min(100).max(600_000).default(50_000),
  /** series of one answer */
  series: z.number().int().min(1).max(1_000_000).default(20_000),
  /** traces that one question of a view may bring, newest first */
  traces: z.number().int().min(1).max(1_000_000).default(2000),
})
export type SourceLimits = z.output<typeof zSourceLimits>

export const zSourceSpec = z.strictObject({
  kind: z.enum(LIVE_KINDS),
  name: z.string().trim().min(1).max(200),
  url: z.url({ protocol: /^https?$/ }).max(2000),
  auth: zAuth.default({ type: 'none' }),
  tls: zTls.optional(),
  /** sent with every request; values are kept as secrets */
  headers: z.record(zName, zSecret).optional(),
  tenant: zHeaderText
    .optional()
    .describe('X-Scope-OrgID of Mimir, Cortex and Loki (several as a|b where allowed), x-tenant of Jaeger'),
  /** sent with every query, such as dedup or partial_response of Thanos, extra_label of VictoriaMetrics */
  params: z.record(z.string().min(1).max(100), z.string().max(4000)).optional(),
  proxy: zProxy.default('system'),
  ssh: zSsh.optional(),
  limits: zSourceLimits.prefault({}),
  /** prod, staging, ..: shown beside the name */
  environment: z.string().trim().max(40).optional(),
  /** label of exemplars that holds the trace id; default: the usual names */
  traceIdLabel: z.string().max(200).optional(),
})
export type SourceSpec = z.output<typeof zSourceSpec>
export type SourceSpecInput = z.input<typeof zSourceSpec>

type MapSecret = (secret: Secret, place: string) => Secret

/** The same spec with every secret handed through `map`; `place` names it for the vault, such as `auth.password`. */
export function mapSecrets(spec: SourceSpec, map: MapSecret): SourceSpec {
  const one = <K extends string>(holder: { readonly [P in K]?: Secret | undefined }, key: K, place: string) => {
    const secret = holder[key]
    return secret === undefined ? {} : { [key]: map(secret, `${place}.${key}`) }
  }
  return {
    ...spec,
    auth: mapAuth(spec.auth, map),
    ...(spec.tls === undefined
      ? {}
      : { tls: { ...spec.tls, ...one(spec.tls, 'key', 'tls'), ...one(spec.tls, 'passphrase', 'tls') } }),
    ...(spec.headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(spec.headers).map(([name, value]) => [name, map(value, `headers.${name.toLowerCase()}`)]),
          ),
        }),
    ...(typeof spec.proxy === 'string' ? {} : { proxy: { ...spec.proxy, ...one(spec.proxy, 'password', 'proxy') } }),
    ...(spec.ssh === undefined
      ? {}
      : {
          ssh: {
            ...spec.ssh,
            hops: spec.ssh.hops.map((hop, i) => ({
              ...hop,
              ...one(hop, 'key', `ssh.${i}`),
              ...one(hop, 'passphrase', `ssh.${i}`),
              ...one(hop, 'password', `ssh.${i}`),
            })),
          },
        }),
  }
}

function mapAuth(auth: Auth, map: MapSecret): Auth {
  switch (auth.type) {
    case 'none':
      return auth
    case 'basic':
      return { ...auth, password: map(auth.password, 'auth.password') }
    case 'bearer':
      return { ...auth, token: map(auth.token, 'auth.token') }
    case 'apiKey':
      return { ...auth, key: map(auth.key, 'auth.key') }
    case 'oauth2':
      return { ...auth, clientSecret: map(auth.clientSecret, 'auth.clientSecret') }
    case 'sigv4':
      return {
        ...auth,
        secretAccessKey: map(auth.secretAccessKey, 'auth.secretAccessKey'),
        ...(auth.sessionToken === undefined ? {} : { sessionToken: map(auth.sessionToken, 'auth.sessionToken') }),
      }
  }
}
