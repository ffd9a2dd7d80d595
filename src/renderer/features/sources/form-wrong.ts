// What is missing or wrong in the form, said where it stands.

import { argvOf, type Draft, hasSecret, type Headers, headersOf, isKept, paramsOf } from './form.ts'
import { parseBastion, parseKeepAlive } from './form-hops.ts'
import { type LimitKey, wrongLimits } from './form-limits.ts'

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
  | 'param'
  | 'limit'
/** By field; of a hop and a limit with their place, such as `hops.0.where`. */
export type Field = keyof Draft | `hops.${number}.where` | `limits.${LimitKey}`
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
    ...(hasSecret(auth) && draft.fromEnv ? needed('envName') : {}),
    ...wrongIf(hasSecret(auth) && !draft.fromEnv && draft.secret === '' && !draft.kept, 'secret', 'needed'),
    ...(auth === 'file' ? needed('tokenFile') : {}),
    ...wrongIf(headers === undefined, 'headers', 'header'),
    ...wrongIf(headers !== undefined && !isKept(headers, kept), 'headers', 'kept'),
    ...wrongIf(paramsOf(draft.params) === undefined, 'params', 'param'),
    ...(draft.keyFile.trim() === '' && draft.passphrase.typed === '' ? {} : needed('cert')),
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
