/* Letters for every engine of LaTeX: pdfLaTeX stops at one that it does not know, XeLaTeX leaves it out without a word. */

const math = (command: string): string => String.raw`\ensuremath{${command}}`
const named = (letters: string, commands: string): [string, string][] => {
  const words = commands.split(' ')
  return [...letters].map((letter, index) => [letter, math(`\\${words[index]!}`)])
}

const table = new Map<string, string>([
  ['\\', String.raw`\textbackslash{}`],
  ['~', String.raw`\textasciitilde{}`],
  ['^', String.raw`\textasciicircum{}`],
  ['<', String.raw`\textless{}`],
  ['>', String.raw`\textgreater{}`],
  ['|', String.raw`\textbar{}`],
  ['`', String.raw`\textasciigrave{}`],
  ['·', String.raw`\textperiodcentered{}`],
  ['—', '---'],
  ['–', '--'],
  ['−', math('-')],
  ['ℒ', math(String.raw`\mathcal{L}`)],
  ...[...'#$%&_{}'].map((one): [string, string] => [one, `\\${one}`]),
  ...[...'₀₁₂₃₄₅₆₇₈₉'].map((one, digit): [string, string] => [one, math(`_{${digit}}`)]),
  ...[...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((one, digit): [string, string] => [one, math(`^{${digit}}`)]),
  ...named('αβγδεζηθικλμνξπρςστυφχψω', 'alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho varsigma sigma tau upsilon varphi chi psi omega'),
  ...named('ΓΔΘΛΞΠΣΥΦΨΩϕϵµ', 'Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega phi epsilon mu'),
  ...named('±×÷≤≥≠≈≡∼∝∞∑∏∫√∂∇∈∉∣∥≪≫', 'pm times div le ge ne approx equiv sim propto infty sum prod int surd partial nabla in notin mid parallel ll gg'),
  ...named('→←↑↓↔⇒⇐⇔∘∀∃∅∪∩⊂ℓ', 'to gets uparrow downarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow circ forall exists emptyset cup cap subset ell'),
])
/** What the Latin fonts of LaTeX have, and what ctex brings: documents with Chinese letters use it. */
const latin = /[\u0020-\u007e\u00a0-\u017f‘’‚“”„†‡•…‰€™]/
const chinese = /\p{Script=Han}|[\u3000-\u303f\uff00-\uffef]/u

/** Nothing that a user typed is a command; a letter that no engine has stands by its number. */
export const escapeLatex = (text: string): string =>
  [...text.replaceAll(/[\r\n]+/g, ' ')]
    .map((one) => table.get(one) ?? (latin.test(one) || chinese.test(one) ? one : String.raw`\texttt{U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}}`))
    .join('')
