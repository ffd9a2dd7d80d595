// Which proxy stands between: the source's own, else the environment's (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY).

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { ProxySpec } from '../../../shared/contract/source-spec.ts'

export interface ChosenProxy {
  readonly url: URL
  readonly kind: 'http' | 'socks'
  /** where it was found, for people */
  readonly from: string
}

type Env = Readonly<Record<string, string | undefined>>

/** @throws WatchdeckError `invalid_input` for an address that is none, `unsupported` for a PAC file or an unknown protocol */
export function chooseProxy(spec: ProxySpec, target: URL, env: Env): ChosenProxy | undefined {
  if (spec === 'none') return undefined
  if (spec !== 'system') {
    if (spec.except !== undefined && exempt(spec.except, target)) return undefined
    return parsed(spec.url, 'the source')
  }
  // a program on this machine is never asked through a proxy of the company
  if (isLoopback(target.hostname)) return undefined
  const noProxy = env['no_proxy'] ?? env['NO_PROXY']
  if (noProxy !== undefined && exempt(noProxy, target)) return undefined
  for (const name of target.protocol === 'https:' ? ['https_proxy', 'all_proxy'] : ['http_proxy', 'all_proxy']) {
    // HTTP_PROXY in capitals too: this is no CGI script that a request's "Proxy" header could reach
    for (const key of [name, name.toUpperCase()]) {
      const value = env[key]
      if (value !== undefined && value !== '') return parsed(value, key)
    }
  }
  return undefined
}

function parsed(text: string, from: string): ChosenProxy {
  if (/\.pac(\?|$)/i.test(text) || /^pac/i.test(text))
    throw new WatchdeckError('unsupported', 'The proxy is given as a PAC file, which is a program; it is not run.', {
      hint: 'Give the address of the proxy itself: http://host:port or socks5://host:port.',
    })
  const full = text.includes('://') ? text : `http://${text}`
  if (!URL.canParse(full))
    throw new WatchdeckError('invalid_input', `The address of the proxy (from ${from}) is none.`, {
      hint: 'http://host:port, https://host:port or socks5://host:port',
    })
  const url = new URL(full)
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      return { url, kind: 'http', from }
    case 'socks:':
    case 'socks5:':
    case 'socks5h:':
      return { url: new URL(full.replace(/^socks5h?:|^socks:/, 'socks5:')), kind: 'socks', from }
    default:
      throw new WatchdeckError('unsupported', `A proxy of the protocol ${url.protocol.slice(0, -1)} is not there.`, {
        hint: 'http://, https:// and socks5:// are.',
      })
  }
}

/** As curl and Go read it: `*`, host names with their subdomains, a leading dot, a port, addresses, IPv4 networks. */
export function exempt(list: string, target: URL): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = target.port || (target.protocol === 'https:' ? '443' : '80')
  return list
    .split(/[\s,]+/)
    .filter((item) => item !== '')
    .some((item) => {
      if (item === '*') return true
      const cidr = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/.exec(item)
      if (cidr) return inNetwork(host, cidr[1] as string, Number(cidr[2]))
      const [, name = '', ofPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(item.toLowerCase()) ?? []
      if (ofPort !== undefined && ofPort !== port) return false
      const bare = name.replace(/^\*?\./, '')
      return bare !== '' && (host === bare || host.endsWith(`.${bare}`))
    })
}

function inNetwork(host: string, network: string, bits: number): boolean {
  const a = ipv4(host)
  const b = ipv4(network)
  if (a === undefined || b === undefined || bits > 32) return false
  const size = 2 ** (32 - bits)
  return Math.floor(a / size) === Math.floor(b / size)
}

function ipv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
