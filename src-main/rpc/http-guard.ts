import { timingSafeEqual, createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { AppError } from '@shared/rpc/errors'

/** Who may speak to the loopback server. Anyone on this machine can connect, and any web page can make a browser try. */
export interface HttpGuard {
  /** Throws unless the request names this machine and comes from no other page. */
  checkAddress(request: IncomingMessage): void
  /** Throws unless the request carries the token, in a cookie or as a bearer. */
  checkToken(request: IncomingMessage): void
  isToken(candidate: string | null | undefined): boolean
  /** Set-Cookie for a browser that came with the token in its URL. */
  cookie(): string
}

const names = new Set(['127.0.0.1', 'localhost', '[::1]'])

export function createHttpGuard(token: string, port: () => number): HttpGuard {
  // the port is part of the name because cookies of one host are shared by all its ports
  const cookieName = (): string => `latent-${port()}`
  const isToken = (candidate: string | null | undefined): boolean => typeof candidate === 'string' && isSame(candidate, token)
  return {
    isToken,
    checkAddress(request) {
      const host = request.headers.host ?? ''
      // another name that resolves to 127.0.0.1 is a page trying to rebind; the port may differ behind a tunnel
      if (!names.has(host.replace(/:\d+$/, ''))) throw new AppError('system/foreign-origin', { origin: host || '?' })
      const { origin, 'sec-fetch-site': site } = request.headers
      if (origin !== undefined && origin !== `http://${host}`) throw new AppError('system/foreign-origin', { origin })
      const isNavigation = request.headers['sec-fetch-mode'] === 'navigate' && request.method === 'GET'
      if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation) {
        throw new AppError('system/foreign-origin', { origin: String(site) })
      }
    },
    checkToken(request) {
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
      if (!isToken(bearer) && !isToken(readCookie(request, cookieName()))) throw new AppError('system/unauthorized')
    },
    cookie: () => `${cookieName()}=${token}; Path=/; HttpOnly; SameSite=Strict`,
  }
}

/** Takes the same time wherever the two differ, and whatever their lengths. */
function isSame(candidate: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(candidate), digest(token))
}

function readCookie(request: IncomingMessage, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=')
    if (key === name) return value
  }
  return undefined
}
