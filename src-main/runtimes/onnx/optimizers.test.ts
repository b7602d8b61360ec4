import { expect, it } from 'vitest'
import { differentiate } from '../../graph/differentiate'
import { add, multiply, reduceSum, square, subtract } from '../../graph/ops'
import { adamRates, adamStep } from '../../graph/optimizers'
import { buildProgram } from '../../graph/program'
import { input, parameter } from '../../graph/tensor'
import { createOnnxRuntime } from './onnx-runtime'

it('Adam takes the steps of its definition', async () => {
  const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
  const rate = 0.05
  const weights = parameter('weights', [3], 'float64')
  const target = input('target', [3], 'float64')
  // f = Σ (w − target)² + w·target, whose gradient is 2(w − target) + target
  const loss = reduceSum(add(square(subtract(weights, target)), multiply(weights, target)))
  const step = adamStep([weights], differentiate(loss, [weights]), options)
  const executable = await createOnnxRuntime({ threads: 1 }).compile(buildProgram({ name: 'adam', outputs: { loss }, updates: step.updates }))
  const zeros = (): Float64Array => new Float64Array(3)
  executable.load({ weights: Float64Array.of(1, -2, 3), 'adam/m/weights': zeros(), 'adam/v/weights': zeros() })
  const aim = Float64Array.of(0.5, 4, -1)
  const plain = [1, -2, 3]
  const [m, v] = [[0, 0, 0], [0, 0, 0]]
  for (let t = 1; t <= 50; t += 1) {
    await executable.run({ target: aim, ...adamRates(t, rate, options) })
    for (let i = 0; i < 3; i += 1) {
      const g = 2 * (plain[i]! - aim[i]!) + aim[i]!
      m![i] = options.beta1 * m![i]! + (1 - options.beta1) * g
      v![i] = options.beta2 * v![i]! + (1 - options.beta2) * g * g
      plain[i]! -= (rate * (m![i]! / (1 - options.beta1 ** t))) / (Math.sqrt(v![i]! / (1 - options.beta2 ** t)) + options.epsilon)
    }
  }
  const { weights: got } = await executable.read()
  plain.forEach((value, index) => expect(got![index]).toBeCloseTo(value, 12))
})
