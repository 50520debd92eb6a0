/** What a Node process needs to wait: nothing is loaded, and once a minute nothing is done. */
setInterval(() => {}, 60_000)
