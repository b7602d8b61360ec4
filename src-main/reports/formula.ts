import temml from 'temml'

/*
 * Formulas that users write. The same check holds for every format: commands of mathematics only, and what the converter understands; so a
 * formula can neither define macros nor read files where the LaTeX is compiled, nor carry addresses into HTML.
 */

const words = `
  alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho sigma varsigma tau upsilon
  phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar imath jmath partial nabla infty emptyset
  varnothing forall exists nexists neg lnot top bot angle prime dots ldots cdots vdots ddots Re Im aleph
  pm mp times div cdot ast star circ bullet oplus ominus otimes odot cap cup sqcap sqcup wedge vee land lor setminus
  le leq ge geq ne neq ll gg equiv sim simeq approx cong propto perp parallel mid nmid in notin ni subset subseteq supset supseteq
  prec succ preceq succeq vdash models to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longrightarrow
  longleftarrow mapsto implies iff uparrow downarrow hookrightarrow
  sum prod coprod int iint oint bigcup bigcap bigoplus bigotimes bigvee bigwedge
  sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh exp log ln lg det dim ker max min sup inf lim limsup liminf arg gcd deg Pr
  operatorname frac dfrac tfrac binom sqrt overline underline hat widehat tilde widetilde bar vec dot ddot check acute grave breve
  overbrace underbrace overset underset stackrel
  left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr lvert rvert lVert rVert langle rangle lfloor rfloor lceil rceil
  lbrace rbrace vert Vert backslash
  mathbf mathrm mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol bm text textbf textit textrm
  quad qquad limits nolimits displaystyle textstyle scriptstyle begin end nonumber not
`
const allowed = new Set(words.split(/\s+/).filter(Boolean))
/** Commands of one sign: spaces, braces, a new line. */
const signs = new Set([...',:;!|{}%&#_$ \\'])
const environments = new Set(['matrix', 'pmatrix', 'bmatrix', 'vmatrix', 'Vmatrix', 'cases', 'aligned', 'array', 'split', 'gathered', 'smallmatrix'])
const longest = 20_000

function hasOnlyMathematics(tex: string): boolean {
  for (const [, word, sign] of tex.matchAll(/\\(?:([a-zA-Z]+)|([\s\S]))/g)) {
    if (word !== undefined ? !allowed.has(word) : !signs.has(sign!)) return false
  }
  for (const [, name] of tex.matchAll(/\\(?:begin|end)\s*\{([^}]*)\}/g)) if (!environments.has(name!)) return false
  // \begin without a name, a lone backslash at the end, comments, parameters, active characters
  return !/\\(?:begin|end)(?!\s*\{)|\\$|(?<!\\)[%#~]|\^\^/.test(tex)
}

const options = { throwOnError: true, trust: false, strict: false, maxSize: [25, 25] as [number, number], maxExpand: 500 }

export function isSafeFormula(tex: string): boolean {
  if (tex.trim() === '' || tex.length > longest || /[$\0]/.test(tex.replaceAll(String.raw`\$`, '')) || !hasOnlyMathematics(tex)) return false
  try {
    temml.renderToString(tex, options)
    return true
  } catch {
    return false
  }
}

/** MathML, which browsers draw themselves. */
export const formulaMathml = (tex: string, display: boolean): string => temml.renderToString(tex, { ...options, displayMode: display })
