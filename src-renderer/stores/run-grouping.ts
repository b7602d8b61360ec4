import type { Grouping } from '@shared/domain/run-table'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export type { Grouping }

/** How the table of runs is grouped. */
export const useRunsTableGrouping = defineStore('run-grouping', () => ({ grouping: shallowRef<Grouping>({ kind: 'none' }) }))
