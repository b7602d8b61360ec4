import type { Readable, Writable } from 'node:stream'
import { createInterface } from 'node:readline'
import type { ToWorker } from '@shared/domain/worker-protocol'
import { decode, encode } from '@shared/rpc/codec'

/*
 * What the host says to a worker goes as lines over its stdin; what the worker says comes back by `process.send`, with typed arrays as
 * they are. Electron 43 writes a newer version of V8's serialization than Node 24 can read (16 and 15), so that one direction is text.
 */

export function writeMessage(stream: Writable, message: ToWorker): void {
  stream.write(`${encode(message)}\n`)
}

export function readMessages(stream: Readable, onMessage: (message: ToWorker) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => onMessage(decode(line) as ToWorker))
}
