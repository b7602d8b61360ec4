// npm run bench:data: previews and imports of large files through the local server, against the bars. Needs 5 GB beside the temporary files.
import { ensureBuilt, ensureInstalled, main } from './project.mjs'
import { journeys, report } from './steps.mjs'

const say = (line) => console.log(line)

await main(async () => {
  await ensureInstalled({ say })
  await ensureBuilt({ say })
  return report([await journeys('imports of large files', { LATENT_DATA_BARS: '1', LATENT_E2E_TARGET: 'browser' }, 10)])
})
