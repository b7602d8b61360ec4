import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Notice } from '@shared/domain/run'
import { sentence } from '@shared/messages/messages'
import { decode, encode } from '@shared/rpc/codec'
import { AppError, toNotice } from '@shared/rpc/errors'
import type { DataFolder } from '../files/data-folder'
import type { EventHub } from './event-hub'
import { createHttpEvents, type HttpEvents } from './http-events'
import { createHttpGuard, type HttpGuard } from './http-guard'
import { receiveUpload } from './http-upload'
import type { Dispatch } from './router'
import { readStaticFile, securityHeaders } from './static-files'

export interface HttpOptions {
  dispatch: Dispatch
  hub: EventHub
  folder: DataFolder
  /** The built renderer; null serves requests only. */
  rendererFolder: string | null
  /** 0 or none: a free one. */
  port?: number | undefined
  onBug(place: string, error: unknown): void
}

export interface HttpServer {
  port: number
  token: string
  /** With the token: what a browser opens. */
  url: string
  /** Clients that listen to events now. */
  clients(): number
  close(): Promise<void>
}

const requestLimitMegabytes = 64

/** Serves a host on 127.0.0.1, to whoever has the token. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const token = randomBytes(24).toString('base64url')
  let port = 0
  const guard = createHttpGuard(token, () => port)
  const events = createHttpEvents(options.hub)
  const server = createServer((request, response) => {
    answer(request, response, { options, guard, events }).catch((error: unknown) => refuse(request, response, error, options.onBug))
  })
  server.requestTimeout = 0
  await listen(server, options.port ?? 0)
  port = (server.address() as AddressInfo).port
  return {
    port,
    token,
    url: `http://127.0.0.1:${port}/?token=${token}`,
    clients: events.clients,
    close: () =>
      new Promise((resolve) => {
        events.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new AppError('system/port-in-use', { port })
          : new AppError('system/port-refused', { port, reason: error.message }),
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

interface Context {
  options: HttpOptions
  guard: HttpGuard
  events: HttpEvents
}

async function answer(request: IncomingMessage, response: ServerResponse, { options, guard, events }: Context): Promise<void> {
  guard.checkAddress(request)
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const route = `${request.method} ${url.pathname}`
  const query = (name: string): string => url.searchParams.get(name) ?? ''
  if (route === 'GET /' && guard.isToken(url.searchParams.get('token'))) response.setHeader('set-cookie', guard.cookie())
  else guard.checkToken(request)
  switch (route) {
    case 'POST /rpc': {
      const { method, input } = decode(await readBody(request)) as { method: unknown; input: unknown }
      return sendText(response, 200, encode(await options.dispatch(String(method), input)))
    }
    case 'GET /events':
      return events.open(request, response)
    case 'POST /upload':
      return sendText(response, 200, encode(await receiveUpload(request, options.folder, query('batch'), query('name'))))
  }
  const file = request.method === 'GET' && options.rendererFolder ? await readStaticFile(options.rendererFolder, url.pathname) : null
  if (!file) {
    response.writeHead(404, { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8' }).end('404\n')
    return
  }
  response.writeHead(200, file.headers).end(file.body)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > requestLimitMegabytes * 2 ** 20) throw new AppError('system/request-too-large', { limit: requestLimitMegabytes })
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...securityHeaders, 'content-type': 'application/json', 'cache-control': 'no-store' }).end(text)
}

/** For a person who opened the address without its token. */
function sendPage(response: ServerResponse, status: number, { code, details, message }: Notice): void {
  const text = `${message}\n\n${sentence(code, details, 'zh', message)}\n`
  response.writeHead(status, { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(text)
}

const statuses: Record<string, number> = {
  'system/unauthorized': 401,
  'system/foreign-origin': 403,
  'system/request-too-large': 413,
  'system/internal': 500,
}

/** A refusal is a reply like any other, so that clients need no second way to read errors. */
function refuse(request: IncomingMessage, response: ServerResponse, thrown: unknown, onBug: HttpOptions['onBug']): void {
  const error = thrown instanceof SyntaxError ? new AppError('system/bad-request', { method: 'rpc', problem: thrown.message }) : thrown
  if (!(error instanceof AppError)) onBug('http', error)
  const reply = toNotice(error)
  const status = statuses[reply.code] ?? 400
  if (response.headersSent) response.destroy()
  else if (request.headers.accept?.includes('text/html')) sendPage(response, status, reply)
  else sendText(response, status, encode({ ok: false, error: reply }))
}
