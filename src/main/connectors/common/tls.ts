// TLS as a source wants it: the authorities of this machine and its own, a client certificate, the name to check.

import { readFile } from 'node:fs/promises'
import { getCACertificates } from 'node:tls'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Secret, TlsSpec } from '../../../shared/contract/source-spec.ts'

export interface TlsOptions {
  ca: string[]
  cert?: string
  key?: string
  passphrase?: string
  servername?: string
  rejectUnauthorized?: boolean
}

let system: readonly string[] | undefined

/** Authorities that Node ships, those of the machine (a company's own are there), NODE_EXTRA_CA_CERTS. Read once. */
function known(): readonly string[] {
  system ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
  return system
}

/** @throws WatchdeckError `invalid_input` for a file that cannot be read, `unauthenticated` for a missing secret */
export async function tlsOptions(
  spec: TlsSpec | undefined,
  secret: (secret: Secret) => Promise<string>,
): Promise<TlsOptions> {
  const options: TlsOptions = { ca: [...known()] }
  if (!spec) return options
  if (spec.ca !== undefined) options.ca = [...known(), await pem(spec.ca, 'certificate authority')]
  if (spec.cert !== undefined) options.cert = await pem(spec.cert, 'client certificate')
  if (spec.key !== undefined) options.key = await secret(spec.key)
  if (spec.passphrase !== undefined) options.passphrase = await secret(spec.passphrase)
  if (spec.serverName !== undefined && spec.serverName !== '') options.servername = spec.serverName
  if (spec.insecure) options.rejectUnauthorized = false
  return options
}

async function pem(value: string | { file: string }, what: string): Promise<string> {
  if (typeof value === 'string') return value
  try {
    return await readFile(value.file, 'utf8')
  } catch (error) {
    throw new WatchdeckError('invalid_input', `The file of the ${what} cannot be read: ${value.file}`, { cause: error })
  }
}
