// What is missing or wrong in the form, said where it stands.

import { argvOf, type Draft, hasSecret, type Headers, headersOf, isGone, isKept, paramsOf } from './form.ts'
import { parseBastion, parseKeepAlive } from './form-hops.ts'
import { type LimitKey, wrongLimits } from './form-limits.ts'
import { hasAny, NO_SECRET, type SecretDraft } from './form-parts.ts'

export type WrongCode =
  | 'needed'
  | 'address'
  | 'proxy'
  | 'both'
  | 'credentials'
  | 'bastion'
  | 'keepAlive'
  | 'confirm'
  | 'header'
  | 'kept'
  | 'gone'
  | 'goneNeeded'
  | 'goneHeader'
  | 'param'
  | 'limit'
/** By field; of a hop and a limit with their place, such as `hops.0.where`. */
export type Field = keyof Draft | `hops.${number}.${'where' | HopSecret}` | `limits.${LimitKey}`
export const HOP_SECRETS = ['key', 'passphrase', 'password'] as const
type HopSecret = (typeof HOP_SECRETS)[number]
export type Wrong = Readonly<Partial<Record<Field, WrongCode>>>

/** A user name or password before the host; an @ in the path is none. */
const hasCredentials = (text: string): boolean => /^\s*[a-z][\w+.-]*:\/\/[^/?#]*@/i.test(text)
const isAddress = (text: string): boolean => URL.canParse(text.trim()) && /^https?:/.test(text.trim())

/** `kept`: the headers that the source has. */
export function wrongOf(draft: Draft, kept?: Headers): Wrong {
  const needed = (key: keyof Draft): Wrong => (String(draft[key]).trim() === '' ? wrongPlaces([[key, 'needed']]) : {})
  const wrongIf = (is: boolean, key: Field, code: WrongCode): Wrong => (is ? wrongPlaces([[key, code]]) : {})
  const headers = headersOf(draft.headers)
  const { auth } = draft
  return {
    ...needed('name'),
    ...wrongIf(!isAddress(draft.url), 'url', 'address'),
    ...wrongIf(hasCredentials(draft.url), 'url', 'credentials'),
    ...wrongIf(hasSecret(auth) && !hasAny(draft.secret), 'secret', 'needed'),
    ...wrongSecrets(draft),
    ...(auth === 'file' ? needed('tokenFile') : {}),
    ...wrongIf(headers === undefined, 'headers', 'header'),
    ...wrongIf(headers !== undefined && !isKept(headers, kept), 'headers', 'kept'),
    ...wrongIf(headers !== undefined && draft.over && isGone(headers, kept), 'headers', 'goneHeader'),
    ...wrongIf(paramsOf(draft.params) === undefined, 'params', 'param'),
    ...(isGiven(draft.key) || isGiven(draft.passphrase) ? needed('cert') : {}),
    ...wrongIf(auth === 'command' && argvOf(draft.command).length === 0, 'command', 'needed'),
    ...wrongIf(auth === 'command' && !draft.confirmed, 'confirmed', 'confirm'),
    ...(auth === 'sigv4' ? { ...needed('region'), ...needed('awsService'), ...needed('accessKeyId') } : {}),
    ...(auth === 'basic' ? needed('username') : {}),
    ...(auth === 'apiKey' ? needed('header') : {}),
    ...(auth === 'oauth2' ? needed('clientId') : {}),
    ...wrongIf(auth === 'oauth2' && !isAddress(draft.tokenUrl), 'tokenUrl', 'address'),
    ...wrongIf(auth === 'oauth2' && hasCredentials(draft.tokenUrl), 'tokenUrl', 'credentials'),
    ...(draft.proxy === 'own' ? wrongProxy(draft) : {}),
    ...wrongHops(draft),
    ...wrongPlaces(wrongLimits(draft.limits, draft.kind).map((key) => [`limits.${key}`, 'limit'])),
  }
}

/** Said here, not only kept from before. */
const isGiven = ({ typed, env }: SecretDraft): boolean => typed.trim() !== '' || env !== undefined

/** A variable without a name, and what was for a session that is over. */
function wrongSecrets(draft: Draft): Wrong {
  const { auth, proxy, hops } = draft
  const proxyPassword = proxy === 'own' ? draft.proxyPassword : NO_SECRET
  const fields: ReadonlyArray<readonly [Field, SecretDraft]> = [
    ['secret', hasSecret(auth) ? draft.secret : NO_SECRET],
    ['sessionToken', auth === 'sigv4' ? draft.sessionToken : NO_SECRET],
    // without a certificate both go with it
    ...(draft.cert.trim() === '' && !isGiven(draft.key) && !isGiven(draft.passphrase)
      ? []
      : ([
          ['key', draft.key],
          ['passphrase', draft.passphrase],
        ] as const)),
    ['proxyPassword', proxyPassword],
    ...hops.flatMap((hop, at) => HOP_SECRETS.map((name) => [`hops.${at}.${name}`, hop[name]] as const)),
  ]
  return wrongPlaces(
    fields.flatMap(([field, { typed, env, gone }]): Place[] => {
      if (env !== undefined) return env.trim() === '' ? [[field, 'needed']] : []
      return gone === true && typed.trim() === '' ? [[field, field === 'secret' ? 'goneNeeded' : 'gone']] : []
    }),
  )
}

function wrongProxy({ proxyUrl, hops }: Draft): Wrong {
  if (hops.length > 0) return { proxyUrl: 'both' }
  if (proxyUrl.includes('@')) return { proxyUrl: 'credentials' }
  return /^(https?|socks5h?):\/\/[^\s/]+\/?$/i.test(proxyUrl.trim()) ? {} : { proxyUrl: 'proxy' }
}

function wrongHops({ hops, keepAlive }: Draft): Wrong {
  const badAlive = hops.length > 0 && keepAlive.trim() !== '' && parseKeepAlive(keepAlive) === undefined
  return wrongPlaces([
    ...hops.flatMap((hop, at): Place[] =>
      parseBastion(hop.where) === undefined ? [[`hops.${at}.where`, 'bastion']] : [],
    ),
    ...(badAlive ? ([['keepAlive', 'keepAlive']] as const) : []),
  ])
}

type Place = readonly [Field, WrongCode]
function wrongPlaces(places: readonly Place[]): Wrong {
  const wrong: Partial<Record<Field, WrongCode>> = {}
  for (const [field, code] of places) wrong[field] = code
  return wrong
}
