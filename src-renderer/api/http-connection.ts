import { decode, encode } from '@shared/rpc/codec'
import type { HostEvent } from '@shared/rpc/contract'
import type { Reply } from '@shared/rpc/client'
import { notice } from '@shared/rpc/errors'
import type { HostConnection } from './host-connection'

const retryMs = 2000

const unreachable = (): Reply => ({ ok: false, error: notice('system/unreachable') })

/** The host over loopback HTTP: POST rpc for requests, one EventSource for events. The session is a cookie. */
export function connectHttp(): HostConnection {
  const statusListeners = new Set<(connected: boolean) => void>()
  const tellStatus = (connected: boolean): void => {
    for (const listener of statusListeners) listener(connected)
  }

  return {
    choosePath: null,
    onStatus: (listener) => void statusListeners.add(listener),

    async request(method, input) {
      try {
        const response = await fetch('rpc', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: encode({ method, input }),
        })
        return decode(await response.text()) as Reply
      } catch {
        return unreachable()
      }
    },

    subscribe(listener, onGap) {
      let source: EventSource
      let again: ReturnType<typeof setTimeout> | undefined
      const open = (): void => {
        source = new EventSource('events')
        source.addEventListener('message', (message: MessageEvent<string>) => listener(decode(message.data) as HostEvent))
        source.addEventListener('gap', () => onGap?.())
        source.addEventListener('ready', () => tellStatus(true))
        source.addEventListener('error', () => {
          tellStatus(false)
          /* A refusal ends the source for good, where a broken connection is taken up again by the browser itself. */
          if (source.readyState !== EventSource.CLOSED) return
          again = setTimeout(() => {
            open()
            source.addEventListener('ready', () => onGap?.(), { once: true })
          }, retryMs)
        })
      }
      open()
      return () => {
        clearTimeout(again)
        source.close()
      }
    },

    pathOf: (file, batch, onProgress) => upload(file, batch, onProgress),
  }
}

function upload(file: File, batch: string, onProgress: (fraction: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `upload?batch=${encodeURIComponent(batch)}&name=${encodeURIComponent(file.name)}`)
    request.upload.addEventListener('progress', (event) => onProgress(event.total > 0 ? event.loaded / event.total : 0))
    request.addEventListener('error', () => reject(notice('system/unreachable')))
    request.addEventListener('load', () => {
      const answer = decode(request.responseText) as { path: string } | Reply
      if ('path' in answer) resolve(answer.path)
      else reject(answer.ok ? notice('system/unreachable') : answer.error)
    })
    request.send(file)
  })
}
