import * as ort from 'onnxruntime-node'

/** Whether the ONNX Runtime that is installed has such an execution provider. On Linux CUDA counts where its library was added. */
export const hasBackend = (name: string): boolean => ort.listSupportedBackends().some((backend) => backend.name === name && (backend.bundled || name === 'cuda'))
