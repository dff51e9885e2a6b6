// Preloaded with `node --require`: servers that name no address listen on 127.0.0.1 instead of on every interface.

const { Server } = require('node:net')

const listen = Server.prototype.listen
Server.prototype.listen = function (...words) {
  const [first] = words
  const isPort = first === undefined || typeof first === 'number' || /^\d+$/.test(String(first))
  if (isPort) {
    const done = words.findLast((word) => typeof word === 'function')
    return listen.call(this, { port: Number(first ?? 0), host: '127.0.0.1' }, done)
  }
  const isAddress = typeof first === 'object' && first !== null && !('fd' in first) && first.path === undefined
  if (isAddress) words[0] = { ...first, host: '127.0.0.1' }
  return listen.apply(this, words)
}
