import { parseArgs } from 'node:util'
import { benchSearch } from '../bench/search-bench'

/** npm run bench:search -- [--filter TEXT] [--seeds N] [--further] */
const { values } = parseArgs({ options: { further: { type: 'boolean', default: false }, filter: { type: 'string', default: '' }, seeds: { type: 'string', default: '30' } } })
const isMet = benchSearch({ further: values.further, filter: values.filter, seeds: Number(values.seeds), say: (line) => console.log(line) })
process.exitCode = isMet ? 0 : 1
