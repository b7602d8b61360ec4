import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const stored = <T extends string>(key: string, allowed: readonly T[], fallback: T): T => {
  const value = localStorage.getItem(key)
  return allowed.find((item) => item === value) ?? fallback
}

export const usePreferencesStore = defineStore('preferences', () => {
  const theme = ref<Theme>(stored('theme', themes, 'system'))
  const language = ref<'en' | 'zh'>(stored('language', ['en', 'zh'], navigator.language.startsWith('zh') ? 'zh' : 'en'))
  const systemDark = ref(matchMedia('(prefers-color-scheme: dark)').matches)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => (systemDark.value = event.matches))

  const dark = computed(() => theme.value === 'dark' || (theme.value === 'system' && systemDark.value))

  watch(theme, (value) => localStorage.setItem('theme', value))
  watch(language, (value) => localStorage.setItem('language', value))
  watch(dark, (value) => document.documentElement.classList.toggle('dark', value), { immediate: true })
  watch(language, (value) => (document.documentElement.lang = value === 'zh' ? 'zh-CN' : 'en'), { immediate: true })

  return { theme, language, dark }
})
