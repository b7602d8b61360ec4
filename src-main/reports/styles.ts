/** How a report looks; `page` is the element that is its page: the body of a file, or a part of a screen. */
export const reportStyles = (page: string): string => `
:root,:host{color-scheme:light}
${page}{font:15px/1.55 "Noto Sans SC Han",Georgia,"Noto Serif CJK SC","Songti SC",SimSun,serif;color:#1a1a1a;background:#fff;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.25;margin-bottom:.2rem;overflow-wrap:anywhere}h2{font-size:1.2rem;margin-top:2rem;break-after:avoid}h3,h4{font-size:1.05rem;break-after:avoid}
.subtitle{color:#555;overflow-wrap:anywhere}p{overflow-wrap:break-word}
table{border-collapse:collapse;margin:.6rem 0 1rem;border-top:2px solid #222;border-bottom:2px solid #222;font-size:.88rem;font-variant-numeric:tabular-nums}
th{border-bottom:1px solid #222;text-align:left}th,td{padding:.2rem .7rem;vertical-align:top;overflow-wrap:break-word}td[data-value]{text-align:right;white-space:nowrap}
caption,figcaption{text-align:left;color:#444;font-size:.85rem;padding:.3rem 0}caption{caption-side:top;break-inside:avoid;break-after:avoid}.wide{overflow-x:auto}
figure{margin:1rem 0;break-inside:avoid}figure svg,figure img{max-width:100%;height:auto}figure img{image-rendering:pixelated}
.panels{display:flex;flex-wrap:wrap;gap:.5rem}.panels svg{flex:0 1 calc(100% / var(--across) - .35rem);min-width:0}
.formula{margin:.8rem 0;overflow-x:auto;overflow-y:hidden}math{font-size:1.05em}blockquote{margin:.8rem 0;padding-left:1rem;border-left:3px solid #ccc;color:#444}
pre{padding:.6rem .8rem;background:#f5f5f3;overflow-x:auto;white-space:pre-wrap}code{font-family:"Noto Sans SC Han",ui-monospace,Menlo,Consolas,"Noto Sans Mono CJK SC",monospace;font-size:.88em}
.notices{border-left:4px solid #d55e00;padding:.3rem 1rem .3rem 2rem;margin:.6rem 0;background:#fdf3ec}.notices li{margin:.2rem 0}tr,.short{break-inside:avoid}
@page{margin:18mm}@media print{${page}{margin:0;max-width:none}.wide{overflow:visible}}`
