import { logSoftmax } from '../graph/compose'
import { differentiate } from '../graph/differentiate'
import { add, matmul, multiply, reduceSum, square, subtract } from '../graph/ops'
import { type Program, buildProgram } from '../graph/program'
import { input, parameter } from '../graph/tensor'

/**
 * The loss of multinomial logistic regression with a ridge on its weights, and its gradients:
 *
 * loss = ½‖W‖² − Σ_i log softmax(x_i·W + b)[class of i]
 *
 * Inputs x [rows, columns] and classes [rows, classes], one-hot; parameters weights [columns, classes] and bias [classes]; outputs loss [],
 * gradient:weights and gradient:bias. float64.
 */
export function logisticRegression(rows: number, columns: number, classes: number): Program {
  const weights = parameter('weights', [columns, classes], 'float64')
  const bias = parameter('bias', [classes], 'float64')
  const logProbability = logSoftmax(add(matmul(input('x', [rows, columns], 'float64'), weights), bias), 1)
  const likelihood = reduceSum(multiply(input('classes', [rows, classes], 'float64'), logProbability))
  const loss = subtract(multiply(reduceSum(square(weights)), 0.5), likelihood)
  const [ofWeights, ofBias] = differentiate(loss, [weights, bias])
  return buildProgram({ name: 'logistic-regression', outputs: { loss, 'gradient:weights': ofWeights!, 'gradient:bias': ofBias! } })
}
