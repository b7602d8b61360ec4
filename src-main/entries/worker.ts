import { join } from 'node:path'
import { readMessages } from '../jobs/message-lines'
import { foreignTables } from '../store/foreign-tables'
import { createWorker } from '../worker/worker'

/** A child process that trains one run, or looks inside fitted ones. It ends with its host. */
const post = (message: object): Promise<void> =>
  new Promise((resolve) => {
    if (!process.connected) resolve()
    else process.send!(message, (error: Error | null) => (error ? process.exit(1) : resolve()))
  })

const laneEntry = join(import.meta.dirname, 'lane.js')
const worker = createWorker(post, undefined, laneEntry, foreignTables)
readMessages(process.stdin, (message) => {
  void worker.receive(message).then((done) => {
    if (done) process.disconnect()
  })
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C in a terminal reaches the whole process group; whether the run stops is for the host to say.
process.on('SIGINT', () => {})
void post({ kind: 'ready' })
