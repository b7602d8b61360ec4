import { say } from '../language'
import { fields, type Result, table } from '../output'
import type { Session } from '../session'

export async function doctor({ client, joined }: Session): Promise<Result> {
  const info = await client.call('system.info', {})
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
      [say('runtime', '运行时'), say('device', '设备'), say('precision', '精度'), say('available', '可用')],
      info.runtimes.map(({ name, device, precision, available, reason }) => [
        name,
        device,
        precision.join(', '),
        available ? say('yes', '是') : say(`no: ${reason ?? ''}`, `否：${reason ?? ''}`),
      ]),
    ),
  ].join('\n')
  return { json: info, text }
}
