// npm run bench:scale [-- SECONDS]: ten thousand runs, a thousand of them with 10 × 1,000 points, and ten minutes of live runs, against the bars.
import { ensureBuilt, ensureInstalled, main } from './project.mjs'
import { report } from './steps.mjs'
import { journeysIn } from './targets.mjs'

const say = (line) => console.log(line)

await main(async () => {
  const [seconds] = process.argv.slice(2)
  Object.assign(process.env, { LATENT_SCALE: 'bench', ...(seconds && { LATENT_SCALE_LIVE_SECONDS: seconds }) })
  await ensureInstalled({ say })
  await ensureBuilt({ say })
  return report([await journeysIn('browser', say, 30)])
})
