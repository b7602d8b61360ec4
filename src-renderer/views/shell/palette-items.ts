import { computed, type ComputedRef } from 'vue'
import { useRouter } from 'vue-router'
import type { PaletteItem } from '../../components/palette-item'
import { useWords } from '../../i18n/i18n'
import { useDatasetsStore } from '../../stores/datasets'
import { themes, usePreferencesStore } from '../../stores/preferences'
import { useRunsStore } from '../../stores/runs'

/** Everything the palette can find: places, settings, datasets and runs. */
export function usePaletteItems(): ComputedRef<PaletteItem[]> {
  const { t } = useWords()
  const router = useRouter()
  const preferences = usePreferencesStore()
  const datasets = useDatasetsStore()
  const runs = useRunsStore()
  const to = (path: string) => (): void => void router.push(path)

  const places = computed<PaletteItem[]>(() =>
    (
      [
        ['/new', 'newRun.title'],
        ['/data', 'data.title'],
        ['/data/import', 'import.title'],
        ['/runs', 'runs.title'],
        ['/select', 'select.title'],
        ['/sweeps', 'sweep.title'],
        ['/sweeps/new', 'sweep.newTitle'],
        ['/compare', 'compare.title'],
        ['/latent', 'latent.title'],
        ['/evidence', 'evidence.title'],
        ['/diagnosis', 'diagnosis.title'],
        ['/reports', 'report.title'],
        ['/reports/new', 'report.newTitle'],
        ['/exchange', 'exchange.title'],
        ['/settings', 'settings.title'],
        ['/', 'rail.home'],
      ] as const
    ).map(([path, key]) => ({ id: path, group: t('palette.go'), title: t(key), run: to(path) })),
  )
  const settings = computed<PaletteItem[]>(() => [
    ...themes.map((theme) => ({
      id: `theme ${theme}`,
      group: t('palette.theme'),
      title: t(`rail.themes.${theme}`),
      run: () => void (preferences.theme = theme),
    })),
    { id: 'language en', group: t('palette.language'), title: 'English', run: () => void (preferences.language = 'en') },
    { id: 'language zh', group: t('palette.language'), title: '中文', run: () => void (preferences.language = 'zh') },
  ])
  const things = computed<PaletteItem[]>(() => [
    ...runs.list.map((run) => ({ id: run.id, group: t('palette.run'), title: run.name, run: to(`/runs/${run.id}`) })),
    ...datasets.list.flatMap((dataset) => [
      { id: dataset.id, group: t('palette.dataset'), title: dataset.name, run: to(`/data/${dataset.id}`) },
      {
        id: `fit ${dataset.id}`,
        group: t('palette.go'),
        title: t('palette.fit', { name: dataset.name }),
        run: to(`/new?dataset=${encodeURIComponent(dataset.name)}`),
      },
    ]),
  ])
  return computed(() => [...places.value, ...things.value, ...settings.value])
}
