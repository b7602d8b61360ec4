import { execFileSync } from 'node:child_process'

interface RunningProcess {
  pid: number
  parent: number
  command: string
}

const runningProcesses = (): RunningProcess[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)
      return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }] : []
    })

/** Worker processes that descend from a host, as an outsider sees them. */
export function workersOf(hostPid: number): number[] {
  const all = runningProcesses()
  const descendants = new Set([hostPid])
  for (let size = 0; size !== descendants.size;) {
    size = descendants.size
    for (const { pid, parent } of all) if (descendants.has(parent)) descendants.add(pid)
  }
  return all.filter(({ pid, command }) => pid !== hostPid && descendants.has(pid) && /worker\.js\b/.test(command)).map(({ pid }) => pid)
}
