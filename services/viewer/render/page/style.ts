/** Sent within each page, and named in the Content-Security-Policy by its hash: one request shows a page. */
export const style = `
:root { color-scheme: light dark;
  --ground: #fbfbf9; --sheet: #fff; --ink: #1c1f23; --soft: #5d646d; --line: #e2e4e0;
  --link: #0a5a9c; --late: #8f3b00; --late-ground: #fdeedd; --contested: #7a1f5c; --contested-ground: #fbe9f4;
  --well: #1d6236; --well-ground: #e6f3e9; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #14171a; --sheet: #1b1f23; --ink: #e7e9ea; --soft: #9aa3ac; --line: #2d3339;
  --link: #7fbcf2; --late: #ffb77a; --late-ground: #3d2713; --contested: #f3a6d8; --contested-ground: #3c1d31;
  --well: #8fd6a6; --well-ground: #1a3323; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding-top: 1rem; }
.brand { font-weight: 700; color: inherit; text-decoration: none; letter-spacing: -.01em; }
nav { display: flex; gap: 1.25rem; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: .06em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
h1 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -.015em; margin: 1.75rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0 1rem; max-width: 42rem; }
code, pre, .address { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.address { font-size: 1.05rem; font-weight: 600; user-select: all; }
section .address { font-size: 1.375rem; }
.soft, small { color: var(--soft); font-size: .875rem; white-space: nowrap; }
time { white-space: nowrap; font-variant-numeric: tabular-nums; }
pre { background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem;
  font-size: .875rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.tag { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .875rem; font-weight: 600;
  white-space: nowrap; color: var(--well); background: var(--well-ground); }
.tag.late, .tag.outage { color: var(--late); background: var(--late-ground); }
.tag.contested { color: var(--contested); background: var(--contested-ground); }
table { width: 100%; border-collapse: separate; background: var(--sheet); border: 1px solid var(--line);
  border-radius: .5rem; border-spacing: 0; }
thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
tr { display: grid; grid-template-columns: 1fr auto; gap: .125rem .75rem; padding: .75rem 1rem; border-top: 1px solid var(--line); }
tbody tr:first-child { border-top: 0; }
td, th { padding: 0; text-align: left; font-weight: inherit; }
td.wide { grid-column: 1 / -1; }
td.state { grid-area: 1 / 2; }
td[data-label]::before { content: attr(data-label) " "; color: var(--soft); font-size: .875rem; }
td:empty { display: none; }
tbody th { font-weight: 600; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: .5rem 0 1rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.older { margin: 1rem 0; }
details { margin: 1rem 0; } summary { cursor: pointer; color: var(--link); }
footer { color: var(--soft); font-size: .875rem; padding-top: 2rem; padding-bottom: 2rem; }
footer p { margin: 0; }
@media (min-width: 48rem) {
  header { padding-top: 1.75rem; }
  h1 { font-size: 1.75rem; }
  thead { position: static; width: auto; height: auto; clip-path: none; display: table-header-group; }
  thead th { color: var(--soft); font-size: .875rem; font-weight: 600; }
  tr { display: table-row; }
  td, th { padding: .6rem 1rem; vertical-align: baseline; border-top: 1px solid var(--line); }
  thead th { border-top: 0; }
  td[data-label]::before { content: none; }
  td:empty { display: table-cell; }
}
`
