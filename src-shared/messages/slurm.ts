import type { Message } from './message'

export const slurmMessages = {
  'slurm/not-installed': {
    en: 'Slurm’s program {program} is not on this machine, so nothing can be sent to a cluster. Start the workbench on a machine of the cluster where {program} works, or leave out executor to compute here.',
    zh: '本机没有 Slurm 程序 {program}，无法向集群提交作业。请在可使用 {program} 的集群机器上启动本程序，或去掉 executor 在本机计算。',
  },
  'slurm/unreachable': {
    en: 'Slurm does not answer ({program}: {said}). Jobs that were sent go on; try again when the cluster is back.',
    zh: 'Slurm 没有响应（{program}：{said}）。已提交的作业会继续；请待集群恢复后重试。',
  },
  'slurm/refused': {
    en: 'Slurm refused the job: {said}. Change executor in the specification accordingly.',
    zh: 'Slurm 拒绝了该作业：{said}。请相应修改规格中的 executor。',
  },
  'slurm/no-partition': {
    en: 'The cluster has no partition {partition}. It has {known}.',
    zh: '集群没有名为 {partition} 的分区。现有分区：{known}。',
  },
  'slurm/no-partition-near': {
    en: 'The cluster has no partition {partition}. Did you mean {near}? It has {known}.',
    zh: '集群没有名为 {partition} 的分区。是否指 {near}？现有分区：{known}。',
  },
  'slurm/no-default-partition': {
    en: 'The cluster has no default partition. Set executor.partition to one of {known}.',
    zh: '集群没有默认分区。请将 executor.partition 设为 {known} 之一。',
  },
  'slurm/no-gpus': {
    en: 'The partition {partition} has no GPUs, and executor.gpus asks for {gpus}. {others}',
    zh: '分区 {partition} 没有 GPU，而 executor.gpus 要求 {gpus} 个。{others}',
  },
  'slurm/gpus-elsewhere': { en: 'These have some: {known}.', zh: '有 GPU 的分区：{known}。' },
  'slurm/gpus-nowhere': { en: 'No partition of this cluster has any. Set it to 0.', zh: '此集群没有带 GPU 的分区。请设为 0。' },
  'slurm/time-too-long': {
    en: 'executor.time is {time}, and the partition {partition} ends jobs after {limit} minutes. Ask for less, or choose another partition.',
    zh: 'executor.time 为 {time}，而分区 {partition} 的作业上限为 {limit} 分钟。请减少时间，或选择其他分区。',
  },
  'slurm/option-ours': {
    en: 'The option --{option} of sbatch is set by the program itself. Leave it out of executor.options; partition, time, cpus, gpus and memoryMb have fields of their own.',
    zh: 'sbatch 选项 --{option} 由本程序设置。请将其从 executor.options 中去掉；分区、时间、CPU、GPU 和内存有各自的字段。',
  },
  'slurm/chosen': { en: 'On the cluster: {device}, with {gpus} GPUs asked of Slurm.', zh: '在集群上计算：{device}，向 Slurm 申请 {gpus} 个 GPU。' },
  'slurm/waits': {
    en: 'Job {job} waits at Slurm for a reason that waiting does not mend: {reason}. Cancel it and change executor, or ask who runs the cluster.',
    zh: '作业 {job} 在 Slurm 中等待，但原因不会因等待而消除：{reason}。请取消并修改 executor，或询问集群管理员。',
  },
  'slurm/sent-again': {
    en: '{reason} The run was sent to Slurm again and goes on from its last checkpoint.',
    zh: '{reason}该运行已重新提交到 Slurm，并从最近的检查点继续。',
  },
  'slurm/time-limit': {
    en: 'Slurm ended job {job} at its time limit ({time}). Its last checkpoint is kept: raise executor.time, or resume the run to go on from there.',
    zh: 'Slurm 在作业 {job} 达到时间上限（{time}）时将其结束。最近的检查点已保留：可增大 executor.time，或继续该运行。',
  },
  'slurm/node-failed': {
    en: 'The node {node} of job {job} failed ({state}).',
    zh: '作业 {job} 所在的节点 {node} 发生故障（{state}）。',
  },
  'slurm/preempted': { en: 'Job {job} had to make room for another in the partition {partition}.', zh: '作业 {job} 在分区 {partition} 中被其他作业抢占。' },
  'slurm/out-of-memory': {
    en: 'Job {job} used more memory than Slurm gave it ({memoryMb} MB). Raise executor.memoryMb, or use a smaller batch or model.',
    zh: '作业 {job} 使用的内存超过了 Slurm 分配的数量（{memoryMb} MB）。请增大 executor.memoryMb，或使用更小的批次或模型。',
  },
  'slurm/cancelled-elsewhere': {
    en: 'Job {job} was cancelled at Slurm, not by the workbench. Resume the run to send it again.',
    zh: '作业 {job} 在 Slurm 中被取消，并非由本程序取消。可继续该运行以重新提交。',
  },
  'slurm/killed': {
    en: 'Job {job} was killed on the node {node} (signal {signal}), for example by an administrator or for want of memory. Resume the run to send it again.',
    zh: '作业 {job} 在节点 {node} 上被强制结束（信号 {signal}），可能是管理员所为或内存不足。可继续该运行以重新提交。',
  },
  'slurm/job-failed': {
    en: 'Job {job} ended on the node {node} without a last word ({state}, exit code {exitCode}, signal {signal}). The node must see the program and the data folder at the same paths as this machine. {log}',
    zh: '作业 {job} 在节点 {node} 上未报告结果就结束了（{state}，退出码 {exitCode}，信号 {signal}）。该节点必须能以与本机相同的路径访问程序和数据文件夹。{log}',
  },
  'slurm/job-lost': {
    en: 'Slurm no longer knows job {job}, and it left no last word in its run’s folder. Resume the run to send it again.',
    zh: 'Slurm 已没有作业 {job} 的记录，运行文件夹中也没有其结束信息。可继续该运行以重新提交。',
  },
} as const satisfies Record<string, Message>
