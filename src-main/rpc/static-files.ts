import { readFile, stat } from 'node:fs/promises'
import { extname, resolve, sep } from 'node:path'

/** What a page of the workbench may load: itself, and nothing else. ECharts' tooltips and Element Plus set style attributes. */
export const contentSecurityPolicy = [
  "default-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

export interface StaticFile {
  body: Buffer
  headers: Record<string, string>
}

/** The file a URL path names inside the folder; null for what is not there, and for every path that would leave it. */
export async function readStaticFile(folder: string, urlPath: string): Promise<StaticFile | null> {
  const path = resolveInside(folder, urlPath === '/' ? '/index.html' : urlPath)
  if (path === null) return null
  try {
    if (!(await stat(path)).isFile()) return null
    const hasHashedName = path.startsWith(resolve(folder, 'assets') + sep)
    return {
      body: await readFile(path),
      headers: {
        ...securityHeaders,
        'content-type': types[extname(path)] ?? 'application/octet-stream',
        'cache-control': hasHashedName ? 'public, max-age=31536000, immutable' : 'no-cache',
      },
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return null
    throw error
  }
}

function resolveInside(folder: string, urlPath: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(urlPath)
  } catch {
    return null
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null
  const path = resolve(folder, `.${decoded.startsWith('/') ? decoded : `/${decoded}`}`)
  return path.startsWith(resolve(folder) + sep) ? path : null
}
