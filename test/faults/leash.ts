/**
 * Loaded into every program under test (`--expose-gc --import`). It ends the program with its test, however that
 * ends, and tells the memory that is in use once everything that can be thrown away has been: so growth is told
 * from garbage, and no threshold need be wide enough for both.
 */
process.on('message', message => {
  if (message !== 'memory') return
  if (globalThis.gc === undefined) throw new Error('start it with --expose-gc')
  // What a native handle holds on to is free only when that has gone.
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.({ memory: heapUsed + external })
})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// As long as there is a test, it is the program that decides when it ends.
process.channel?.unref()
