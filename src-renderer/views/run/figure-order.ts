const parts = ['train', 'validation', 'test']
const names = ['logLikelihood', 'elbo', 'lowerBound', 'reconstruction', 'kl', 'objective', 'bic', 'aic', 'icl', 'ari', 'nmi']
const place = (list: readonly string[], item: string): number => (list.includes(item) ? list.indexOf(item) : list.length)

/** Figures of a run part by part, what is fitted first; those of single dimensions are left to the curves. */
export const inOrder = (keys: readonly string[]): string[] =>
  keys.filter((key) => !key.endsWith(']')).sort((left, right) => {
    const [leftPart = '', leftName = ''] = left.split('/')
    const [rightPart = '', rightName = ''] = right.split('/')
    return place(parts, leftPart) - place(parts, rightPart) || place(names, leftName) - place(names, rightName) || left.localeCompare(right)
  })
