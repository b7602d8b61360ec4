import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bench } from '../bench/bench'

/** npm run bench -- [--filter TEXT] [--threads N] [--rounds N] */
const { values } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
  },
})

await bench({
  filter: values.filter,
  threads: Number(values.threads),
  rounds: Number(values.rounds),
  peerFolder: resolve('tools/peers'),
  laneEntry: join(import.meta.dirname, 'lane.js'),
  outFolder: resolve('bench-results'),
  say: (line) => console.log(line),
})
