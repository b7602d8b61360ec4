import { describe, expect, it, test } from 'vitest'
import { slurmExecutorSchema } from '@shared/domain/executor'
import { sentence } from '@shared/messages/messages'
import { scriptOf } from './batches'
import { endingInWords, isClusterFault } from './job-ending'
import { takenBefore } from './replay'
import { parsePartitions, parseShown, parseStates, submission } from './slurm-commands'

const request = slurmExecutorSchema.parse({ kind: 'slurm', partition: 'lab', memoryMb: 2000, time: '0:30:00' })
const shown = (state: string, exit: string): string =>
  `JobId=10 ArrayJobId=8 ArrayTaskId=1 JobName=k.sh JobState=${state} Reason=None ExitCode=${exit} TimeLimit=00:30:00 NodeList=node7 NumNodes=1`

describe('a job that did not say how it ended', () => {
  it.each([
    ['TIMEOUT', '0:15', 'slurm/time-limit', 'at its time limit (00:30:00)', '时间上限（00:30:00）'],
    ['NODE_FAIL', '0:0', 'slurm/node-failed', 'The node node7 of job 8_1 failed', '节点 node7 发生故障'],
    ['PREEMPTED', '0:15', 'slurm/preempted', 'make room for another in the partition lab', '分区 lab 中被其他作业抢占'],
    ['OUT_OF_MEMORY', '0:125', 'slurm/out-of-memory', 'more memory than Slurm gave it (2000 MB)', '超过了 Slurm 分配的数量（2000 MB）'],
    ['CANCELLED', '0:15', 'slurm/cancelled-elsewhere', 'cancelled at Slurm, not by the workbench', '并非由本程序取消'],
    ['FAILED', '0:9', 'slurm/killed', 'killed on the node node7 (signal 9)', '在节点 node7 上被强制结束（信号 9）'],
    ['FAILED', '28:0', 'system/disk-full', 'data folder /home/lab is full', '/home/lab 所在的磁盘已满'],
    ['FAILED', '127:0', 'slurm/job-failed', 'node: not found', 'node: not found'],
  ])('in the state %s with exit code %s is told as %s in both languages', (state, exit, code, english, chinese) => {
    const problem = endingInWords({ end: parseShown(shown(state, exit)), job: '8_1', request, log: 'job.sh: node: not found\n', home: '/home/lab' })
    expect(problem.code).toBe(code)
    expect(sentence(problem.code, problem.details, 'en')).toContain(english)
    expect(sentence(problem.code, problem.details, 'zh')).toContain(chinese)
    expect(isClusterFault(state)).toBe(['NODE_FAIL', 'PREEMPTED'].includes(state))
  })
})

test('every wish of a specification is an option of sbatch, and nothing else is asked', () => {
  const full = slurmExecutorSchema.parse({ kind: 'slurm', partition: 'gpu', gpus: 2, cpus: 8, memoryMb: 16000, time: '1-12', options: ['--account=lab'] })
  const wanted = ['--partition=gpu', '--time=1-12', '--mem=16000M', '--gres=gpu:2', '--account=lab', '--cpus-per-task=8', '--array=0-11']
  expect(submission(full, { name: 'latent-b', folder: '/b', count: 12 })).toEqual(expect.arrayContaining(wanted))
  expect(submission(slurmExecutorSchema.parse({ kind: 'slurm' }), { name: 'latent-b', folder: '/b', count: 1 }).join(' ')).not.toMatch(/partition|time|mem|gres/)
})

test('a folder with quotes and spaces stays one word of the script', () => {
  const script = scriptOf({ path: '/opt/node', environment: { ELECTRON_RUN_AS_NODE: '1' } }, "/it's here/job.js", '/a b')
  expect(script).toBe("#!/bin/sh\nexport ELECTRON_RUN_AS_NODE='1'\nexec '/opt/node' '--max-semi-space-size=4' '/it'\\''s here/job.js' '/a b'\n")
})

test('what squeue and sinfo print is read', () => {
  expect(parseStates('latent-a|8|2|PENDING|Resources\nlatent-a|8|N/A|PENDING|None\n')).toEqual([{ name: 'latent-a', jobId: '8', index: 2, state: 'PENDING', reason: 'Resources' }])
  expect(parsePartitions('lab*|1:00:00|(null)\ngpu|2-00:00:00|gpu:a100:4(S:0-1)\ngpu|2-00:00:00|(null)\nlong|infinite|(null)\n')).toEqual([
    { name: 'lab', isDefault: true, timeLimitMinutes: 60, gpus: false },
    { name: 'gpu', isDefault: false, timeLimitMinutes: 2880, gpus: true },
    { name: 'long', isDefault: false, timeLimitMinutes: null, gpus: false },
  ])
})

test('before a file is taken in again, each key loses exactly what the file holds of it', () => {
  const points = (key: string, ...steps: number[]) => ({ at: 0, message: { kind: 'metrics' as const, points: steps.map((step) => ({ key, step, value: 0 })) } })
  const back = takenBefore([points('train/elbo', 4, 5), points('validation/elbo', 6), points('train/elbo', 6)])
  const kept = (key: string, step: number): boolean => back.every(({ keys, afterStep }) => !keys.includes(key) || step <= afterStep)
  expect([3, 4, 5, 6].map((step) => kept('train/elbo', step))).toEqual([true, false, false, false])
  expect([5, 6].map((step) => kept('validation/elbo', step))).toEqual([true, false])
  expect(kept('test/elbo', 1)).toBe(true)
})
