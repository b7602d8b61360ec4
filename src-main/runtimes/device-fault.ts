/*
 * Which errors of native libraries mean that a device is gone, full, or too small for a program. Their words: ONNX Runtime and Dawn (WebGPU), Direct3D, Vulkan, CUDA,
 * TensorFlow. Anything else is an error of its own.
 */

export type DeviceFault = 'lost' | 'out-of-memory' | 'too-large'

/** Limits that a device states itself, with the figure in the message. */
const tooLarge = /exceeds? the max\w* [\w ]*(limit|size)|is larger than the maximum|exceeds the maximum/i

const outOfMemory =
  /out of (\w+ )?memory|\bOOM\b|OUT_OF_(DEVICE_|HOST_)?MEMORY|E_OUTOFMEMORY|RESOURCE_EXHAUSTED|ResourceExhausted|failed to allocate memory|bad_alloc|available memory of \d+ is smaller|CUDA failure 2\b|cudaErrorMemoryAllocation|Array buffer allocation failed|\[Invalid Buffer[^\]]*\] is invalid due to a previous error/i
const lost =
  /device (was |is |has been )?(lost|removed|destroyed|hung)|DEVICE_(LOST|REMOVED|HUNG|RESET)|\[Device[^\]]*\] is lost|lost device|GPU (was )?(lost|reset|has fallen off)|illegal memory access|unspecified launch failure|launch (failed|timed out)|cudaError(LaunchFailure|IllegalAddress|DevicesUnavailable|DeviceUninitialized|ECCUncorrectable)|CUDA_ERROR_(LAUNCH_FAILED|ILLEGAL_ADDRESS|LAUNCH_TIMEOUT|DEVICE_UNAVAILABLE|ECC_UNCORRECTABLE)|uncorrectable ECC/i

export function deviceFaultOf(error: unknown): DeviceFault | null {
  const message = error instanceof Error ? error.message : ''
  if (tooLarge.test(message)) return 'too-large'
  return outOfMemory.test(message) ? 'out-of-memory' : lost.test(message) ? 'lost' : null
}
