/** Codes that were put aside under a letter. */
export const slotNames = ['A', 'B', 'C'] as const
export type SlotName = (typeof slotNames)[number]
export type CodeSlots = Readonly<Record<SlotName, readonly number[] | null>>
export const emptySlots: CodeSlots = { A: null, B: null, C: null }
