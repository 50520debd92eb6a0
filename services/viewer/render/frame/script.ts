/**
 * The only script of a page; the Content-Security-Policy allows it by its hash. It
 * - writes times in the zone and language of the reader, and lets ages tick by the server's clock;
 * - waits for other content while the page is visible, and replaces only what differs, so that scroll position,
 *   focus, open parts and typed text stay. The time in the footer says how old the content is;
 * - copies an address, also where there is no navigator.clipboard (plain HTTP).
 */
const source = `
const d = document, data = d.body.dataset, $ = name => d.querySelector(name)
let skew = 0
const count = (n, unit) => n + ' ' + unit + (n > 1 ? 's' : '')
const words = ms => ms < 6e4 ? '' : ms < 72e5 ? count(ms / 6e4 | 0, 'minute')
  : ms < 1728e5 ? count(ms / 36e5 | 0, 'hour') : count(ms / 864e5 | 0, 'day')
const dateStyle = 'medium', timeStyle = 'short', day = 'numeric', month = 'short'
const shapes = { clock: { timeStyle }, day: { day, month }, date: { dateStyle }, minute: { dateStyle, timeStyle }, second: { dateStyle, timeStyle: dateStyle } }
const tick = () => d.querySelectorAll('time, tspan').forEach(e => {
  const at = new Date(e.dateTime ?? e.dataset.at), kind = e.getAttribute('class'), text = words(Date.now() - skew - at)
  e.textContent = kind == 'ago' ? text ? text + ' ago' : 'just now'
    : kind == 'for' ? text || 'less than a minute' : at.toLocaleString([], shapes[kind])
})
const start = () => {
  const now = $('footer time')
  if (!now) return
  skew = Date.now() - new Date(now.dateTime)
  $('.zone').textContent = Intl.DateTimeFormat().resolvedOptions().timeZone
  tick()
}
const update = (old, now) => {
  if (old.open) now.open = true
  if (old.isEqualNode(now)) return
  const parts = [...now.childNodes]
  if (parts.length && parts.length == old.childNodes.length && old.cloneNode().isEqualNode(now.cloneNode()))
    [...old.childNodes].forEach((part, i) => update(part, parts[i]))
  else old.replaceWith(now)
}
const show = text => {
  const now = new DOMParser().parseFromString(text, 'text/html')
  d.title = now.title
  for (const part of ['link', 'main', 'footer']) update($(part), now.querySelector(part))
  data.tag = now.body.dataset.tag
  start()
}
const pause = ms => new Promise(done => setTimeout(done, ms))
const wait = async () => {
  for (;;) try {
    if (d.hidden) await new Promise(done => d.onvisibilitychange = done)
    const r = await fetch(data.wait, { cache: 'no-store', headers: { Accept: 'text/html', 'If-None-Match': data.tag } })
    if (r.headers.get('ETag') && r.ok) show(await r.text())
    else if (r.status == 304) $('footer time').dateTime = new Date(Date.now() - skew).toISOString(), tick()
    else throw 0
  } catch {
    await pause(5e3)
  }
}
d.onclick = async ({ target }) => {
  const button = target.closest('button[value]')
  if (!button) return
  try {
    await navigator.clipboard.writeText(button.value)
  } catch {
    getSelection().selectAllChildren(button.previousElementSibling)
    d.execCommand('copy')
  }
  button.firstChild.data = 'Copied'
  await pause(2e3)
  button.firstChild.data = 'Copy'
}
start()
setInterval(tick, 2e4)
if (data.wait) wait()
`

/** Without the indentation, which only helps people. */
export const script = source.trim().replace(/^ +/gm, '')
