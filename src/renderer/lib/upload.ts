// The path under which the engine finds a file that a person brought: in Electron its own, in the browser shell the
// place where its copy arrived (POST /upload). XMLHttpRequest, because fetch does not tell how much has been sent.

import { cancelled, isErrorCode, WatchdeckError } from '../../shared/base/errors.ts'

export interface UploadOptions {
  readonly signal: AbortSignal
  /** bytes sent so far */
  readonly onProgress: (bytes: number) => void
}

/** @throws WatchdeckError `cancelled`, `limit_exceeded` (too large), `unavailable` (no connection) */
export async function pathOfFile(file: File, options: UploadOptions): Promise<string> {
  if (window.watchdeck) return window.watchdeck.pathForFile(file)
  const { status, body } = await send(file, options)
  if (status === 200 && isObject(body) && typeof body['path'] === 'string') return body['path']
  const error = isObject(body) && isObject(body['error']) ? body['error'] : {}
  throw new WatchdeckError(
    isErrorCode(error['code']) ? error['code'] : 'unavailable',
    typeof error['message'] === 'string' ? error['message'] : `The file did not arrive (${status}).`,
    typeof error['hint'] === 'string' ? { hint: error['hint'] } : {},
  )
}

let sending = 0
/** Whether a file is on its way: a page that is loaded anew would cut it off. */
export const isUploading = (): boolean => sending > 0

function send(file: File, { signal, onProgress }: UploadOptions): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled())
    const request = new XMLHttpRequest()
    const abort = (): void => request.abort()
    signal.addEventListener('abort', abort, { once: true })
    request.open('POST', `/upload?name=${encodeURIComponent(file.name)}`)
    request.responseType = 'json'
    request.upload.onprogress = (event) => onProgress(event.loaded)
    request.onload = () => resolve({ status: request.status, body: request.response as unknown })
    request.onerror = () =>
      reject(
        new WatchdeckError('unavailable', 'The file did not arrive: the connection broke, or it cannot be read.', {
          messageKey: 'workbench.bring.broken',
        }),
      )
    request.onabort = () => reject(cancelled())
    request.onloadend = () => {
      sending--
      signal.removeEventListener('abort', abort)
    }
    sending++
    request.send(file)
  })
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
