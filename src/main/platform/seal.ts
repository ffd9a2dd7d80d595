// What makes the bytes of the vault unreadable: scrypt and AES-256-GCM behind a passphrase. Electron has another one.

import { createCipheriv, createDecipheriv, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { WatchdeckError } from '../../shared/base/errors.ts'

export const sealedSchema = z.discriminatedUnion('seal', [
  z.object({
    format: z.literal('watchdeck-vault'),
    version: z.literal(1),
    seal: z.literal('scrypt-aes-256-gcm'),
    salt: z.hex().length(32),
    check: z.hex().length(64),
    iv: z.hex().length(24),
    tag: z.hex().length(32),
    data: z.base64(),
  }),
  z.object({
    format: z.literal('watchdeck-vault'),
    version: z.literal(1),
    seal: z.literal('keychain'),
    data: z.base64(),
  }),
])
export type Sealed = z.output<typeof sealedSchema>

/** What was sealed; `outdated`: its key was replaced since, and it should be sealed anew. */
export interface Opened {
  readonly plain: Buffer
  readonly outdated: boolean
}

export interface Seal {
  readonly protection: 'passphrase' | 'keychain'
  /** whether `close` would succeed now */
  readonly ready: boolean
  /** no passphrase will help */
  readonly unusable: boolean
  unlock(passphrase: string, sealed: Sealed | undefined): Promise<void>
  forget(): void
  open(sealed: Sealed): Promise<Opened>
  close(plain: Buffer): Promise<Sealed>
}

// Fixed: a file that was put in its place may not choose the cost of opening it. 64 MB and about 0.2 s.
const COST = { N: 2 ** 16, r: 8, p: 1, maxmem: 256 * 2 ** 20 }
const MIN_PASSPHRASE = 8
const HINT =
  'Unlock it in the settings, or start Watchdeck with WATCHDECK_VAULT_PASSPHRASE; a secret may also come from an environment variable (env:NAME).'

interface Key {
  readonly bytes: Buffer
  readonly salt: string
}

/** `initial`: the passphrase of `WATCHDECK_VAULT_PASSPHRASE`, tried when the vault is first needed. */
export function passphraseSeal(initial?: string | undefined): Seal {
  let key: Key | undefined
  let given = initial === '' ? undefined : initial

  async function unlock(passphrase: string, sealed: Sealed | undefined): Promise<void> {
    if (sealed === undefined) {
      if ([...passphrase].length < MIN_PASSPHRASE)
        throw new WatchdeckError('invalid_input', `A passphrase has at least ${MIN_PASSPHRASE} characters.`)
      const salt = randomBytes(16).toString('hex')
      key = { bytes: await derive(passphrase, salt), salt }
      return
    }
    if (sealed.seal !== 'scrypt-aes-256-gcm') throw otherSeal()
    const bytes = await derive(passphrase, sealed.salt)
    if (!timingSafeEqual(checkOf(bytes), Buffer.from(sealed.check, 'hex')))
      throw new WatchdeckError('unauthenticated', 'The passphrase of the vault is wrong.')
    key = { bytes, salt: sealed.salt }
  }

  async function needed(sealed: Sealed | undefined): Promise<Key> {
    if (!key && given !== undefined) {
      const tried = given
      given = undefined
      await unlock(tried, sealed)
    }
    if (key) return key
    throw new WatchdeckError(
      'unauthenticated',
      sealed ? 'The vault of secrets is locked.' : 'There is no passphrase yet to protect secrets with.',
      { hint: HINT },
    )
  }

  return {
    protection: 'passphrase',
    unusable: false,
    get ready() {
      return key !== undefined || given !== undefined
    },
    unlock,
    forget() {
      key?.bytes.fill(0)
      key = undefined
      given = undefined
    },
    async open(sealed) {
      if (sealed.seal !== 'scrypt-aes-256-gcm') throw otherSeal()
      const { bytes } = await needed(sealed)
      const decipher = createDecipheriv('aes-256-gcm', bytes, Buffer.from(sealed.iv, 'hex'))
      decipher.setAuthTag(Buffer.from(sealed.tag, 'hex'))
      decipher.setAAD(Buffer.from(sealed.salt, 'hex'))
      try {
        const plain = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()])
        return { plain, outdated: false }
      } catch (error) {
        throw new WatchdeckError('corrupt', 'The vault of secrets is damaged.', { cause: error })
      }
    },
    async close(plain) {
      const { bytes, salt } = await needed(undefined)
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', bytes, iv)
      cipher.setAAD(Buffer.from(salt, 'hex'))
      const data = Buffer.concat([cipher.update(plain), cipher.final()])
      return {
        format: 'watchdeck-vault',
        version: 1,
        seal: 'scrypt-aes-256-gcm',
        salt,
        check: checkOf(bytes).toString('hex'),
        iv: iv.toString('hex'),
        tag: cipher.getAuthTag().toString('hex'),
        data: data.toString('base64'),
      }
    },
  }
}

const checkOf = (key: Buffer): Buffer => createHmac('sha256', key).update('watchdeck vault check').digest()

function derive(passphrase: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), Buffer.from(salt, 'hex'), 32, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

export function otherSeal(): WatchdeckError {
  return new WatchdeckError('unsupported', 'The vault of secrets was made by the other shell of Watchdeck.', {
    hint: 'Open it where it was made, or choose another data folder with --data-dir.',
  })
}
