// TLS as a source wants it: the authorities of this machine and its own, a client certificate, the name to check.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, getCACertificates } from 'node:tls'
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
  usable(options, spec)
  return options
}

/** What OpenSSL would refuse at the first connection, with words that name the field. */
function usable({ ca, cert, key, passphrase }: TlsOptions, spec: TlsSpec): void {
  const tried = <T>(read: () => T, message: string, hint: string): T => {
    try {
      return read()
    } catch (error) {
      throw new WatchdeckError('invalid_input', message, { hint, cause: error })
    }
  }
  const PEM = 'PEM is needed: a text that begins with -----BEGIN'
  if (spec.ca !== undefined)
    tried(() => new X509Certificate(ca.at(-1) ?? ''), 'What was given as certificate authority is no certificate.', PEM)
  if (cert !== undefined) tried(() => new X509Certificate(cert), 'What was given as client certificate is none.', PEM)
  if (key !== undefined)
    tried(
      () => createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) }),
      /ENCRYPTED/.test(key)
        ? 'The key of the client certificate needs its passphrase, or the one given is wrong.'
        : 'What was given as key of the client certificate is no private key.',
      /ENCRYPTED/.test(key) ? 'Give the passphrase under TLS.' : PEM,
    )
  if ((cert === undefined) !== (key === undefined))
    throw new WatchdeckError('invalid_input', 'A client certificate and its key are needed together.', {
      hint: 'Give both under TLS, or neither.',
    })
  if (cert !== undefined && key !== undefined)
    tried(
      () => createSecureContext({ cert, key, ...(passphrase === undefined ? {} : { passphrase }) }),
      'The client certificate and the key do not belong together.',
      'Give the key that the certificate was made for.',
    )
}

async function pem(value: string | { file: string }, what: string): Promise<string> {
  if (typeof value === 'string') return value
  try {
    return await readFile(value.file, 'utf8')
  } catch (error) {
    throw new WatchdeckError('invalid_input', `The file of the ${what} cannot be read: ${value.file}`, { cause: error })
  }
}
