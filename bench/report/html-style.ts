import { DARK, LIGHT } from './theme.ts';

/** The style of the report: the colours of the reader's system, light or dark, unless the button says otherwise. */
export const STYLE: string = `
:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
:root[data-theme=light]{${LIGHT}}
:root[data-theme=dark]{${DARK}}
body{margin:0 auto;padding:1rem 1.5rem 4rem;max-width:64rem;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif}
h1{margin:.5rem 0}
h2{margin:2.5rem 0 .25rem;font-size:1.25rem}
h3{margin:1rem 0 .25rem;font-size:1rem;font-weight:600}
pre{overflow-x:auto;padding:.75rem 1rem;border-radius:6px;background:var(--box);line-height:1.25}
button{float:right;padding:.3rem .7rem;border:1px solid var(--grid);border-radius:6px;background:var(--box);color:var(--text);cursor:pointer}
.plot{position:relative}
.plot.lines{height:22rem}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1rem}
.table{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem}
th,td{padding:.2rem .75rem .2rem 0;white-space:nowrap;text-align:left;border-bottom:1px solid var(--grid);font-variant-numeric:tabular-nums}
.note,summary{color:var(--quiet);font-size:.875rem}
.ok{color:var(--ok);font-weight:600}
.failed{color:var(--failed);font-weight:600}
.key{display:inline-block;width:.8em;height:.8em;margin-left:.75em;border-radius:2px}
.key.ours{background:var(--ours)}
.key.javascript{background:var(--javascript)}
.key.native{background:var(--native)}
`;
