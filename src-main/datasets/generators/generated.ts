import type { Truth } from '@shared/domain/generator'

/** What a generator makes: a table or images, with what is known of them. */
export interface Generated extends Omit<Truth, 'generator'> {
  /** A table, row-major [rows, names.length]. */
  table?: { names: string[]; values: Float64Array; categories?: Record<string, string[]> }
  /** Images, row-major [rows, height, width, channels]. */
  images?: { shape: [number, number, number, number]; pixels: Uint8Array }
  /** The component, arm or state that made each row. */
  labels: { name: string; classes: string[]; codes: Int32Array } | null
}

export const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1))
export const axes = (count: number): string[] => numbered(count).map((number) => `x${number}`)
