import { parseArgs } from 'node:util'
import { benchSearch } from '../bench/search-bench'

/** npm run bench:search -- [--filter TEXT] [--seeds N] */
const { values } = parseArgs({ options: { filter: { type: 'string', default: '' }, seeds: { type: 'string', default: '30' } } })
const isMet = benchSearch({ filter: values.filter, seeds: Number(values.seeds), say: (line) => console.log(line) })
process.exitCode = isMet ? 0 : 1
