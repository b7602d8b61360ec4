import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decode, encode } from '@shared/rpc/codec'
import type { HostEvent } from '@shared/rpc/contract'
import { openDataFolder } from '../files/data-folder'
import { createEventHub, type EventHub } from './event-hub'
import { type HttpServer, startHttp } from './http'
import { connectHttp } from './http-client'
import type { Dispatch } from './router'
import { transportSuite } from './transport-suite'

const failOnBug = (place: string, error: unknown): void => {
  throw new Error(`${place}: ${String(error)}`)
}
function serve(home: string, dispatch: Dispatch, hub: EventHub, port = 0): Promise<HttpServer> {
  const rendererFolder = join(home, 'renderer')
  mkdirSync(join(rendererFolder, 'assets'), { recursive: true })
  writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html><title>workbench</title>')
  writeFileSync(join(rendererFolder, 'assets', 'a.js'), '1')
  writeFileSync(join(home, 'secret.txt'), 'secret')
  return startHttp({ dispatch, hub, folder: openDataFolder(home), rendererFolder, port, onBug: failOnBug })
}

transportSuite('HTTP', async (dispatch, hub) => {
  const home = mkdtempSync(join(tmpdir(), 'latent-http-'))
  const server = await serve(home, dispatch, hub)
  const transport = connectHttp(server)
  return {
    transport,
    close: async () => {
      transport.close()
      await server.close()
      rmSync(home, { recursive: true })
    },
  }
})

let home: string
let server: HttpServer
let hub: EventHub
let asked: string[]
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'latent-http-'))
  hub = createEventHub(10)
  asked = []
  server = await serve(home, async (method) => ({ ok: true, value: asked.push(method) }), hub)
})
afterEach(async () => {
  await server.close()
  rmSync(home, { recursive: true })
})

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}
/** Node's own client: fetch would not let a test set Host, Origin or Cookie. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.once('error', reject)
    request.end(body)
  })
}
const bearer = (): Record<string, string> => ({ authorization: `Bearer ${server.token}` })
const cookieOf = (answer: Answer): string => (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] as string
const body = encode({ method: 'system.info', input: {} })

test('the token in the URL becomes a cookie that scripts cannot read and other sites cannot use', async () => {
  const page = await ask('GET', `/?token=${server.token}`)
  expect(page.status).toBe(200)
  expect(page.headers['set-cookie']?.[0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
  const cookie = cookieOf(page)
  expect((await ask('GET', '/', { cookie })).text).toContain('workbench')
  expect((await ask('POST', '/rpc', { cookie, origin: `http://127.0.0.1:${server.port}` }, body)).status).toBe(200)
})

test.each([
  ['nothing', {}],
  ['a wrong bearer', { authorization: 'Bearer wrong' }],
  ['an empty bearer', { authorization: 'Bearer ' }],
  ['a wrong cookie', { cookie: 'latent-1=x; latent=y' }],
])('with %s, nothing is answered but 401', async (_name, headers) => {
  for (const [method, path] of [
    ['POST', '/rpc'],
    ['GET', '/events'],
    ['POST', '/upload?batch=b&name=n'],
    ['GET', '/'],
    ['GET', '/assets/a.js'],
    ['GET', '/?token=wrong'],
  ] as const) {
    const answer = await ask(method, path, headers as Record<string, string>, method === 'POST' ? body : '')
    expect([path, answer.status]).toEqual([path, 401])
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(decode(answer.text)).toMatchObject({ ok: false, error: { code: 'system/unauthorized' } })
  }
  expect(asked).toEqual([])
})

test('a browser without the token reads what to do, in both languages', async () => {
  const page = await ask('GET', '/', { accept: 'text/html,*/*' })
  expect(page.status).toBe(401)
  expect(page.text).toMatch(/Open the whole URL[\s\S]*令牌/)
})

test.each([
  ['a foreign origin', { origin: 'https://evil.example' }],
  ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ['an opaque origin', { origin: 'null' }],
  ['a name that was rebound', { host: 'evil.example' }],
  ['a fetch from another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
])('%s gets 403 even with the token', async (_name, headers) => {
  const answer = await ask('POST', '/rpc', { ...bearer(), ...headers } as Record<string, string>, body)
  expect(answer.status).toBe(403)
  expect(asked).toEqual([])
})

test('pages come with a policy that allows themselves only', async () => {
  const page = await ask('GET', '/', bearer())
  expect(page.headers['content-security-policy']).toContain(
    "default-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:",
  )
  expect(page.headers['x-content-type-options']).toBe('nosniff')
  const script = await ask('GET', '/assets/a.js', bearer())
  expect(script.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': expect.stringContaining('immutable'),
  })
})

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/../../secret.txt',
  '/%5c..%5csecret.txt',
  '/%00',
  '/%',
  '/assets',
  '/nothing',
])('the path %s leads nowhere', async (path) => {
  const answer = await ask('GET', path, bearer())
  expect([path, answer.status]).toEqual([path, 404])
  expect(answer.text).not.toContain('secret')
})

