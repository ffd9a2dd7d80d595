// Passphrase protection of an incident file: scrypt for the key, AES-256-GCM per entry (12-byte IV, data, 16-byte tag).
// The manifest stays readable, its title does not say anything then.

import { createCipheriv, createDecipheriv, createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Manifest } from './manifest.ts'

// Fixed: a hostile file may not choose the cost of opening it.
const COST = { N: 2 ** 16, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }
const IV_BYTES = 12
const TAG_BYTES = 16
export const ENCRYPTION_OVERHEAD = IV_BYTES + TAG_BYTES

const checkOf = (key: Buffer): Buffer => createHmac('sha256', key).update('watchdeck passphrase check').digest()

export function newKey(passphrase: string): { key: Buffer; header: NonNullable<Manifest['encryption']> } {
  const salt = randomBytes(16)
  const key = scryptSync(passphrase.normalize('NFKC'), salt, 32, COST)
  return { key, header: { kdf: 'scrypt', salt: salt.toString('hex'), check: checkOf(key).toString('hex') } }
}

/** @throws WatchdeckError unauthenticated when there is none or it is wrong */
export function keyOf(header: NonNullable<Manifest['encryption']>, passphrase: string | undefined): Buffer {
  if (passphrase === undefined)
    throw new WatchdeckError('unauthenticated', 'This incident file is protected by a passphrase.', {
      hint: 'Open it with its passphrase.',
      messageKey: 'error.filePassphraseNeeded',
    })
  const key = scryptSync(passphrase.normalize('NFKC'), Buffer.from(header.salt, 'hex'), 32, COST)
  if (!timingSafeEqual(checkOf(key), Buffer.from(header.check, 'hex')))
    throw new WatchdeckError('unauthenticated', 'The passphrase of the incident file is wrong.', {
      messageKey: 'error.filePassphraseWrong',
    })
  return key
}

export function encryptStream(key: Buffer): Transform {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  let started = false
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      if (!started) this.push(iv)
      started = true
      done(null, cipher.update(chunk))
    },
    flush(done) {
      if (!started) this.push(iv)
      this.push(cipher.final())
      this.push(cipher.getAuthTag())
      done()
    },
  })
}

/** What comes out may not be used before the stream has ended without error: only then the tag was right. */
export function decryptStream(key: Buffer): Transform {
  let held: Buffer = Buffer.alloc(0)
  let decipher: ReturnType<typeof createDecipheriv> | undefined
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      if (!decipher) {
        if (held.length < IV_BYTES) return done()
        decipher = createDecipheriv('aes-256-gcm', key, held.subarray(0, IV_BYTES))
        held = held.subarray(IV_BYTES)
      }
      const usable = held.length - TAG_BYTES
      if (usable <= 0) return done()
      const out = (decipher as ReturnType<typeof createDecipheriv> & { update(data: Buffer): Buffer }).update(
        held.subarray(0, usable),
      )
      held = held.subarray(usable)
      done(null, out)
    },
    flush(done) {
      if (!decipher || held.length !== TAG_BYTES) return done(damaged())
      try {
        const gcm = decipher as ReturnType<typeof createDecipheriv> & { setAuthTag(tag: Buffer): void }
        gcm.setAuthTag(held)
        this.push(decipher.final())
        done()
      } catch {
        done(damaged())
      }
    },
  })
}

const damaged = () => new WatchdeckError('corrupt', 'An encrypted entry of the incident file is damaged.')
