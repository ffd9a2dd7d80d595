// What is tried to get into a hop, in the order of OpenSSH: agent, the given key, keys of ~/.ssh, password, questions.

import { join } from 'node:path'
import { homedir } from 'node:os'
import ssh2, { type AnyAuthMethod } from 'ssh2'
import { WatchdeckError } from '../../../../shared/base/errors.ts'
import type { ConnectorServices } from '../../../platform/connector.ts'
import { readIfThere } from './config.ts'
import type { ResolvedHop } from './hops.ts'

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']

/** @throws WatchdeckError `unauthenticated` for a key that needs a passphrase or is none */
export async function methodsOf(hop: ResolvedHop, services: ConnectorServices): Promise<AnyAuthMethod[]> {
  const username = hop.user
  const methods: AnyAuthMethod[] = []
  if (hop.agent !== undefined && hop.agent !== '') methods.push({ type: 'agent', username, agent: hop.agent })
  const passphrase = hop.hop.passphrase === undefined ? undefined : await services.secret(hop.hop.passphrase)
  if (hop.hop.key !== undefined) {
    const key = await services.secret(hop.hop.key)
    usable(key, passphrase)
    methods.push({
      type: 'publickey',
      username,
      key: `${key.trimEnd()}\n`,
      ...(passphrase === undefined ? {} : { passphrase }),
    })
  } else
    for (const path of hop.identityFiles.length > 0
      ? hop.identityFiles
      : DEFAULT_KEYS.map((name) => join(homedir(), '.ssh', name))) {
      const key = await readIfThere(path)
      // a key with a passphrase that was not given is the agent's to use
      if (key === '' || ssh2.utils.parseKey(key, passphrase) instanceof Error) continue
      methods.push({ type: 'publickey', username, key, ...(passphrase === undefined ? {} : { passphrase }) })
    }
  if (hop.hop.password !== undefined) {
    const password = await services.secret(hop.hop.password)
    methods.push({ type: 'password', username, password })
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) =>
        // only what does not echo is a password; a question about anything else has no answer here
        finish(prompts.map((prompt) => (prompt.echo === true ? '' : password))),
    })
  }
  if (methods.length === 0)
    throw new WatchdeckError(
      'unauthenticated',
      `There is nothing to get into ${hop.host} with: no agent, key or password.`,
      {
        hint: 'Start an SSH agent with your key, or give a key or a password.',
      },
    )
  return methods
}

function usable(key: string, passphrase: string | undefined): void {
  const parsed = ssh2.utils.parseKey(`${key.trimEnd()}\n`, passphrase)
  if (!(parsed instanceof Error)) return
  const encrypted = /encrypted|passphrase|decrypt/i.test(parsed.message)
  throw new WatchdeckError(
    'unauthenticated',
    encrypted ? 'The SSH key needs its passphrase, or the one given is wrong.' : 'What was given as SSH key is none.',
    {
      hint: encrypted
        ? 'Give the passphrase, or load the key into an SSH agent.'
        : 'An OpenSSH or PEM private key is needed.',
    },
  )
}
