/** Something the palette can do or open. */
export interface PaletteItem {
  id: string
  group: string
  title: string
  run: () => void
}
