import { add, gradientsOf, like } from './ops'
import { inOrder } from './program'
import { ShapeError, type Tensor, describeShape } from './tensor'

/**
 * Gradients of a scalar with respect to tensors of its graph, by reverse accumulation.
 *
 * @param loss  []
 * @param wrt   any tensors; one that the loss does not depend on is an error, since it could not be learned
 * @returns     one gradient per tensor of `wrt`, in its shape
 */
export function differentiate(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0) throw new ShapeError(`differentiate: the loss must be a scalar, not ${describeShape(loss)}`)
  const order = inOrder([loss])
  const needed = new Set<Tensor>(wrt)
  for (const tensor of order) if (tensor.inputs.some((source) => needed.has(source))) needed.add(tensor)

  const gradients = new Map<Tensor, Tensor>([[loss, like(1, loss)]])
  for (const tensor of order.reverse()) {
    const upstream = gradients.get(tensor)
    if (!upstream || !needed.has(tensor) || tensor.inputs.length === 0) continue
    const parts = gradientsOf(tensor, upstream)
    for (const [index, source] of tensor.inputs.entries()) {
      const part = parts[index]
      if (!part || !needed.has(source)) continue
      const sum = gradients.get(source)
      gradients.set(source, sum ? add(sum, part) : part)
    }
  }
  return wrt.map((tensor) => {
    const gradient = gradients.get(tensor)
    if (!gradient) throw new ShapeError(`differentiate: the loss does not depend on ${describeShape(tensor)}`)
    return gradient
  })
}
