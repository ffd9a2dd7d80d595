// Opens the person's browser; where there is none the printed address is all there is.

import { spawn } from 'node:child_process'
import { withMaskBefore } from '../platform/owner-only.ts'

/** The program that opens an address on this system; undefined on a Linux without a screen. */
export function opener(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): { command: string; args: readonly string[] } | undefined {
  if (platform === 'darwin') return { command: 'open', args: [] }
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler'] }
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return undefined
  return { command: 'xdg-open', args: [] }
}

export function openInBrowser(url: string): void {
  const found = opener(process.platform, process.env)
  if (!found) return
  const child = withMaskBefore(() => spawn(found.command, [...found.args, url], { stdio: 'ignore', detached: true }))
  // no such program: the address is on the terminal
  child.on('error', () => process.stderr.write('No browser could be opened; use the address above.\n'))
  child.unref()
}
