export { covarianceEllipse } from '@shared/math/covariance-ellipse'
