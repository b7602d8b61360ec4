import { describe, expect, it } from 'vitest'
import { figureSvg } from './figure-svg'
import { safeSvg } from './safe-svg'

const around = (inner: string): string => `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">${inner}</svg>`

describe('pictures from a window', () => {
  it('what charts are made of passes, without rules for a pointer', () => {
    const curves = [{ label: 'a < b', step: [1, 2], value: [1, 2] }, { label: '高斯', step: [1, 2], value: [2, 1], kind: 'points' as const }]
    const svg = figureSvg({ name: 'f', title: 't', xLabel: 'x', yLabel: 'y', curves })
    expect(safeSvg(svg)).toBe(svg)
    expect(safeSvg(around('<style><![CDATA[.a:hover{cursor:pointer}]]></style><rect class="a" width="1" height="1"/>'))).toBe(around('<rect width="1" height="1"/>'))
  })
  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a handler', '<rect onclick="alert(1)"/>'],
    ['a handler in other letters', '<rect OnLoad = "alert(1)"/>'],
    ['an address', '<image href="https://example.org/x.png"/>'],
    ['a link', '<a xlink:href="javascript:alert(1)"><rect/></a>'],
    ['HTML inside', '<foreignObject><body/></foreignObject>'],
    ['a fill from outside', '<rect fill="url(https://example.org/#a)"/>'],
    ['an animation', '<animate attributeName="x"/>'],
    ['a comment', '<!-- --><rect/>'],
    ['an attribute without its end', '<rect x="1'],
    ['half a tag', '<rect'],
    ['an end and a beginning', '</svg><script>alert(1)</script><svg>'],
  ])('%s makes it one that is not taken', (_, inner) => {
    expect(safeSvg(around(inner))).toBeNull()
  })
})
