import type { RuntimeInfo } from '@shared/domain/system'
import { say } from '../language'
import { fields, inWords, type Result, shortNumber, table, tell } from '../output'
import type { Session } from '../session'

export interface DoctorFlags {
  /** false: only what is known already. */
  probe: boolean
}

/** Tries every device unless told not to, and says what works and why the rest does not. */
export async function doctor({ client, joined }: Session, { probe }: DoctorFlags): Promise<Result> {
  if (probe) {
    const ends = client.on('devices.changed', ({ checking }) => {
      if (checking) tell(say(`Checking ${checking.runtime} on ${checking.device} …`, `正在检查 ${checking.device} 上的 ${checking.runtime}……`))
    })
    await client.call('devices.probe', {}).finally(ends)
  }
  const info = await client.call('system.info', {})
  const cpu = info.runtimes.find(({ name, device }) => name === 'onnx' && device === 'cpu')
  const text = [
    fields([
      [say('version', '版本'), info.version],
      ['Node', info.node],
      ['Electron', info.electron],
      [say('platform', '平台'), `${info.platform}, ${say(`${info.cores} cores`, `${info.cores} 核`)}`],
      [say('data folder', '数据文件夹'), info.home],
      [
        say('host', '主机'),
        joined ? say(`joined one that is running (${info.host})`, `已加入正在运行的主机（${info.host}）`) : say('this command', '本命令'),
      ],
    ]),
    '',
    table(
      [say('runtime', '运行时'), say('device', '设备'), say('precision', '精度'), say('step', '每步'), say('available', '可用')],
      info.runtimes.map((one) => [
        one.name,
        one.device,
        one.precision.join(', '),
        one.msPerStep === undefined ? '–' : `${shortNumber(Number(one.msPerStep.toPrecision(3)))} ms`,
        verdict(one, cpu),
      ]),
    ),
    '',
    say('step: one training step of a VAE 784–512–20, batch 128, float32.', '每步：VAE 784–512–20 的一个训练步，批大小 128，float32。'),
  ].join('\n')
  return { json: info, text }
}

function verdict({ available, state, notice, msPerStep, device }: RuntimeInfo, cpu: RuntimeInfo | undefined): string {
  if (!available) return `${say('no', '否')}: ${notice ? inWords(notice) : ''}`
  if (state === 'unchecked') return say('yes, not checked', '是，尚未检查')
  const isSlower = device !== 'cpu' && msPerStep !== undefined && cpu?.msPerStep !== undefined && msPerStep >= cpu.msPerStep
  return isSlower ? say('yes, but slower than the CPU', '是，但比 CPU 慢') : say('yes', '是')
}
