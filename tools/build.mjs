// npm run build: builds what is missing or older than its sources.
import { ensureBuilt, ensureInstalled, main } from './project.mjs'

await main(async () => {
  await ensureInstalled({ say: console.log })
  await ensureBuilt({ say: console.log })
})
