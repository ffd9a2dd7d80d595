// AWS Signature Version 4: Amazon Managed Prometheus, OpenSearch and what stands behind an API gateway.

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Auth } from '../../../shared/contract/source-spec.ts'
import type { ConnectorServices } from '../../platform/connector.ts'

export interface SignedRequest {
  readonly method: string
  readonly url: URL
  readonly body: string
  readonly contentType: string | undefined
}

type Bytes = string | ArrayBuffer | ArrayBufferView

/** Node's SHA-256 in the shape that the signer wants. */
class Sha256 {
  readonly #secret: Uint8Array | undefined
  #hash: Hash | Hmac

  constructor(secret?: Bytes) {
    this.#secret = secret === undefined ? undefined : bytesOf(secret)
    this.#hash = this.#fresh()
  }

  update(data: Bytes): void {
    this.#hash.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest())
  }

  reset(): void {
    this.#hash = this.#fresh()
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret)
  }
}

function bytesOf(data: Bytes): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8')
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}

/** The headers that carry the signature; host, the content type and the body are covered by it. */
export async function signedHeaders(
  auth: Extract<Auth, { type: 'sigv4' }>,
  secret: ConnectorServices['secret'],
  { method, url, body, contentType }: SignedRequest,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service: auth.service,
    region: auth.region,
    sha256: Sha256,
    // its header is S3's alone; the hash of the body is in the signature anyway
    applyChecksum: false,
    credentials: {
      accessKeyId: auth.accessKeyId,
      secretAccessKey: await secret(auth.secretAccessKey),
      ...(auth.sessionToken === undefined ? {} : { sessionToken: await secret(auth.sessionToken) }),
    },
  })
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name)
    query[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers: { host: url.host, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    body,
  })
  const { host: _host, 'content-type': _type, ...own } = signed.headers
  return own
}
