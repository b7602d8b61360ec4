import digitsPicture from '../theme/guided-digits.svg'
import geysersPicture from '../theme/guided-geysers.svg'

/** Ready-made experiments that stand first on the home screen, with a picture. */
export const guidedRuns = [
  { example: 'three-geysers', picture: geysersPicture, testId: 'guidedMixture' },
  { example: 'vae-digits', picture: digitsPicture, testId: 'guidedVae' },
] as const
