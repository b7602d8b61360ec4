import { expect, it } from 'vitest'
import { minimizeByLbfgs, programFunction } from '../../inference/lbfgs'
import { differentiate } from '../../graph/differentiate'
import { add, matmul, multiply, reduceSum, reshape, slice, softplus, square, subtract } from '../../graph/ops'
import { buildProgram } from '../../graph/program'
import { type Tensor, input, parameter } from '../../graph/tensor'
import { createOnnxRuntime } from './onnx-runtime'

async function compile(parameters: Tensor[], loss: Tensor) {
  const gradients = differentiate(loss, parameters)
  const outputs = Object.fromEntries([['loss', loss], ...gradients.map((gradient, index) => [`gradient:${parameters[index]!.name}`, gradient] as const)])
  return createOnnxRuntime({ threads: 1 }).compile(buildProgram({ name: 'smooth', outputs }))
}

it('L-BFGS finds the bottom of the Rosenbrock valley', async () => {
  const x = parameter('x', [6], 'float64')
  const [head, tail] = [slice(x, 0, 0, 5), slice(x, 0, 1, 6)]
  const loss = reduceSum(add(multiply(square(subtract(tail, square(head))), 100), square(subtract(1, head))))
  const { evaluate } = programFunction(await compile([x], loss), {})
  const result = await minimizeByLbfgs(evaluate, Float64Array.of(-1.2, 1, -1.2, 1, -1.2, 1), { maxIterations: 500, tolerance: 1e-9 })
  expect(result.converged).toBe(true)
  expect(result.iterations).toBeLessThan(120)
  result.x.forEach((value) => expect(value).toBeCloseTo(1, 8))
})

it('L-BFGS gives the coefficients of a regularized logistic regression', async () => {
  const rows = 6
  const features = Float64Array.of(0.5, -1, 1.5, 0.3, -0.7, 2, -1.2, -0.4, 0.9, -1.1, 0.1, 0.6)
  const labels = Float64Array.of(1, 1, 0, 0, 1, 0)
  const [weights, bias] = [parameter('weights', [2, 1], 'float64'), parameter('bias', [1], 'float64')]
  const logits = reshape(add(matmul(input('x', [rows, 2], 'float64'), weights), bias), [rows])
  const likelihood = reduceSum(subtract(multiply(input('y', [rows], 'float64'), logits), softplus(logits)))
  const loss = subtract(multiply(reduceSum(square(weights)), 0.5), likelihood)
  const { evaluate, split } = programFunction(await compile([weights, bias], loss), { x: features, y: labels })
  const { x, converged } = await minimizeByLbfgs(evaluate, new Float64Array(3), { maxIterations: 100, tolerance: 1e-10 })
  expect(converged).toBe(true)
  // scikit-learn 1.2.1: LogisticRegression(C=1, tol=1e-14, solver='newton-cholesky').fit(x, y)
  const found = split(x)
  expect(found['weights']![0]).toBeCloseTo(1.0010401571519718, 6)
  expect(found['weights']![1]).toBeCloseTo(-0.7036311220127209, 6)
  expect(found['bias']![0]).toBeCloseTo(-0.20291994179183864, 6)
})
