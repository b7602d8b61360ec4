/** Numbers in memory that threads of one process can share without copies. */
export const sharedFloat64 = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length))

export const inSharedMemory = ({ buffer }: Float64Array): boolean => buffer instanceof SharedArrayBuffer