test('what is no request is refused in words', async () => {
  const answer = await ask('POST', '/rpc', bearer(), '{nonsense')
  expect(answer.status).toBe(400)
  expect(decode(answer.text)).toMatchObject({ ok: false, error: { code: 'system/bad-request' } })
})

test('an upload lands whole under its own name, and never outside its folder', async () => {
  const bytes = 'x'.repeat(3_000_000)
  const answer = await ask('POST', `/upload?batch=b1&name=${encodeURIComponent('数据 1.csv')}`, bearer(), bytes)
  const { path } = decode(answer.text) as { path: string }
  expect(path).toBe(join(home, 'uploads', 'b1', '数据 1.csv'))
  expect(readFileSync(path, 'utf8')).toBe(bytes)
  const escaped = decode((await ask('POST', `/upload?batch=b1&name=${encodeURIComponent('../../x')}`, bearer(), 'x')).text) as {
    path: string
  }
  expect(escaped.path).toBe(join(home, 'uploads', 'b1', '.._.._x'))
  for (const query of ['batch=..&name=x', 'batch=b1&name=..', 'batch=&name=x', 'batch=b1&name=']) {
    expect((await ask('POST', `/upload?${query}`, bearer(), 'x')).status).toBe(400)
  }
})

test('an upload that breaks off leaves nothing', async () => {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(
    `POST /upload?batch=b2&name=f HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${server.token}\r\nContent-Length: 1000\r\n\r\nhalf`,
  )
  const part = join(home, 'uploads', 'b2', 'f.part')
  while (!existsSync(part)) await new Promise((resolve) => setTimeout(resolve, 5))
  socket.destroy()
  while (existsSync(part)) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(existsSync(join(home, 'uploads', 'b2', 'f'))).toBe(false)
})

test('a port in use is named', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  await expect(serve(home, async () => ({ ok: true, value: null }), hub, port)).rejects.toMatchObject({
    code: 'system/port-in-use',
    details: { port },
  })
  other.close()
})

const removed = (id: string): HostEvent => ({ name: 'run.removed', payload: { id } })
const passes = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('a client that comes late gets what happened in the last moments, and what follows, each once', async () => {
  hub.publish(removed('before'))
  const client = connectHttp(server)
  const seen: string[] = []
  client.subscribe((event) => seen.push((event.payload as { id: string }).id))
  await client.request('system.info', {})
  hub.publish(removed('after'))
  await passes(() => seen.length >= 2)
  expect(seen).toEqual(['before', 'after'])
  client.close()
})

test('the server counts who listens', async () => {
  const client = connectHttp(server)
  const end = client.subscribe(() => {})
  await client.request('system.info', {})
  expect(server.clients()).toBe(1)
  end()
  await passes(() => server.clients() === 0)
})

/** Stands between client and server, and can cut the line. */
async function line(): Promise<{ port: number; cut(): void; open(): Promise<void>; close(): void }> {
  const sockets = new Set<Socket>()
  let proxy: Server
  let port = 0
  const open = async (): Promise<void> => {
    proxy = createTcpServer((near) => {
      const far = connect(server.port, '127.0.0.1')
      for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
      near.pipe(far).pipe(near)
    })
    await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve))
    port = (proxy.address() as AddressInfo).port
  }
  const cut = (): void => {
    proxy.close()
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  await open()
  return { port, cut, open, close: cut }
}

test.each([
  ['takes up the events where it left off', 8, { seen: 9, gaps: 0 }],
  ['is told when some of what it missed is gone', 30, { seen: 1, gaps: 1 }],
])('a client that lost its connection %s', async (_name, missed, expected) => {
  const wire = await line()
  const client = connectHttp({ port: wire.port, token: server.token })
  const seen: string[] = []
  let gaps = 0
  client.subscribe(
    (event) => seen.push((event.payload as { id: string }).id),
    () => gaps++,
  )
  await client.request('system.info', {})
  hub.publish(removed('0'))
  await passes(() => seen.length === 1)
  wire.cut()
  for (let index = 1; index <= missed; index++) hub.publish(removed(String(index)))
  expect(await client.request('system.info', {})).toMatchObject({ ok: false, error: { code: 'system/unreachable' } })
  await wire.open()
  await passes(() => seen.length + gaps > 1)
  hub.publish(removed('last'))
  await passes(() => seen.at(-1) === 'last')
  expect({ seen: seen.length - 1, gaps }).toEqual(expected)
  expect(new Set(seen).size).toBe(seen.length)
  client.close()
  wire.close()
})
