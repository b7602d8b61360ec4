import type { Sums } from './lane-messages'

export function addSums(total: Sums, parts: Readonly<Sums>): void {
  for (const [name, part] of Object.entries(parts)) {
    const sum = (total[name] ??= new Float64Array(part.length))
    for (let index = 0; index < sum.length; index += 1) sum[index]! += part[index]!
  }
}
