import type { Message } from './message'

/** Why a device cannot be used, why one was chosen, and what happened to it. */
export const deviceMessages = {
  'device/not-bundled': {
    en: 'The ONNX Runtime installed here has no {device} for {platform}.',
    zh: '此处安装的 ONNX Runtime 不含适用于 {platform} 的 {device}。',
  },
  'device/cuda-not-installed': {
    en: 'The CUDA part of ONNX Runtime is not installed; `npm run setup:cuda -- --onnx-cuda` downloads it.',
    zh: '尚未安装 ONNX Runtime 的 CUDA 部分；可用 `npm run setup:cuda -- --onnx-cuda` 下载。',
  },
  'device/no-binary': { en: 'onnxruntime-node has no binary for {platform}.', zh: 'onnxruntime-node 没有适用于 {platform} 的程序文件。' },
  'device/package-missing': {
    en: 'The package {package} is not installed; it is optional, and `npm ci` tries again.',
    zh: '未安装软件包 {package}；它是可选的，可用 `npm ci` 重新安装。',
  },
  'device/library-missing': {
    en: 'The native library of TensorFlow is not in place; `npm run setup:cuda` puts it there.',
    zh: '缺少 TensorFlow 的本机库；可用 `npm run setup:cuda` 安装。',
  },
  'device/unchecked': {
    en: 'It has not been checked on this machine yet; `latent doctor` or the Settings page does that.',
    zh: '尚未在本机上检查；可运行 `latent doctor` 或在设置页面进行检查。',
  },
  'device/no-adapter': {
    en: 'There is no graphics adapter that {device} could use: {problem}.',
    zh: '没有可供 {device} 使用的图形适配器：{problem}。',
  },
  'device/no-gpu': {
    en: 'The TensorFlow installed here found no CUDA device; it is built without CUDA, or there is no NVIDIA GPU, no driver, or no CUDA library where the loader looks.',
    zh: '此处安装的 TensorFlow 没有找到 CUDA 设备：可能是不含 CUDA 的版本，或没有 NVIDIA 显卡、驱动程序或可加载的 CUDA 库。',
  },
  'device/cuda-libraries-missing': {
    en: 'Its CUDA part is there, but not what it needs: CUDA 12 and cuDNN 9, where the loader looks ({problem}).',
    zh: '其 CUDA 部分已安装，但缺少所需的 CUDA 12 和 cuDNN 9，或加载器找不到它们（{problem}）。',
  },
  'device/open-failed': { en: 'It could not be started: {problem}.', zh: '无法启动：{problem}。' },
  'device/self-test-failed': {
    en: 'It failed its self-test: {what} came out as {got} instead of {wanted}.',
    zh: '未通过自检：{what} 的结果为 {got}，应为 {wanted}。',
  },
  'device/probe-crashed': {
    en: 'The process that tried it ended unexpectedly (exit code {code}, signal {signal}).',
    zh: '测试进程意外结束（退出码 {code}，信号 {signal}）。',
  },
  'device/probe-timeout': { en: 'Its self-test was not done after {seconds} s.', zh: '自检在 {seconds} 秒内没有完成。' },
  'device/no-combination': { en: 'There is no such combination of runtime and device.', zh: '没有这样的运行时与设备组合。' },
  'device/float32-only': {
    en: '{model} is fitted in float64, which only ONNX Runtime on the CPU computes; {runtime} on {device} does not. Leave device and runtime at auto, or use `--device cpu --runtime onnx`.',
    zh: '{model} 以 float64 拟合，只有 CPU 上的 ONNX Runtime 支持，{device} 上的 {runtime} 不支持。请将设备和运行时设为 auto，或使用 cpu 与 onnx。',
  },

  'device/chosen-fastest': {
    en: '{runtime} on {device} passed its self-test and is the fastest here: {ms} ms for a step that takes the CPU {cpuMs} ms.',
    zh: '{device} 上的 {runtime} 通过了自检且在本机最快：自检步耗时 {ms} 毫秒，CPU 为 {cpuMs} 毫秒。',
  },
  'device/chosen-cpu-faster': {
    en: 'The CPU is the fastest here: {cpuMs} ms for a step that takes {runtime} on {device} {ms} ms.',
    zh: 'CPU 在本机最快：自检步耗时 {cpuMs} 毫秒，{device} 上的 {runtime} 为 {ms} 毫秒。',
  },
  'device/chosen-cpu-only': {
    en: 'No other device here passed its self-test.',
    zh: '本机没有其他设备通过自检。',
  },
  'device/chosen-float64': {
    en: 'This model is fitted in float64, which the CPU computes.',
    zh: '该模型以 float64 拟合，由 CPU 计算。',
  },
  'device/chosen-asked': { en: 'The specification asks for {runtime} on {device}.', zh: '实验规格指定使用 {device} 上的 {runtime}。' },
  'device/chosen-settings': { en: 'The settings ask for {runtime} on {device}.', zh: '设置中指定使用 {device} 上的 {runtime}。' },
  'device/chosen-as-before': {
    en: 'The run goes on where it began: {runtime} on {device}.',
    zh: '运行在原来的设备上继续：{device} 上的 {runtime}。',
  },
  'device/chosen-after-failure': {
    en: '{device} failed in the middle of the run, and the specification allows the CPU.',
    zh: '{device} 在运行中途失效，实验规格允许改用 CPU。',
  },

  'device/lost': {
    en: 'The device {device} ({runtime}) was lost in the middle of the run: {problem}. The last checkpoint is kept; resume it, or set onDeviceFailure: cpu to let such runs go on without it.',
    zh: '设备 {device}（{runtime}）在运行中途失效：{problem}。最近的检查点已保留；可继续该运行，或设置 onDeviceFailure: cpu 以便改用 CPU 继续。',
  },
  'device/out-of-memory': {
    en: 'The device {device} ({runtime}) ran out of memory: {problem}. The last checkpoint is kept; use a smaller batch or network, or set onDeviceFailure: cpu.',
    zh: '设备 {device}（{runtime}）内存不足：{problem}。最近的检查点已保留；请减小批大小或网络，或设置 onDeviceFailure: cpu。',
  },
  'device/lane-ended': {
    en: 'Thread {lane} of this run, which computed a share of the rows, ended in the middle: {problem}. Start the run again; with `threads: 1` it needs no further threads and the least memory.',
    zh: '本次运行中负责计算部分数据行的线程 {lane} 中途结束：{problem}。请重新启动运行；设置 `threads: 1` 则不需要额外线程，占用内存也最少。',
  },
  'device/too-large': {
    en: 'The program is too large for the device {device} ({runtime}): {problem}. Use a smaller batch or network, or `--device cpu`.',
    zh: '程序超出了设备 {device}（{runtime}）的限制：{problem}。请减小批大小或网络，或使用 cpu。',
  },
  'device/chosen-instead': {
    en: 'The run began with {runtime} on {device}, which cannot be used now. {reason}',
    zh: '该运行最初使用 {device} 上的 {runtime}，但现在无法使用。{reason}',
  },
  'device/continued-on-cpu': {
    en: '{device} ({runtime}) failed in the middle of the run ({problem}); it went on with the CPU from the last checkpoint, as onDeviceFailure: cpu asks.',
    zh: '{device}（{runtime}）在运行中途失效（{problem}）；已按 onDeviceFailure: cpu 的设置从最近的检查点改用 CPU 继续。',
  },
  'settings/damaged': {
    en: 'The settings file {path} cannot be read: {reason}. Save the settings again on the Settings page, or remove the file.',
    zh: '无法读取设置文件 {path}：{reason}。请在设置页面重新保存，或删除该文件。',
  },
} as const satisfies Record<string, Message>
