import { existsSync } from 'node:fs'

/** The system's Chromium: the tests download no browser of their own. */
export function browser(): string {
  const named = process.env.COMITY_TEST_BROWSER
  const places = named ? [named] : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const found = places.find((place) => existsSync(place))
  if (!found) throw new Error(`no browser at ${places.join(', ')}; install chromium or set COMITY_TEST_BROWSER`)
  return found
}
