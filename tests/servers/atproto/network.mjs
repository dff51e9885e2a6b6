// A whole AT Protocol network on free ports of 127.0.0.1: PLC directory, PDS, AppView, and what they need beside them.
// Prints one line of JSON once it answers, and ends with its standard input, so that it never outlives the one who started it.
//
// DB_POSTGRES_URL names an empty database. APP_SESSION_SECONDS shortens the access tokens that app passwords open: the PDS has
// no setting for it, so the expiry is replaced where tokens are signed. Everybody else's tokens stay as they are.

import { TestNetwork } from '@atproto/dev-env'
import { SignJWT } from 'jose'

const seconds = Number(process.env.APP_SESSION_SECONDS ?? 0)
if (seconds > 0) {
  const setExpirationTime = SignJWT.prototype.setExpirationTime
  SignJWT.prototype.setExpirationTime = function (time) {
    const isAppSession = String(this._payload?.scope).startsWith('com.atproto.appPass')
    return setExpirationTime.call(this, isAppSession ? `${seconds}s` : time)
  }
}

const network = await TestNetwork.create({
  pds: { hostname: 'localhost', enableDidDocWithSession: true },
  bsky: { dbPostgresSchema: 'bsky' },
})
console.log(JSON.stringify({ ready: true, pds: network.pds.url, plc: network.plc.url, appview: network.bsky.url }))

let isEnding = false
async function end() {
  if (isEnding) return
  isEnding = true
  setTimeout(() => process.exit(0), 3000).unref()
  await network.close().catch(() => {})
  process.exit(0)
}
process.stdin.resume().on('end', end).on('close', end)
process.on('SIGTERM', end)
process.on('SIGINT', end)
