/** Sent within each page; the Content-Security-Policy allows it by its hash. One request shows a page. */
export const style = `
:root { color-scheme: light dark;
  --ground: #fbfbf9; --sheet: #fff; --ink: #1c1f23; --soft: #5d646d; --line: #dcdfda; --link: #0a5a9c;
  --ok: #2f8f52; --ok-2: #86c49c; --ok-ink: #1d6236; --warn: #b45309; --warn-ink: #8f3b00; --bad: #c0262d; --bad-ink: #a11b22;
  --two: #9b2f78; --two-ink: #7a1f5c; --none: #b4b9b0; }
@media screen and (prefers-color-scheme: dark) { :root {
  --ground: #14171a; --sheet: #1b1f23; --ink: #e7e9ea; --soft: #9fa8b0; --line: #2d3339; --link: #7fbcf2;
  --ok: #4fae73; --ok-2: #2a6a45; --ok-ink: #8fd6a6; --warn: #e59a4c; --warn-ink: #ffb77a; --bad: #e5686c; --bad-ink: #ff9a9d;
  --two: #d27bb4; --two-ink: #f3a6d8; --none: #56606a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
body > header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
body > header { display: flex; justify-content: space-between; align-items: center; padding-top: .5rem; }
nav { display: flex; flex-wrap: wrap; }
nav a, .brand, .target, .formats a { display: inline-block; min-width: 2.75rem; padding: .625rem .5rem; text-align: center; }
.brand { font-weight: 700; color: inherit; text-decoration: none; letter-spacing: -.01em; padding-left: 0; }
.target { padding-left: 0; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: .06em; }
nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; box-shadow: inset 0 -.15rem var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1 { font-size: 1.375rem; text-wrap: balance; line-height: 1.25; letter-spacing: -.015em; margin: 1rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.125rem; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: .875rem; margin: .5rem 0 0; }
p { margin: .25rem 0; }
main > p, section > p { max-width: 42rem; }
section { margin: 1.5rem 0; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem;
  font-size: .875rem; white-space: pre-wrap; }
.soft, footer { color: var(--soft); font-size: .875rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
time { font-variant-numeric: tabular-nums; }
.states { display: flex; flex-wrap: wrap; gap: .25rem .75rem; margin: 0; }
.state { font-weight: 600; font-size: .875rem; }
.state::before { content: ""; display: inline-block; width: .6rem; height: .6rem; margin-right: .4rem; border-radius: 50%; background: currentColor; }
.state.late::before { border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.state.silent::before { border-radius: 0; }
.state.contested::before { border-radius: 0; clip-path: polygon(0 0, 50% 40%, 100% 0, 100% 100%, 50% 60%, 0 100%); }
.up-to-date { --edge: var(--ok); --say: var(--ok-ink); } .late { --edge: var(--warn); --say: var(--warn-ink); }
.silent { --edge: var(--bad); --say: var(--bad-ink); } .contested { --edge: var(--two); --say: var(--two-ink); }
.by-hand { --edge: var(--soft); --say: var(--soft); }
.state { color: var(--say); }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(30rem, 100%), 1fr)); }
.card { background: var(--sheet); border: 1px solid var(--line); border-left: .3rem solid var(--edge); border-radius: .5rem;
  padding: .5rem 1rem .75rem; display: flex; flex-direction: column; }
.card header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0 1rem; }
.card h2 a { display: inline-block; min-width: 2.75rem; padding: .625rem 0; }
.card .strip { margin-top: auto; }
.address { display: flex; justify-content: space-between; align-items: center; gap: .75rem; min-height: 2.75rem; }
.address code { font-size: 1.25rem; line-height: 1.3; font-weight: 600; user-select: all; }
.address code.long { font-size: 1.0625rem; }
.now .address { justify-content: flex-start; }
button, input, select { min-height: 2.75rem; border: 1px solid var(--soft); border-radius: .4rem; background: var(--sheet);
  color: var(--ink); font: inherit; padding: 0 .75rem; }
button { min-width: 4.75rem; color: var(--link); font-size: .875rem; border-color: var(--line); cursor: pointer; }
@media (scripting: none) { button[value] { display: none; } }
.strip { display: block; width: 100%; height: 1.9rem; margin-top: .75rem; }
.axis.axis { display: flex; justify-content: space-between; max-width: none; }
path.reported, .even rect { fill: var(--ok); } path.partly { fill: var(--warn); } path.silent { fill: var(--bad); }
path.unknown { fill: var(--none); } path.change { fill: var(--ink); }
.legend { color: var(--soft); font-size: .875rem; margin: 1rem 0 0; }
.legend span { white-space: nowrap; margin-right: .75rem; }
.sample { height: 1.1rem; width: .35rem; vertical-align: -.2rem; }
.timelines { background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; padding: .25rem 1rem .5rem; }
.timeline { display: block; width: 100%; height: 4.5rem; overflow: visible; }
.odd rect { fill: var(--ok-2); } .gap rect { fill: var(--sheet); stroke: var(--bad); }
.timeline g { outline: none; } .timeline text { visibility: hidden; fill: var(--ink); font-size: .75rem; }
.timeline g:is(:hover, :focus) rect { stroke: var(--ink); stroke-width: 2; }
.timeline g:hover text, .timeline:not(:hover) g:focus text, .timeline:not(:hover, :focus-within) .latest text { visibility: visible; }
.figures { display: grid; gap: .5rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); margin: 1rem 0 0; }
dt { color: var(--soft); font-size: .875rem; } dd { margin: 0; font-weight: 600; }
.filter { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem 1rem; align-items: end; margin: .75rem 0; }
.filter :is(input, select) { width: 100%; min-width: 0; }
.filter label { display: grid; color: var(--soft); font-size: .875rem; }
.filter p { grid-column: 1 / -1; margin: 0; }
table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; }
thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
tr { display: grid; grid-template-columns: 1fr auto; gap: 0 .75rem; padding: .5rem 1rem; border-top: 1px solid var(--line); }
tbody tr:first-child { border-top: 0; }
td, th { padding: 0; text-align: left; font-weight: inherit; }
td.wide { grid-column: 1 / -1; } td.corner { grid-area: 1 / 2; }
.history tr { display: block; position: relative; } .history td { display: inline; } .history td[data-label] { white-space: nowrap; } .history .wide { display: block; padding-right: 5rem; }
.history .corner { position: absolute; right: 1rem; top: .5rem; }
td[data-label]::before { content: attr(data-label) " "; color: var(--soft); font-size: .875rem; }
td:empty { display: none; }
tbody th { font-weight: 600; } tbody th a { display: inline-block; min-width: 2.75rem; padding: .625rem 0; }
td code { font-weight: 600; }
.pages { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin: .5rem 0; }
summary { cursor: pointer; color: var(--link); padding: .625rem 0; }
footer { padding-top: 1.5rem; padding-bottom: 1.5rem; }
.formats a { padding: .75rem .5rem; } /* the text is smaller here */
@media (min-width: 48rem) {
  h1 { font-size: 1.5rem; }
  .timeline text { font-size: .8125rem; }
  .filter { display: flex; flex-wrap: wrap; } .filter p { flex-basis: 100%; }
  body > header { padding-top: 1rem; }
  thead { position: static; width: auto; height: auto; clip-path: none; display: table-header-group; }
  thead th { color: var(--soft); font-size: .875rem; font-weight: 600; padding-top: .5rem; }
  tr { display: table-row; }
  td, th { padding: .3rem 1rem; vertical-align: baseline; border-top: 1px solid var(--line); }
  thead th { border-top: 0; }
  td[data-label]::before { content: none; }
  td:empty, .history td { display: table-cell; }
  .history tr { display: table-row; position: static; } .history .corner { position: static; }
}
@media (forced-colors: active) {
  path, .timeline rect { fill: CanvasText; } path.unknown { fill: GrayText; } path.silent, path.partly { fill: Highlight; }
  .odd rect { fill: GrayText; } .gap rect { fill: Canvas; stroke: Highlight; }
  .state::before { forced-color-adjust: none; background: CanvasText; }
}
@media print {
  :root { color-scheme: light; --ground: #fff; }
  button, nav, form, .formats, summary + * ~ a { display: none; }
  .card, tr { break-inside: avoid; }
  svg, .state::before { print-color-adjust: exact; }
}
@media (prefers-reduced-motion: no-preference) { .card, .state { transition: border-color .3s, color .3s; } }
`
