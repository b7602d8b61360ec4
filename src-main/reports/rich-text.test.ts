import { describe, expect, it } from 'vitest'
import { formulaMathml, isSafeFormula } from './formula'
import { parseInline, parseRichText } from './rich-text'

describe('Markdown of a text block', () => {
  it('has headings, paragraphs, lists, quotes, code and formulas', () => {
    const blocks = parseRichText('# A\n\none\ntwo\n\n- x\n- y\n\n1. a\n2. b\n\n> said\n> so\n\n```\n<b>\n```\n\n$$\n\\sum_i x_i\n$$\n\nend')
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'list', 'quote', 'code', 'formula', 'paragraph'])
    expect(blocks[1]).toEqual({ kind: 'paragraph', inner: [{ kind: 'text', text: 'one two' }] })
    expect(blocks[6]).toEqual({ kind: 'formula', tex: '\\sum_i x_i' })
  })
  it.each([
    ['**bold** and *emphasis*', ['strong', 'text', 'emphasis']],
    ['`code *stays*`', ['code']],
    ['$x_1$ and $5 or $6', ['formula', 'text']],
    ['train_loss and test_loss', ['text']],
    ['a \\*star\\*', ['text']],
    ['3 * 4 * 5', ['text']],
    ['**no end', ['text']],
  ])('%s', (text, kinds) => {
    expect(parseInline(text).map(({ kind }) => kind)).toEqual(kinds)
  })
  it('addresses become words: a report leads nowhere', () => {
    expect(parseInline('see [here](https://example.org) ![](x.png)')).toEqual([{ kind: 'text', text: 'see ' }, { kind: 'text', text: 'here (https://example.org)' }, { kind: 'text', text: ' ' }, { kind: 'text', text: 'x.png' }])
  })
})

describe('formulas', () => {
  it.each([
    String.raw`\log p(x) \ge \mathbb{E}_{q}\left[\log \frac{p(x,z)}{q(z\mid x)}\right]`,
    String.raw`\begin{pmatrix} a & b \\ c & d \end{pmatrix}`,
    String.raw`\operatorname{KL}\!\left(q \,\|\, p\right) \text{ nats}`,
    'x^2_i',
  ])('%s is one', (tex) => {
    expect(isSafeFormula(tex)).toBe(true)
    expect(formulaMathml(tex, true)).toMatch(/^<math/)
  })
  it.each([
    String.raw`\input{/etc/passwd}`,
    String.raw`\def\x{\x}\x`,
    String.raw`\newcommand{\x}{y}`,
    String.raw`\href{https://example.org}{x}`,
    String.raw`\includegraphics{x.png}`,
    String.raw`\write18{ls}`,
    String.raw`\csname input\endcsname`,
    String.raw`\catcode 64 11`,
    String.raw`\begin{filecontents}x\end{filecontents}`,
    String.raw`x^^5cinput`,
    String.raw`\frac{1`,
    'x % y',
    '}{',
    '',
  ])('%s is none and stays text', (tex) => {
    expect(isSafeFormula(tex)).toBe(false)
    if (tex !== '') expect(parseInline(`$${tex}$`).every(({ kind }) => kind === 'text')).toBe(true)
  })
  it('MathML holds no handlers, links or scripts', () => {
    expect(formulaMathml(String.raw`\text{<script>alert(1)</script> onclick="x"}`, false)).not.toMatch(/<script|<[^>]*\son\w+=|href/)
  })
})
