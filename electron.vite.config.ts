import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const alias = { '@shared': resolve('src-shared') }

export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      outDir: 'out/main',
      rolldownOptions: {
        input: {
          electron: resolve('src-main/entries/electron.ts'),
          server: resolve('src-main/entries/server.ts'),
          cli: resolve('src-main/entries/cli.ts'),
          worker: resolve('src-main/entries/worker.ts'),
          'slurm-job': resolve('src-main/entries/slurm-job.ts'),
          proposer: resolve('src-main/entries/proposer.ts'),
          lane: resolve('src-main/entries/lane.ts'),
          bench: resolve('src-main/entries/bench.ts'),
          'bench-search': resolve('src-main/entries/bench-search.ts'),
        },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      outDir: 'out/preload',
      rolldownOptions: {
        input: { preload: resolve('src-main/entries/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    resolve: { alias },
    plugins: [vue()],
    build: {
      outDir: resolve('out/renderer'),
      assetsInlineLimit: 0,
      minify: true,
      rolldownOptions: { input: { index: resolve('src-renderer/index.html') } },
    },
  },
})
