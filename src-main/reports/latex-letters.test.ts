import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { escapeLatex } from './latex-letters'

const letters = String.raw`\~^<>|` + '`·—–−ℒ#$%&_{}₀₁₉⁰²⁹αβγδεζηθικλμνξπρςστυφχψωΓΔΘΛΞΠΣΥΦΨΩϕϵµ±×÷≤≥≠≈≡∼∝∞∑∏∫√∂∇∈∉∣∥≪≫→←↑↓↔⇒⇐⇔∘∀∃∅∪∩⊂ℓ‘’‚“”„†‡•…‰€™ÅéøßłŽ'

describe('letters of a LaTeX report', () => {
  it('nothing that was typed is a command, Chinese stays, and a letter that no engine has stands by its number', () => {
    expect(escapeLatex(String.raw`\input{a}_β₁ 高斯（混合）` + '😀\n')).toBe(String.raw`\textbackslash{}input\{a\}\_\ensuremath{\beta}\ensuremath{_{1}} 高斯（混合）\texttt{U+1F600} `)
  })
  it('all of them compile by pdfLaTeX', ({ skip }) => {
    if (spawnSync('pdflatex', ['--version'], { stdio: 'ignore' }).status !== 0) return skip('pdflatex is not installed (Debian: texlive-latex-recommended)')
    const folder = mkdtempSync(join(tmpdir(), 'latent-letters-'))
    try {
      const packages = String.raw`\documentclass{article}\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\usepackage{amsmath,amssymb}`
      writeFileSync(join(folder, 'a.tex'), `${packages}\\begin{document}\n${[...letters, '😀', 'Ж'].map(escapeLatex).join(' ')}\n\\end{document}\n`)
      expect(spawnSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 'a.tex'], { cwd: folder, encoding: 'utf8', timeout: 60_000 }).stdout).toMatch(/Output written on a\.pdf/)
    } finally {
      rmSync(folder, { recursive: true })
    }
    return undefined
  }, 90_000)
})
