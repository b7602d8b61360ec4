import { onBeforeUnmount, onMounted } from 'vue'

/** Keys of a page, by their name in lower case (`j`, `enter`, `ctrl+z`, which is ⌘ too). They do nothing where something is typed or chosen. */
export function useKeys(actions: Record<string, () => unknown>): void {
  function onKey(event: KeyboardEvent): void {
    if (event.altKey || event.defaultPrevented) return
    const target = event.target as HTMLElement
    const isField = target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== 'checkbox')
    if (isField) return
    const key = `${event.ctrlKey || event.metaKey ? 'ctrl+' : ''}${event.key.toLowerCase()}`
    const isPressing = (key === 'enter' || key === ' ') && target.closest('a, button, input') !== null
    if (isPressing || !Object.hasOwn(actions, key)) return
    event.preventDefault()
    actions[key]!()
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
}
